"""Static files under addresses that change with their content, so that browsers may keep them for good."""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

from briefings import assets

FOR_GOOD = "public, max-age=31536000, immutable"
NAMED_BY_VERSION = f"vendor/krds-{assets.VERSION}/"


@lru_cache(maxsize=200)
def _digest(path: Path, modified: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def register(app: Flask) -> None:
    """Stamp every `url_for("static", …)` of `app`, and let what was asked for by its stamp be kept."""
    folder = Path(str(app.static_folder))

    def stamp(filename: str) -> str | None:
        path = folder / filename
        return _digest(path, path.stat().st_mtime_ns) if path.is_file() else None

    def add_stamp(endpoint: str, values: dict[str, Any]) -> None:
        filename = values.get("filename", "")
        if endpoint == "static" and not filename.startswith(NAMED_BY_VERSION):
            values.setdefault("v", stamp(filename))

    def keep(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code in (200, 304):
            filename = (request.view_args or {})["filename"]
            if filename.startswith(NAMED_BY_VERSION) or ("v" in request.args and request.args["v"] == stamp(filename)):
                response.headers["Cache-Control"] = FOR_GOOD
        return response

    app.url_defaults(add_stamp)
    app.after_request(keep)
    fonts = [NAMED_BY_VERSION + name for name in assets.members() if name.endswith(".woff2")]
    app.jinja_env.globals["fonts"] = [name for name in fonts if (folder / name).is_file()]
