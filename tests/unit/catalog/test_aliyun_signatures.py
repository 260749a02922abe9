"""Alibaba Cloud's two signatures against published ones."""

import hashlib

from services.catalog.gateways.moderation.aliyun_signatures import acs3_authorization, oss4_authorization

EMPTY = hashlib.sha256(b"").hexdigest()


def test_the_acs3_signature_is_that_of_the_published_example() -> None:
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-content-sha256": EMPTY,
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-version": "2014-05-26",
    }
    query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"
    assert acs3_authorization(headers, "YourAccessKeyId", "YourAccessKeySecret", query=query) == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_the_oss4_signature_is_that_of_the_vendors_own_tests() -> None:
    """alibabacloud-oss-python-sdk-v2, tests/unit/signer/test_v4.py: with a security token."""
    headers = {
        "content-type": "text/plain",
        "x-oss-content-sha256": "UNSIGNED-PAYLOAD",
        "x-oss-date": "20231217T034736Z",
        "x-oss-head1": "value",
        "x-oss-security-token": "token",
    }
    query = "%2Bparam1=value3&%2Bparam2&%7Cparam1=value4&%7Cparam2&param1=value1&param2"
    resource = "/bucket/1234%2B-/123/1.txt"
    assert oss4_authorization(headers, "ak", "sk", "cn-hangzhou", resource=resource, query=query) == (
        "OSS4-HMAC-SHA256 Credential=ak/20231217/cn-hangzhou/oss/aliyun_v4_request,"
        "Signature=b94a3f999cf85bcdc00d332fbd3734ba03e48382c36fa4d5af5df817395bd9ea"
    )
