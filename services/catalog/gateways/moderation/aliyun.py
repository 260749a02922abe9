"""Alibaba Cloud content moderation 2.0 (Green, version 2022-03-02) over plain HTTP.

Written from its SDK's and help pages' description (help.aliyun.com 467829, 2528742, 2684669) and tested against a
server that checks signatures as published; never tried against the real party.
"""

import hashlib
import json
import threading
import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from services.catalog.domain.moderation import SEVERITY, Decision, Label, Verdict
from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.aliyun_signatures import acs3_authorization
from services.catalog.gateways.moderation.aliyun_uploads import UploadPermit
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

PROVIDER = "aliyun"
VERSION = "2022-03-02"
PICTURE_SERVICE, TEXT_SERVICE = "aigcCheck", "comment_detection_pro"
CLEAN = "nonLabel"
# The vendor advises to refuse high, to review medium, and to keep or sample low.
DECISIONS = {"high": Decision.BLOCK, "medium": Decision.REVIEW, "low": Decision.PASS, "none": Decision.PASS}
# One call of the general text services takes 600 characters; what lies across a cut is seen whole in the next piece.
PIECE, OVERLAP = 600, 40


class AliyunModerator:
    """Green's `aigcCheck` for pictures and `comment_detection_pro` for words."""

    def __init__(self, settings: CatalogSettings) -> None:
        self._url = settings.aliyun_endpoint.rstrip("/") + "/"
        self._key_id = settings.aliyun_access_key_id
        self._secret = settings.aliyun_access_key_secret
        self._timeout = settings.moderation_timeout
        self._permit: UploadPermit | None = None
        self._one_at_a_time = threading.Lock()

    def check_picture(self, picture: bytes, subject: str) -> Verdict:
        """Put the picture into the provider's bucket and have it judged there; raises ModerationUnavailable."""
        permit = self._upload_permit()
        try:
            name = permit.put(picture, self._timeout)
        except ModerationUnavailable:
            self._permit = None  # it may have been taken back; the next picture asks for a new one
            raise
        where = {"ossBucketName": permit.bucket, "ossObjectName": name, "dataId": data_id(subject)}
        return _verdict([self._call("ImageModeration", PICTURE_SERVICE, where)])

    def check_text(self, text: str, subject: str) -> Verdict:
        """The strictest verdict of all pieces of 600 characters; raises ModerationUnavailable."""
        pieces = [{"content": piece, "dataId": data_id(subject)} for piece in _pieces(text)]
        if not pieces:
            return Verdict(PROVIDER, Decision.PASS)
        return _verdict([self._call("TextModerationPlus", TEXT_SERVICE, piece) for piece in pieces])

    def _upload_permit(self) -> UploadPermit:
        with self._one_at_a_time:
            if self._permit is None or not self._permit.serves(time.time()):
                answer = self._post("DescribeUploadToken", {})
                self._permit = UploadPermit.read(mapping(answer.get("Data"), "Data"))
            return self._permit

    def _call(self, action: str, service: str, parameters: dict[str, str]) -> dict[str, Any]:
        given = json.dumps(parameters, ensure_ascii=False)
        return self._post(action, {"Service": service, "ServiceParameters": given})

    def _post(self, action: str, form: dict[str, str]) -> dict[str, Any]:
        secret = self._secret.get_secret_value()
        if not self._key_id or not secret:
            raise ModerationUnavailable("no access key is set")
        body = urlencode(form).encode()
        headers = {
            "content-type": "application/x-www-form-urlencoded",
            "host": urlsplit(self._url).netloc,
            "x-acs-action": action,
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
            "x-acs-date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": uuid4().hex,
            "x-acs-version": VERSION,
        }
        headers["authorization"] = acs3_authorization(headers, self._key_id, secret)
        answer = send("POST", self._url, body, headers, self._timeout)
        found = json_object(answer)
        # The status and the answer's own code both say 200 when it was judged.
        if answer.status != 200 or found.get("Code") != 200:
            raise ModerationUnavailable(f"{action} answered {answer.status}: {told(found.get('Code'))}")
        return found


def _pieces(words: str) -> list[str]:
    if not words.strip():
        return []
    last = max(len(words) - OVERLAP, 1)
    return [words[start : start + PIECE] for start in range(0, last, PIECE - OVERLAP)]


def _verdict(answers: list[dict[str, Any]]) -> Verdict:
    decisions, labels = [], dict[str, Label]()
    for answer in answers:
        data = mapping(answer.get("Data"), "Data")
        level = text(data.get("RiskLevel"), "RiskLevel")
        if level not in DECISIONS:
            raise ModerationUnavailable("RiskLevel is not one that is known")
        decisions.append(DECISIONS[level])
        for row in rows(data.get("Result"), "Result"):
            label = _label(row, level)
            if label.code != CLEAN and (label.code not in labels or labels[label.code].score < label.score):
                labels[label.code] = label
    raw = answers[0] if len(answers) == 1 else {"answers": answers}
    request_id = ",".join(str(answer.get("RequestId", "")) for answer in answers)
    return Verdict(PROVIDER, max(decisions, key=SEVERITY.__getitem__), tuple(labels.values()), raw, request_id)


def _label(row: dict[str, Any], level: str) -> Label:
    """A hit in a list of one's own has no confidence: it is certain."""
    score = 1.0 if row.get("Confidence") is None else share(row["Confidence"], "Confidence")
    return Label(text(row.get("Label"), "Label"), score, str(row.get("RiskLevel") or level))
