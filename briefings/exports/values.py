"""What stands in one cell of a file, and what of it is left out."""

import re
from datetime import date, datetime
from math import isfinite
from zoneinfo import ZoneInfo

from briefings.web.filters import as_read

Value = str | int | float | date | datetime | None
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
"""Signs that XML has no way to write, and those that turn the direction of writing: they show what is not there."""


def on_the_clock(value: Value, zone: ZoneInfo) -> Value:
    """Spreadsheets know no zones: moments on the clock of the installation, as people read them everywhere else."""
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None, microsecond=0)
    return value


def in_a_cell(value: Value | bool, zone: ZoneInfo) -> Value:
    """A value as files hold it: moments on the clock, yes and no in words, nothing that is no number as one."""
    value = as_read(value)
    if isinstance(value, bool):
        return "예" if value else "아니요"
    if isinstance(value, float) and not isfinite(value):
        return None
    return on_the_clock(value, zone)


def cleaned(text: str) -> str:
    """A text without what no file can hold."""
    return _UNWRITABLE.sub("", text)
