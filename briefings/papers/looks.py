"""What papers share with the pages: colours out of the pages' own tokens, and the sign of the service."""

import re
from functools import cache
from pathlib import Path

from briefings.config import PACKAGE

_COLOUR = re.compile(r"--krds-color-light-([a-z]+-\d+):\s*(#[0-9a-f]{6});")
MARK = "mark.svg"


@cache
def colours() -> dict[str, str]:
    """By its name (`primary-60`) each colour of the pages."""
    return dict(_COLOUR.findall((PACKAGE / "static" / "css" / "tokens.css").read_text("utf-8")))


def bring_mark(folder: Path) -> str:
    """The name under which the sign of the service lies in a paper's folder now."""
    (folder / MARK).write_bytes((PACKAGE / "static" / "img" / MARK).read_bytes())
    return MARK
