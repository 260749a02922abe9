"""Tencent Cloud image (IMS) and text (TMS) moderation, version 2020-12-29, over plain HTTP.

Written from its SDK's and API pages' description (cloud.tencent.com 1125/53273, 1124/51860; signature v3, TC3) and
tested against a server that checks signatures as published; never tried against the real party.
"""

import base64
import hashlib
import hmac
import json
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from services.catalog.domain.moderation import Decision, Label, Verdict
from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.exchange import (
    data_id,
    json_object,
    mapping,
    rows,
    send,
    share,
    text,
    told,
)
from services.catalog.settings import CatalogSettings

PROVIDER = "tencent"
VERSION = "2020-12-29"
TC3 = "TC3-HMAC-SHA256"
DECISIONS = {"Block": Decision.BLOCK, "Review": Decision.REVIEW, "Pass": Decision.PASS}
BODY_LIMIT = 10 * 1024**2  # bytes of a whole signed request
PICTURE_PARTS = ("LabelResults", "ObjectResults", "OcrResults", "LibResults")
TEXT_PARTS = ("DetailResults",)


class TencentModerator:
    """The account's default policies; a picture goes within the request."""

    def __init__(self, settings: CatalogSettings) -> None:
        self._image_url = settings.tencent_image_endpoint.rstrip("/") + "/"
        self._text_url = settings.tencent_text_endpoint.rstrip("/") + "/"
        self._region = settings.tencent_region
        self._secret_id = settings.tencent_secret_id
        self._secret_key = settings.tencent_secret_key
        self._timeout = settings.moderation_timeout

    def check_picture(self, picture: bytes, subject: str) -> Verdict:
        """Judge the picture's bytes; raises ModerationUnavailable, also where they exceed 10 MiB as base64."""
        given = {"FileContent": base64.b64encode(picture).decode(), "DataId": data_id(subject)}
        return _verdict(self._post(self._image_url, "ims", "ImageModeration", given), PICTURE_PARTS)

    def check_text(self, text: str, subject: str) -> Verdict:
        """Judge words of at most 10,000 characters; raises ModerationUnavailable."""
        if not text.strip():
            return Verdict(PROVIDER, Decision.PASS)
        given = {"Content": base64.b64encode(text.encode()).decode(), "DataId": data_id(subject)}
        return _verdict(self._post(self._text_url, "tms", "TextModeration", given), TEXT_PARTS)

    def _post(self, url: str, service: str, action: str, given: dict[str, str]) -> dict[str, Any]:
        key = self._secret_key.get_secret_value()
        if not self._secret_id or not key:
            raise ModerationUnavailable("no secret key is set")
        body = json.dumps(given).encode()
        if len(body) > BODY_LIMIT:
            raise ModerationUnavailable("the request would exceed 10 MiB")
        signed = {
            "content-type": "application/json; charset=utf-8",
            "host": urlsplit(url).netloc,
            "x-tc-action": action.lower(),
        }
        moment = int(time.time())
        headers = {
            **signed,
            "x-tc-action": action,
            "x-tc-version": VERSION,
            "x-tc-region": self._region,
            "x-tc-timestamp": str(moment),
            "authorization": tc3_authorization(signed, body, moment, service, self._secret_id, key),
        }
        answer = send("POST", url, body, headers, self._timeout)
        found = mapping(json_object(answer).get("Response"), "Response")
        # A refusal comes with status 200 as well.
        if answer.status != 200 or "Error" in found:
            code = mapping(found.get("Error", {}), "Error").get("Code")
            raise ModerationUnavailable(f"{action} answered {answer.status}: {told(code)}")
        return found


def tc3_authorization(headers: dict[str, str], body: bytes, moment: int, service: str, secret_id: str, key: str) -> str:
    """The Authorization of a POST to `/` whose `headers` (names and values in lower case) are all signed.

    `moment` is in Unix seconds; cloud.tencent.com, "签名方法 v3".
    """
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join(["POST", "/", "", lines, names, hashlib.sha256(body).hexdigest()])
    day = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d")
    scope = f"{day}/{service}/tc3_request"
    signed = "\n".join([TC3, str(moment), scope, hashlib.sha256(request.encode()).hexdigest()])
    step = f"TC3{key}".encode()
    for part in [day, service, "tc3_request", signed]:
        step = hmac.new(step, part.encode(), hashlib.sha256).digest()
    return f"{TC3} Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={step.hex()}"


def _verdict(answer: dict[str, Any], parts: tuple[str, ...]) -> Verdict:
    labels = dict[str, Label]()
    for row in [answer, *(row for part in parts for row in rows(answer.get(part), part))]:
        label = _label(row)
        if label and (label.code not in labels or labels[label.code].score < label.score):
            labels[label.code] = label
    decision = _decision(answer)
    return Verdict(PROVIDER, decision, tuple(labels.values()), answer, str(answer.get("RequestId", "")))


def _decision(row: dict[str, Any]) -> Decision:
    suggestion = text(row.get("Suggestion"), "Suggestion")
    if suggestion not in DECISIONS:
        raise ModerationUnavailable("Suggestion is not one that is known")
    return DECISIONS[suggestion]


def _label(row: dict[str, Any]) -> Label | None:
    """A label that was found; what passed is in the verdict's `raw` alone."""
    if _decision(row) is Decision.PASS:
        return None
    code = text(row.get("Label"), "Label")
    part = row.get("SubLabel")
    full = f"{code}/{part}" if isinstance(part, str) and part else code
    return Label(full, share(row.get("Score"), "Score"), str(row["Suggestion"]))
