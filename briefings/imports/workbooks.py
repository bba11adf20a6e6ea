"""Reading one sheet of an .xlsx file that anybody may have made: bounded in time and memory, nothing evaluated.

The bytes are looked over before they are unpacked, then each part is parsed while it is unpacked (`workbook_parts`).
"""

import posixpath
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from xml.parsers import expat

from briefings.errors import Refused
from briefings.files.packages import lists_too_much
from briefings.imports.workbook_parts import (
    DAMAGED,
    SAVE_AGAIN,
    TOO_LARGE,
    PartReader,
    RelationsReader,
    Sheet,
    SheetReader,
    StringsReader,
    StylesReader,
    WorkbookReader,
)

LARGEST_FILE = 10 * 1024 * 1024
MOST_PARTS = 1_000
LARGEST_UNPACKED = 200 * 1024 * 1024
_CHUNK = 64 * 1024

LINKED = (
    "다른 파일과 연결된 파일은 받지 않습니다. "
    "[데이터] → [연결 편집]에서 연결을 끊거나 값만 붙여 넣은 뒤 다시 저장해 주세요."
)
ENCRYPTED = "암호가 걸린 파일은 읽을 수 없습니다. 암호를 풀고 다시 저장해 주세요."
NOT_XLSX = f"엑셀 파일(.xlsx)이 아닙니다. {SAVE_AGAIN}"
BINARY = f"엑셀 바이너리 통합 문서(.xlsb)입니다. {SAVE_AGAIN}"


def refuse_unreadable(data: bytes) -> None:
    """Refused, saying what it is instead, unless `data` looks like an .xlsx that can be read; nothing is unpacked."""
    if not data.startswith(b"PK\x03\x04"):
        raise Refused(NOT_XLSX)
    if len(data) > LARGEST_FILE or lists_too_much(data, MOST_PARTS):
        raise Refused(TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeError, OSError):
        raise Refused(DAMAGED) from None
    _refuse_parts(parts)


def _refuse_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower() for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise Refused(ENCRYPTED)
    if "xl/workbook.bin" in names:
        raise Refused(BINARY)
    if not any(name.startswith("xl/") for name in names):
        raise Refused(NOT_XLSX)
    if any(name.startswith("xl/externallinks/") for name in names):
        raise Refused(LINKED)
    if sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise Refused(TOO_LARGE)
    usual = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
    if len(set(names)) < len(names) or any(part.compress_type not in usual for part in parts):
        raise Refused(DAMAGED)


class Book:
    """An .xlsx file, open for reading: `with Book(data) as book`. Every method refuses what is damaged or too large."""

    def __init__(self, data: bytes) -> None:
        refuse_unreadable(data)
        self._archive = zipfile.ZipFile(BytesIO(data))
        self._names = {part.filename.lower(): part.filename for part in self._archive.infolist()}
        self._workbook = self._target("", "/officeDocument") or "xl/workbook.xml"
        found = WorkbookReader()
        self._parse(self._workbook, found)
        self._since_1904 = found.since_1904
        self._sheets = found.sheets

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    @property
    def sheet_names(self) -> list[str]:
        """The names of its sheets in order."""
        return [name for name, _ in self._sheets]

    def read(self, name: str, most_rows: int, on_row: Callable[[int], None] = lambda done: None) -> Sheet:
        """The cells of the sheet called `name`, of the first `most_rows` rows that have any.

        `on_row` hears now and then how many were read; what it raises passes through.
        """
        relation = dict(self._sheets)[name]
        part = self._target(self._workbook, "/worksheet", relation)
        if part is None:
            raise Refused(DAMAGED)
        dates = self._dates()
        strings = self._strings()
        reader = SheetReader(Sheet(name), strings, dates, self._since_1904, most_rows, on_row)
        self._parse(part, reader)
        return reader.sheet

    def _strings(self) -> list[str]:
        part = self._target(self._workbook, "/sharedStrings")
        found = StringsReader()
        if part:
            self._parse(part, found)
        return found.strings

    def _dates(self) -> set[int]:
        part = self._target(self._workbook, "/styles")
        found = StylesReader()
        if part:
            self._parse(part, found)
        return found.dates()

    def _target(self, of: str, kind: str, relation: str | None = None) -> str | None:
        """The part that `of` refers to as a `kind`, by the name of the relation if that is given."""
        folder, _, file = of.rpartition("/")
        found = RelationsReader()
        self._parse(f"{folder}/_rels/{file}.rels".lstrip("/"), found, must=False)
        for name, its_kind, target in found.relations:
            if its_kind.endswith(kind) and relation in (None, name):
                return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
        return None

    def _parse(self, part: str, reader: "PartReader", must: bool = True) -> None:
        name = self._names.get(part.lower())
        if name is None:
            if must:
                raise Refused(DAMAGED)
            return
        try:
            with self._archive.open(name) as stream:
                reader.parse(iter(lambda: stream.read(_CHUNK), b""))
        except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, NotImplementedError, ValueError, KeyError):
            raise Refused(DAMAGED) from None
