"""Alibaba Cloud's moderation and its bucket in one: checks ACS3 and OSS4 signatures as the vendor describes them."""

import hashlib
import hmac
import json
import re
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from tests.unit.catalog.provider_stand_in import Seen, as_json

KEY_ID, SECRET = "LTAIexample", "very-secret"
PERMIT_ID, PERMIT_SECRET, PERMIT_TOKEN = "STS.example", "permit-secret", "permit-token=="
BUCKET, PREFIX = "oss-cip-shanghai", "upload/1xx~2/"
CLEAN = {"RiskLevel": "none", "Result": [{"Label": "nonLabel", "Description": "未检测出风险"}]}


def sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def is_signed(seen: Seen, nonces: set[str]) -> bool:
    """The steps of "V3版本请求体&签名机制", from what arrived."""
    pattern = r"ACS3-HMAC-SHA256 Credential=([^,]+),SignedHeaders=([a-z0-9;-]+),Signature=([0-9a-f]{64})"
    found = re.fullmatch(pattern, seen.headers["authorization"])
    if not found or found[1] != KEY_ID:
        return False
    names = found[2].split(";")
    due = {name for name in seen.headers if name.startswith("x-acs-") or name in ("host", "content-type")}
    at = datetime.fromisoformat(seen.headers["x-acs-date"])
    nonce = seen.headers["x-acs-signature-nonce"]
    fresh = abs((datetime.now(UTC) - at).total_seconds()) < 900 and nonce not in nonces
    nonces.add(nonce)
    whole = seen.headers["x-acs-content-sha256"] == hashlib.sha256(seen.body).hexdigest()
    if names != sorted(names) or set(names) != due or not fresh or not whole:
        return False
    lines = "".join(f"{name}:{seen.headers[name].strip()}\n" for name in names)
    canonical = f"{seen.method}\n/\n\n{lines}\n{found[2]}\n{seen.headers['x-acs-content-sha256']}"
    words = f"ACS3-HMAC-SHA256\n{sha256(canonical)}"
    return hmac.new(SECRET.encode(), words.encode(), hashlib.sha256).hexdigest() == found[3]


def is_signed_for_oss(seen: Seen) -> bool:
    """The steps of "在Header中包含V4签名", from what arrived."""
    day = seen.headers["x-oss-date"][:8]
    scope = f"{day}/cn-shanghai/oss/aliyun_v4_request"
    names = sorted(name for name in seen.headers if name.startswith("x-oss-") or name == "content-type")
    lines = "".join(f"{name}:{seen.headers[name]}\n" for name in names)
    canonical = f"PUT\n/{BUCKET}{seen.path}\n\n{lines}\n\nUNSIGNED-PAYLOAD"
    words = f"OSS4-HMAC-SHA256\n{seen.headers['x-oss-date']}\n{scope}\n{sha256(canonical)}"
    key = hmac.digest(f"aliyun_v4{PERMIT_SECRET}".encode(), day.encode(), "sha256")
    for part in (b"cn-shanghai", b"oss", b"aliyun_v4_request"):
        key = hmac.digest(key, part, "sha256")
    signature = hmac.new(key, words.encode(), hashlib.sha256).hexdigest()
    due = f"OSS4-HMAC-SHA256 Credential={PERMIT_ID}/{scope},Signature={signature}"
    return seen.headers["authorization"] == due and seen.headers["x-oss-security-token"] == PERMIT_TOKEN


class Aliyun:
    """Green and its bucket in one: judges what it was asked and keeps the objects."""

    def __init__(self) -> None:
        self.port = 0
        self.says: dict[str, Any] = CLEAN
        self.permit: dict[str, Any] = {}
        self.lifetime = 3600.0
        self.objects: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.nonces: set[str] = set()

    def __call__(self, seen: Seen) -> tuple[int, bytes]:
        return self.store(seen) if seen.method == "PUT" else self.judge(seen)

    def store(self, seen: Seen) -> tuple[int, bytes]:
        if seen.headers["host"] != f"{BUCKET}.oss-cn-shanghai.oss.test:{self.port}" or not is_signed_for_oss(seen):
            return 403, f"<Error><Code>SignatureDoesNotMatch</Code><X>{PERMIT_SECRET}</X></Error>".encode()
        self.objects[seen.path[1:]] = seen.body
        return 200, b""

    def judge(self, seen: Seen) -> tuple[int, bytes]:
        if not is_signed(seen, self.nonces):
            return 400, as_json({"Code": "SignatureDoesNotMatch", "Message": f"with {SECRET}", "RequestId": "r"})
        form = dict(parse_qsl(seen.body.decode(), strict_parsing=True)) if seen.body else {}
        action, given = seen.headers["x-acs-action"], json.loads(form.get("ServiceParameters", "{}"))
        self.asked.append((action, form.get("Service", ""), given))
        assert seen.headers["x-acs-version"] == "2022-03-02"
        data = self.says
        if action == "DescribeUploadToken":
            data = self.new_permit()
        elif callable(self.says.get("for")):
            data = self.says["for"](given)
        return 200, as_json({"Code": 200, "Msg": "OK", "RequestId": f"r-{len(self.asked)}", "Data": data})

    def new_permit(self) -> dict[str, Any]:
        return {
            "AccessKeyId": PERMIT_ID,
            "AccessKeySecret": PERMIT_SECRET,
            "SecurityToken": PERMIT_TOKEN,
            "BucketName": BUCKET,
            "FileNamePrefix": PREFIX,
            "Expiration": int(time.time() + self.lifetime),
            "OssInternetEndPoint": f"http://oss-cn-shanghai.oss.test:{self.port}",
        } | self.permit
