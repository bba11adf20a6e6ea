"""Pictures without what cameras and programs write into them beside the picture: places, names, moments."""

import struct
from collections.abc import Iterator

PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_KEPT_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs"}
_EXIF = b"Exif\x00\x00"
_ORIENTATION = 0x0112
_START_OF_SCAN = 0xDA
_KEPT_SEGMENTS = {0xE0, 0xE2, 0xEE}
"""APP0 (JFIF), APP2 (colour profile), APP14 (Adobe's colours): without them the picture may look otherwise."""


def without_metadata(data: bytes) -> bytes:
    """The same picture (PNG or JPEG) and nothing beside it; how a camera was held stays, or it would lie on its side.

    What cannot be read as either comes back as it is.
    """
    try:
        if data.startswith(PNG_HEAD):
            return PNG_HEAD + b"".join(chunk for kind, chunk in _chunks(data) if kind in _KEPT_CHUNKS)
        return _jpeg(data) if data.startswith(b"\xff\xd8") else data
    except (struct.error, IndexError):
        return data


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(PNG_HEAD)
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 8], data[at : at + 12 + length]
        at += 12 + length


def _jpeg(data: bytes) -> bytes:
    kept, at = [b"\xff\xd8"], 2
    while data[at] == 0xFF and data[at + 1] != _START_OF_SCAN:
        marker = data[at + 1]
        (length,) = struct.unpack_from(">H", data, at + 2)
        segment = data[at : at + 2 + length]
        at += 2 + length
        if marker == 0xE1 and segment[4:].startswith(_EXIF):
            kept += [_only_orientation(turned)] if (turned := _orientation(segment[4 + len(_EXIF) :])) else []
        elif marker in _KEPT_SEGMENTS or not (0xE0 <= marker <= 0xEF or marker == 0xFE):
            kept.append(segment)
    return b"".join(kept) + data[at:]


def _orientation(exif: bytes) -> int:
    """How the picture is to be turned, 0 where it says nothing (TIFF 6.0; Exif 2.32, 4.6.4)."""
    order = "<" if exif[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", exif, 4)
    (number,) = struct.unpack_from(f"{order}H", exif, start)
    for place in range(number):
        tag, _, _, value = struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * place)
        if tag == _ORIENTATION:
            return int(value) if 1 <= value <= 8 else 0
    return 0


def _only_orientation(value: int) -> bytes:
    tiff = b"MM\x00*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, value, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
