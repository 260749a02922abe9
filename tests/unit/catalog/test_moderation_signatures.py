"""Signatures of the moderation providers, against what the vendors' own SDKs compute."""

import hashlib

from services.catalog.gateways.moderation.aliyun_signatures import UNSIGNED, acs3_authorization, oss4_authorization
from services.catalog.gateways.moderation.tencent import tc3_authorization


def test_acs3_signs_a_form_as_the_vendors_sdk_does() -> None:
    body = b"Service=aigcCheck&ServiceParameters=%7B%22content%22%3A+%22%E7%94%BB%E5%9D%8A%22%7D"
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": "green-cip.cn-shanghai.aliyuncs.com",
        "x-acs-action": "ImageModeration",
        "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        "x-acs-date": "2026-11-24T08:30:15Z",
        "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
        "x-acs-version": "2022-03-02",
    }
    # Computed with alibabacloud_openapi_util 0.2.4.
    assert acs3_authorization(headers, "testid", "testsecret") == (
        "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=content-type;host;x-acs-action;x-acs-content-sha256;"
        "x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=ae264f78be9746e6b0bd2aefb5663aa8de2d7ce505f3a1145ec2d1d7ca049d62"
    )


def test_oss4_signs_an_upload_as_the_vendors_sdk_does() -> None:
    headers = {
        "content-type": "image/webp",
        "x-oss-content-sha256": UNSIGNED,
        "x-oss-date": "20261124T083015Z",
        "x-oss-security-token": "STStoken==",
    }
    resource = "/lent-bucket/upload/%E7%94%BB%20x/0190.webp"
    signed = oss4_authorization(headers, "STS.id", "stssecret", "cn-shanghai", resource=resource)
    # Computed with oss2 2.19.1 (ProviderAuthV4).
    assert signed.startswith("OSS4-HMAC-SHA256 Credential=STS.id/20261124/cn-shanghai/oss/aliyun_v4_request,")
    assert signed.endswith("Signature=5a23a03acc36f69b5637cf8341d15ed5fd1f05cfc1cbb8cbb90aefa08e0ce1f3")


def test_tc3_signs_a_call_as_the_vendors_sdk_does() -> None:
    headers = {"content-type": "application/json; charset=utf-8", "host": "tms.tencentcloudapi.com"}
    body = b'{"Content":"55S75Z2K","DataId":"d1"}'
    signed = tc3_authorization(headers, body, 1795509015, "tms", "AKIDtest", "secrettest")
    # Computed with tencentcloud-sdk-python-common 3.1.195.
    assert signed == (
        "TC3-HMAC-SHA256 Credential=AKIDtest/2026-11-24/tms/tc3_request, SignedHeaders=content-type;host, "
        "Signature=65c39a3bdfc9f1512ca81c7e266a3469bf741db5c576f66a2894205a07261985"
    )
