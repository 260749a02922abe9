"""The two signatures of Alibaba Cloud that are needed: ACS3 for its services and OSS4 for its file store.

help.aliyun.com: "V3版本请求体&签名机制" and "在Header中包含V4签名". Both give the signatures of the published
examples; neither was ever tried against the real party.
"""

import hashlib
import hmac
from collections.abc import Mapping

ACS3, OSS4 = "ACS3-HMAC-SHA256", "OSS4-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"


def acs3_authorization(
    headers: Mapping[str, str], key_id: str, secret: str, *, path: str = "/", query: str = ""
) -> str:
    """The Authorization of a POST whose `headers` (lower case, with the body's hash) are all signed.

    `query` is in its canonical form: names sorted, percent-encoded as RFC 3986 asks.
    """
    names = ";".join(sorted(headers))
    request = "\n".join(["POST", path, query, _lines(headers), names, headers["x-acs-content-sha256"]])
    signature = hmac.new(secret.encode(), f"{ACS3}\n{_sha256(request)}".encode(), hashlib.sha256)
    return f"{ACS3} Credential={key_id},SignedHeaders={names},Signature={signature.hexdigest()}"


def oss4_authorization(
    headers: Mapping[str, str], key_id: str, secret: str, region: str, *, resource: str, query: str = ""
) -> str:
    """The Authorization of a PUT to `resource` (/bucket/object, percent-encoded); the body is not signed.

    `headers`, in lower case, hold content-type and every x-oss- header, among them x-oss-date.
    """
    moment = headers["x-oss-date"]
    scope = [moment[:8], region, "oss", "aliyun_v4_request"]
    request = "\n".join(["PUT", resource, query, _lines(headers), "", UNSIGNED])
    signed = "\n".join([OSS4, moment, "/".join(scope), _sha256(request)])
    key = f"aliyun_v4{secret}".encode()
    for part in [*scope, signed]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return f"{OSS4} Credential={key_id}/{'/'.join(scope)},Signature={key.hex()}"


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}:{headers[name].strip()}\n" for name in sorted(headers))


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()
