"""What a file is, by its content alone."""

import re

from briefings.errors import Refused
from briefings.files.kinds import Kind
from briefings.files.packages import ARCHIVE, COMPOUND, ends_as_archive, kind_of_archive, kind_of_compound
from briefings.files.words import DAMAGED, ENCRYPTED, TWOFOLD

_PDF, _PNG, _JPEG = b"%PDF-", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s*(?:\d+\s+\d+\s+R|<<)")
_TAIL = 2048
"""Within so many bytes from its end a reader looks for the end of a PDF, and within half of it for the beginning."""
_MARKER = re.compile(rb"\xff++")
"""Before a segment, filled up as one likes."""
_PICTURE_STARTS, _PICTURE_ENDS = b"\xda", b"\xff\xd9"
_MOST_PIECES = 100_000
"""Chunks or segments of a picture."""


def kind_of(data: bytes, name: str) -> Kind | None:
    """What `data` is, None if it is nothing we know; Refused, naming `name`, where it is known and may not be taken."""
    try:
        kind = _kind_of(data, name)
    except Refused:
        raise
    except Exception:  # whatever readers of broken files stumble over
        raise Refused(DAMAGED, name=name) from None
    if kind and _is_twofold(data, kind):
        raise Refused(TWOFOLD, name=name)
    return kind


def _kind_of(data: bytes, name: str) -> Kind | None:
    if data.startswith(_PDF):
        return _pdf(data, name)
    if data.startswith(_PNG):
        return _sound(Kind.PNG, _is_whole_png(data), name)
    if data.startswith(_JPEG):
        return _sound(Kind.JPEG, _is_whole_jpeg(data), name)
    if data.startswith(COMPOUND):
        return kind_of_compound(data, name)
    return kind_of_archive(data, name) if data.startswith(ARCHIVE) else None


def _is_twofold(data: bytes, kind: Kind) -> bool:
    """Whether another program would take it for another kind: a ZIP behind a picture, a PDF inside the first bytes."""
    packed = data.startswith(ARCHIVE)
    return packed != ends_as_archive(data) or (kind is not Kind.PDF and _PDF in data[: _TAIL // 2])


def _sound(kind: Kind, whole: bool, name: str) -> Kind:
    if not whole:
        raise Refused(DAMAGED, name=name)
    return kind


def _pdf(data: bytes, name: str) -> Kind:
    if _ENCRYPTED_PDF.search(data):
        raise Refused(ENCRYPTED, name=name)
    return _sound(Kind.PDF, b"%%EOF" in data[-_TAIL:], name)


def _is_whole_png(data: bytes) -> bool:
    """Every chunk is as long as it says, from the header to the end (PNG, 5.3)."""
    at = len(_PNG)
    if data[at + 4 : at + 8] != b"IHDR":
        return False
    for _ in range(_MOST_PIECES):
        if at + 12 > len(data):
            break
        length, chunk = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        at += 12 + length
        if chunk == b"IEND":
            return at <= len(data)
    return False


def _is_whole_jpeg(data: bytes) -> bool:
    """Segments lead to the picture, and it ends; what a phone adds behind it does no harm (JPEG, B.1)."""
    at = 2
    for _ in range(_MOST_PIECES):
        marker = _MARKER.match(data, at)
        if marker is None:
            break
        at = marker.end()
        if data[at : at + 1] == _PICTURE_STARTS:
            return data.rfind(_PICTURE_ENDS) > at
        at += 1 + max(2, int.from_bytes(data[at + 1 : at + 3], "big"))
    return False
