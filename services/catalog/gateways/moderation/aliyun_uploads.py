"""Where a picture waits for Alibaba Cloud's moderation: the provider's own bucket.

ImageModeration takes an address or an object in OSS, never bytes. For a local picture its guide has the caller ask
DescribeUploadToken for a temporary permit, put the object into the bucket the permit names (which the provider
empties itself) and name bucket and object. Never tried against the real party.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.aliyun_signatures import UNSIGNED, oss4_authorization
from services.catalog.gateways.moderation.exchange import send, text, told

# oss-cn-shanghai.aliyuncs.com, https://oss-cn-shanghai-internal.aliyuncs.com
ENDPOINT = re.compile(r"(?:(https?)://)?(oss-([a-z0-9-]+?)(?:-internal)?\.[a-z0-9.-]+(?::\d+)?)/?")
BUCKET = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
SPARE = 60  # seconds before its end in which a permit is no longer begun with


@dataclass(frozen=True)
class UploadPermit:
    """A temporary right to put objects into `bucket`, which is at `address`, until `expires` (Unix seconds)."""

    address: str
    region: str
    bucket: str
    prefix: str
    key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires: float

    @classmethod
    def read(cls, data: dict[str, Any]) -> "UploadPermit":
        """What DescribeUploadToken answered; raises ModerationUnavailable where a part is missing."""
        expires = data.get("Expiration")
        if isinstance(expires, bool) or not isinstance(expires, int | float):
            raise ModerationUnavailable("Expiration is not a number")
        endpoint = ENDPOINT.fullmatch(text(data.get("OssInternetEndPoint"), "OssInternetEndPoint"))
        bucket = text(data.get("BucketName"), "BucketName")
        if not endpoint or not BUCKET.fullmatch(bucket):
            raise ModerationUnavailable("the upload permit names no OSS bucket")
        return cls(
            address=f"{endpoint[1] or 'https'}://{bucket}.{endpoint[2]}",
            region=endpoint[3],
            bucket=bucket,
            prefix=text(data.get("FileNamePrefix"), "FileNamePrefix"),
            key_id=text(data.get("AccessKeyId"), "AccessKeyId"),
            secret=text(data.get("AccessKeySecret"), "AccessKeySecret"),
            token=text(data.get("SecurityToken"), "SecurityToken"),
            expires=expires,
        )

    def serves(self, now: float) -> bool:
        return now < self.expires - SPARE

    def put(self, picture: bytes, timeout: float) -> str:
        """Put `picture` under a fresh name and return that; raises ModerationUnavailable."""
        name = f"{self.prefix}{uuid4()}"
        path = quote(name, safe="/~")
        headers = {
            "content-type": "application/octet-stream",
            "x-oss-content-sha256": UNSIGNED,
            "x-oss-date": datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ"),
            "x-oss-security-token": self.token,
        }
        authorization = oss4_authorization(
            headers, self.key_id, self.secret, self.region, resource=f"/{self.bucket}/{path}"
        )
        answer = send("PUT", f"{self.address}/{path}", picture, headers | {"authorization": authorization}, timeout)
        if answer.status != 200:
            code = re.search(rb"<Code>([^<]{1,80})</Code>", answer.body)
            reason = told(code[1].decode("ascii", "replace") if code else "")
            raise ModerationUnavailable(f"OSS answered {answer.status}: {reason}")
        return name
