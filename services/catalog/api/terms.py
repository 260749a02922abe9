"""The words that buyers accept, by version."""

from flask import Response, jsonify

from services.catalog.domain.licence_terms import terms_of
from shared.api import Blueprint
from shared.etag import conditional, etag_for

blueprint = Blueprint("terms", __name__, description="Terms of licence")


@blueprint.get("/terms/<string:key>/<string:version>")
@blueprint.response(200)
def show(key: str, version: str) -> Response:
    """One version of the words in both languages; it never changes."""
    terms = terms_of(key, version)
    body = {
        "key": terms.key,
        "version": terms.version,
        "title": {"zh": terms.title_zh, "en": terms.title_en},
        "text": {"zh": terms.zh, "en": terms.en},
    }
    return conditional(jsonify(body), etag_for(terms.key, terms.version), "public, max-age=86400")
