"""The process in which a PDF is looked into: `python -m briefings.papers.reader FOLDER SECONDS`."""

import json
import sys
from pathlib import Path

import typst
from pypdf import PageObject, PdfReader

from briefings.papers.confining import confine

MOST_PAGES = 300
"""Of one PDF that is bound."""


def main(folder: Path) -> int:
    """Print of each page of `looked.pdf` whether it is wide, once all have been bound by way of trial."""
    reader = PdfReader(folder / "looked.pdf")
    if reader.is_encrypted:
        print("it is encrypted", file=sys.stderr)
        return 1
    number = len(reader.pages)
    if not 0 < number <= MOST_PAGES:
        print(f"it has {number} pages", file=sys.stderr)
        return 1
    trial = [f'#image("looked.pdf", page: {page}, width: 5cm)' for page in range(1, number + 1)]
    (folder / "paper.typ").write_text("\n".join(trial), encoding="utf-8")
    compiler = typst.Compiler(str(folder / "paper.typ"), root=str(folder), ignore_system_fonts=True)
    compiler.compile(output=str(folder / "paper.pdf"), format="pdf")
    print(json.dumps([_is_wide(page) for page in reader.pages]))
    return 0


def _is_wide(page: PageObject) -> bool:
    turned = page.rotation % 180 != 0
    return (page.cropbox.width > page.cropbox.height) != turned


if __name__ == "__main__":
    confine(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1])))
