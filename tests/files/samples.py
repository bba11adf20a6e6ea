"""Small files of every kind, made by hand."""

import struct
import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN = {
    "pptx": f"{OFFICE}.presentationml.presentation.main+xml",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    "docx": f"{OFFICE}.wordprocessingml.document.main+xml",
}


def a_pdf(inside: bytes = b"") -> bytes:
    """A document without pages."""
    return b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + inside + b"\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def a_png(behind: bytes = b"") -> bytes:
    """One grey pixel."""
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, parts)) + behind


def _chunk(part: tuple[bytes, bytes]) -> bytes:
    kind, body = part
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def a_jpeg(behind: bytes = b"") -> bytes:
    """Enough of a picture to be one."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xda\x00\x02" + b"picture" + b"\xff\xd9" + behind


def an_archive(parts: dict[str, bytes | str], **given: int) -> bytes:
    """A ZIP of these parts."""
    made = BytesIO()
    with ZipFile(made, "w", **({"compression": ZIP_DEFLATED} | given)) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def an_office_file(kind: str = "pptx", main: str | None = None, **parts: bytes) -> bytes:
    """A document of that kind; `parts` are further ones, with `_` for a point in their names."""
    index = (
        '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Override PartName="/main.xml" ContentType="{main or MAIN[kind]}"/></Types>'
    )
    further = {name.replace("_", "."): content for name, content in parts.items()}
    return an_archive({"[Content_Types].xml": index, "main.xml": "<main/>"} | further)


def an_hwpx(manifest: str = "<manifest/>") -> bytes:
    """A document of 한글 in its open format."""
    return an_archive({"mimetype": "application/hwp+zip", "META-INF/manifest.xml": manifest, "Contents/header.xml": ""})


def a_compound(streams: dict[str, bytes]) -> bytes:
    """A compound file of version 3 with these streams, in sectors: one of the table, two of the directory, the rest."""
    table, last = [0xFFFFFFFD, 2, 0xFFFFFFFE], 0xFFFFFFFE
    directory, body = [_entry("Root Entry", 5, 1, -2, 0, -1)], b""
    for number, (name, content) in enumerate(streams.items(), 1):
        padded = content.ljust(4096, b"\0")
        first, count = len(table), len(padded) // 512
        directory.append(_entry(name, 2, -1, first, len(padded), number + 1 if number < len(streams) else -1))
        table += [*range(first + 1, first + count), last]
        body += padded
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<10I", 0, 1, 1, 0, 4096, last, 0, last, 0, 0) + b"\xff" * 4 * 108
    return (
        header
        + struct.pack(f"<{len(table)}I", *table).ljust(512, b"\xff")
        + b"".join(directory).ljust(1024, b"\0")
        + body
    )


def _entry(name: str, kind: int, child: int, start: int, size: int, right: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    packed = encoded.ljust(64, b"\0") + struct.pack("<HBBiii", len(encoded), kind, 1, -1, right, child)
    return packed + bytes(36) + struct.pack("<iQ", start, size)


def an_hwp(flags: int = 1) -> bytes:
    """A document of 한글; `flags` of its FileHeader: 1 is compressed, 2 has a password, 8 has scripts."""
    return a_compound({"FileHeader": b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags)})


def a_saved_hwp(flags: int = 1) -> bytes:
    """The same as programs save it: its FileHeader has 256 bytes, in small pieces that do not follow one another."""
    nothing, last, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    header = b"HWP Document File".ljust(32, b"\0") + struct.pack("<II", 0x05010000, flags) + bytes(216)
    pieces = {5: header[:64], 2: header[64:128], 3: header[128:192], 12: header[192:]}
    small = b"".join(pieces.get(number, b"\xee" * 64) for number in range(16))
    after = [nothing, nothing, 3, 12, nothing, 2] + [nothing] * 6 + [last]
    tables = [table, last, last, 4, last]
    directory = _entry("Root Entry", 5, 1, 3, len(small), -1) + _entry("FileHeader", 2, -1, 5, 256, -1)
    opening = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    opening += struct.pack("<10I", 0, 1, 1, 0, 4096, 2, 1, last, 0, 0) + b"\xff" * 4 * 108
    numbers = [struct.pack(f"<{len(each)}I", *each).ljust(512, b"\xff") for each in (tables, after)]
    return opening + numbers[0] + directory.ljust(512, b"\0") + numbers[1] + small
