"""The process in which a paper is set: `python -m briefings.papers.press FOLDER SECONDS`."""

import json
import sys
from pathlib import Path

import typst

from briefings.papers.confining import NO_FONT, confine

KOREAN = {"Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Nanum Gothic", "Malgun Gothic", "Apple SD Gothic Neo"}
"""Fonts with Korean letters that a machine may have where ours were not fetched."""


def main(folder: Path) -> int:
    """Set `paper.typ` as `job.json` says, and print its pages where they are counted; the status to end with."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    fonts = [job["fonts"]] if any(Path(job["fonts"]).glob("*.otf")) else []
    if not fonts and not KOREAN & set(typst.Fonts().families()):
        return NO_FONT
    compiler = typst.Compiler(str(folder / "paper.typ"), root=str(folder), font_paths=fonts)
    compiler.compile(
        output=str(folder / "paper.pdf"), format="pdf", pdf_standards=list(job["standards"]), timestamp=job["at"]
    )
    if job["counted"]:
        print(compiler.query("<pages>", field="value", one=True))
    return 0


if __name__ == "__main__":
    confine(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1])))
