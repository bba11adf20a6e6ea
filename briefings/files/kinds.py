"""The kinds of files that are taken, and what they are called."""

from enum import StrEnum


class Kind(StrEnum):
    """What a file is by its content; the value is the usual end of its name."""

    PDF = "pdf"
    HWP = "hwp"
    HWPX = "hwpx"
    PPTX = "pptx"
    XLSX = "xlsx"
    DOCX = "docx"
    PNG = "png"
    JPEG = "jpg"

    @property
    def word(self) -> str:
        """What people call it."""
        return "JPEG" if self is Kind.JPEG else self.value.upper()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """How the name of such a file may end."""
        return ("jpg", "jpeg", "jpe", "jfif") if self is Kind.JPEG else (self.value,)

    @property
    def media_type(self) -> str:
        """As it is sent; every kind has its own."""
        return _MEDIA_TYPES[self]


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    Kind.PDF: "application/pdf",
    Kind.HWP: "application/x-hwp",
    Kind.HWPX: "application/hwp+zip",
    Kind.PPTX: f"{_OFFICE}.presentationml.presentation",
    Kind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    Kind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
}
_KINDS = {media_type: kind for kind, media_type in _MEDIA_TYPES.items()}


def kind_with(media_type: str) -> Kind:
    """The kind of a stored file."""
    return _KINDS[media_type]


def words_for(kinds: frozenset[Kind]) -> str:
    """What may be handed in, in one line: `PDF, HWP, HWPX`."""
    return ", ".join(kind.word for kind in Kind if kind in kinds)


def in_words(size: int) -> str:
    """A size as people read it: `340KB`, `1.2MB`."""
    if size < 1024:
        return f"{size}B"
    if size < 1024 * 1024:
        return f"{round(size / 1024)}KB"
    return f"{size / 1024 / 1024:.1f}".removesuffix(".0") + "MB"


EVERY = frozenset(Kind)
