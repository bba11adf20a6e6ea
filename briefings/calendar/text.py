"""Text from people, made safe for calendars and mail headers."""

import re
import unicodedata

SUMMARY_LENGTH = 200
DESCRIPTION_LENGTH = 4000
NAME_LENGTH = 64

_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")
# Controls but LF, marks that turn the direction of text, byte order marks, and halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Signs that mean something in parameters or addresses, or that RFC 6868 would write as ^' and older clients show so.
_NOT_IN_NAMES = re.compile(r'[",:;<>\\^]')


def plain_text(value: str, length: int = DESCRIPTION_LENGTH) -> str:
    """`value` in NFC with LF line ends and without unseen characters, cut at `length` characters."""
    lines = _LINE_ENDS.sub("\n", value).replace("\t", " ")
    return _cut(unicodedata.normalize("NFC", _UNSEEN.sub("", lines)), length)


def one_line(value: str, length: int = SUMMARY_LENGTH) -> str:
    """As `plain_text`, on one line."""
    return _cut(re.sub("[ \n]+", " ", plain_text(value)).strip(), length)


def display_name(value: str) -> str:
    """A name for CN, LABEL or the front of an address: one line without signs that need quoting."""
    return one_line(_NOT_IN_NAMES.sub(" ", one_line(value)).replace("'", "’"), NAME_LENGTH)


def _cut(value: str, length: int) -> str:
    return value if len(value) <= length else value[: length - 1].rstrip() + "…"
