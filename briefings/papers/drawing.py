"""The charts of a report as pictures, drawn by the typesetter as in the PDF."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from briefings.papers.typesetting import typesetter

CHARTS = ("bars", "line")
DOTS = 200
"""To an inch: sharp on paper, and still some ten kilobytes."""


def drawn(folder: Path, data: Mapping[str, Any]) -> dict[str, bytes]:
    """A picture (PNG) of each chart by the name of its block (`registrations-2`).

    None where the machine has no Korean letters: the table below each chart has its numbers.
    """
    names = [
        f"{section['key']}-{place}"
        for section in data["sections"]
        for place, block in enumerate(section["blocks"], start=1)
        if block["kind"] in CHARTS
    ]
    compiler = typesetter(folder) if names else None
    if compiler is None:
        return {}
    pages: Any = compiler.compile(format="png", ppi=DOTS)  # one page comes as it is
    return dict(zip(names, pages if isinstance(pages, list) else [pages], strict=True))
