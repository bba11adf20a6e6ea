"""Handing a stored file out: to be saved, never to be shown or run by the browser."""

from urllib.parse import quote

from flask import Response, request
from sqlalchemy import select

from briefings.db import db
from briefings.files.models import StoredFile


def download(file: StoredFile) -> Response:
    """The file as an attachment, or 304 where the reader has it; the caller has made sure that they may read it.

    The bytes are fetched in one query, and only if they are sent.
    """
    response = Response(mimetype=file.media_type)
    response.set_etag(file.sha256)
    response.headers["Content-Disposition"] = attachment(file.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox; frame-ancestors 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if request.if_none_match.contains_weak(file.sha256):
        response.status_code = 304
        return response
    if request.method == "HEAD":
        response.content_length = file.size
        return response
    content = db.session.scalars(select(StoredFile.content).where(StoredFile.id == file.id)).one()
    response.set_data(content)
    return response


def attachment(name: str) -> str:
    """A header with the name twice (RFC 6266): for programs that know ASCII only, and as it is (RFC 8187)."""
    suffix = name.rpartition(".")[2]
    plain = name if name.isascii() and name.isprintable() else f"file.{suffix}"
    quoted = plain.replace("\\", "_").replace('"', "_").replace("%", "_")
    return f"attachment; filename=\"{quoted}\"; filename*=UTF-8''{quote(name, safe='')}"
