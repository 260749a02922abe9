"""Files of the look, with the hash of their content in the address so that browsers may keep them for ever."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

A_YEAR = 31_536_000


@cache
def _stamp(path: Path, _changed_at: float) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def serve_static(app: Flask, folder: Path) -> None:
    """Serve `folder` at /static; `url_for` adds the content's hash."""
    app.static_folder = str(folder)
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=app.send_static_file)

    @app.url_defaults
    def add_stamp(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            path = folder / str(values.get("filename"))
            if path.is_file():
                values["v"] = _stamp(path, path.stat().st_mtime)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            stamped = "v" in request.args
            response.headers["Cache-Control"] = (
                f"public, max-age={A_YEAR}, immutable" if stamped else "public, no-cache"
            )
            response.headers["X-Content-Type-Options"] = "nosniff"
        return response
