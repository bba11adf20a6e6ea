"""Documents that are a container of parts: HWP in the compound file format, HWPX and the office formats in a ZIP."""

import re
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from defusedxml.ElementTree import fromstring

from briefings.errors import Refused
from briefings.files.compounds import Compound
from briefings.files.kinds import Kind
from briefings.files.words import BLOATED, DAMAGED, ENCRYPTED, MACROS, OUTDATED

MOST_PARTS = 5_000
MOST_UNPACKED = 300 * 1024 * 1024
MOST_RATIO = 200
"""How many times its size a file over `RATIO_COUNTS_FROM` may unpack to; text of a spreadsheet reaches about 50."""
RATIO_COUNTS_FROM = 20 * 1024 * 1024
LARGEST_INDEX = 1024 * 1024
_MOST_EXTRA = 1024 * 1024
"""Bytes that all parts together may have to say about themselves; what reads them copies them again and again."""

COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ARCHIVE = b"PK\x03\x04"
_USUAL = (ZIP_STORED, ZIP_DEFLATED)
_LISTED, _END, _END_SIZE, _LONGEST_COMMENT = b"PK\x01\x02", b"PK\x05\x06", 22, 0xFFFF

_HWP = b"HWP Document File"
_LARGEST_HEADER = 4096
"""It has 256 bytes; some programs fill it up."""
_HWP_FLAGS = slice(36, 40)
_HWP_ENCRYPTED = 1 << 1 | 1 << 4 | 1 << 8 | 1 << 10
"""A password, DRM, or a certificate (HWP 5.0 format, 3.2.1: properties of FileHeader)."""
_HWP_SCRIPT = 1 << 3
_OUTDATED = ("WordDocument", "Workbook", "Book", "PowerPoint Document")

_CONTENT_TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.{}.main+xml"
_MAIN_PARTS = {
    _MAIN.format("presentationml.presentation"): Kind.PPTX,
    _MAIN.format("presentationml.slideshow"): Kind.PPTX,
    _MAIN.format("spreadsheetml.sheet"): Kind.XLSX,
    _MAIN.format("wordprocessingml.document"): Kind.DOCX,
}
_RUNS = ("macroenabled", "vbaproject", "macrosheet", "activex")
"""What the content types of an office document name when something in it can run."""


def kind_of_compound(data: bytes, name: str) -> Kind | None:
    """HWP, or None for what is no document of ours; Refused where it may not be taken."""
    compound = Compound(data)
    if "EncryptedPackage" in compound:
        raise Refused(ENCRYPTED, name=name)
    if any(stream in compound for stream in _OUTDATED):
        raise Refused(OUTDATED, name=name)
    if "FileHeader" not in compound:
        return None
    header = compound.read("FileHeader", _LARGEST_HEADER)
    if not header.startswith(_HWP):
        return None
    flags = int.from_bytes(header[_HWP_FLAGS], "little")
    if flags & _HWP_ENCRYPTED:
        raise Refused(ENCRYPTED, name=name)
    if flags & _HWP_SCRIPT:
        raise Refused(MACROS, name=name)
    return Kind.HWP


def kind_of_archive(data: bytes, name: str) -> Kind | None:
    """HWPX or an office format, or None for any other archive; nothing but its index is unpacked, and that bounded.

    What its list of parts says of their sizes need not be true.
    """
    if lists_too_much(data, 2 * MOST_PARTS):
        raise Refused(BLOATED, name=name)
    with ZipFile(BytesIO(data)) as archive:
        parts = {info.filename: info for info in archive.infolist()}
        _refuse_bloated(parts, data, name)
        if len(parts) < len(archive.infolist()) or min(info.header_offset for info in parts.values()) > 0:
            raise Refused(DAMAGED, name=name)  # readers would not agree on what it contains
        if any(info.flag_bits & 1 for info in parts.values()):
            raise Refused(ENCRYPTED, name=name)
        if any(info.compress_type not in _USUAL for info in parts.values()):
            raise Refused(DAMAGED, name=name)  # no program packs documents so, and it cannot be unpacked bit by bit
        if _CONTENT_TYPES in parts:
            return None if "mimetype" in parts else _office_kind(archive, parts, name)
        return _kind_by_mimetype(archive, parts, name)


def lists_too_much(data: bytes, most_parts: int) -> bool:
    """Whether an archive lists so much that reading no more than its list of parts costs too much."""
    if data.count(_LISTED) > most_parts:
        return True
    extra = (data[found.start() + 30 : found.start() + 32] for found in re.finditer(_LISTED, data))
    return sum(int.from_bytes(size, "little") for size in extra) > _MOST_EXTRA


def ends_as_archive(data: bytes) -> bool:
    """Whether a program that looks for a ZIP at the end of the file finds one."""
    end = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    return end >= 0 and end + _END_SIZE + int.from_bytes(data[end + 20 : end + 22], "little") == len(data)


def _refuse_bloated(parts: dict[str, ZipInfo], data: bytes, name: str) -> None:
    unpacked = sum(info.file_size for info in parts.values())
    packed = sum(info.compress_size for info in parts.values())
    swells = unpacked > RATIO_COUNTS_FROM and unpacked > MOST_RATIO * len(data)
    # Parts that share their bytes make more of a file than is in it.
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED or swells or packed > len(data):
        raise Refused(BLOATED, name=name)


def _office_kind(archive: ZipFile, parts: dict[str, ZipInfo], name: str) -> Kind | None:
    index = fromstring(_read(archive, parts[_CONTENT_TYPES], name))
    types = [element.get("ContentType", "").strip().lower() for element in index]
    runs = any(word in content_type for content_type in types for word in _RUNS)
    if runs or any(part.lower().endswith("vbaproject.bin") for part in parts):
        raise Refused(MACROS, name=name)
    found = {_MAIN_PARTS[content_type] for content_type in types if content_type in _MAIN_PARTS}
    return found.pop() if len(found) == 1 else None


def _kind_by_mimetype(archive: ZipFile, parts: dict[str, ZipInfo], name: str) -> Kind | None:
    if "mimetype" not in parts or _read(archive, parts["mimetype"], name).strip() != Kind.HWPX.media_type.encode():
        return None
    manifest = parts.get("META-INF/manifest.xml")
    if manifest and b"encryption-data" in _read(archive, manifest, name):
        raise Refused(ENCRYPTED, name=name)
    return Kind.HWPX


def _read(archive: ZipFile, part: ZipInfo, name: str) -> bytes:
    with archive.open(part) as stream:
        content = stream.read(LARGEST_INDEX + 1)  # never without a number: that unpacks whatever there is
    if len(content) > LARGEST_INDEX:
        raise Refused(BLOATED, name=name)
    return content
