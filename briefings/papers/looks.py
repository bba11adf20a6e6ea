"""What papers share with the pages and each other: colours of the pages' own tokens, the service's sign, charts."""

import re
from functools import cache
from pathlib import Path

from briefings.config import PACKAGE, beside_or_inside

_COLOUR = re.compile(r"--krds-color-light-([a-z]+-\d+):\s*(#[0-9a-f]{6});")
MARK, CHARTS = "mark.svg", "charts.typ"


@cache
def colours() -> dict[str, str]:
    """By its name (`primary-60`) each colour of the pages."""
    return dict(_COLOUR.findall((PACKAGE / "static" / "css" / "tokens.css").read_text("utf-8")))


def bring_mark(folder: Path) -> str:
    """The name under which the sign of the service lies in a paper's folder now."""
    (folder / MARK).write_bytes((PACKAGE / "static" / "img" / MARK).read_bytes())
    return MARK


def bring_charts(folder: Path) -> None:
    """From now on what is set in this folder may draw charts."""
    (folder / CHARTS).write_bytes((beside_or_inside("templates") / "papers" / CHARTS).read_bytes())
