"""The typesetter with letters that Korean words can be set in, for the processes that set papers and draw charts."""

import json
from pathlib import Path

import typst

KOREAN = {"Noto Sans CJK KR", "Noto Sans KR", "NanumGothic", "Nanum Gothic", "Malgun Gothic", "Apple SD Gothic Neo"}
"""Fonts with Korean letters that a machine may have where ours were not fetched."""


def typesetter(folder: Path) -> typst.Compiler | None:
    """Ready to set `paper.typ` in that folder with the fonts that `job.json` names; None where no font would do."""
    kept = json.loads((folder / "job.json").read_text("utf-8"))["fonts"]
    fonts = [kept] if any(Path(kept).glob("*.otf")) else []
    if not fonts and not KOREAN & set(typst.Fonts().families()):
        return None
    return typst.Compiler(str(folder / "paper.typ"), root=str(folder), font_paths=fonts)
