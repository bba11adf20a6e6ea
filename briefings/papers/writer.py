"""The process in which a document to be edited is written: `python -m briefings.papers.writer FOLDER SECONDS`."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from briefings.papers.confining import confine
from briefings.papers.drawing import drawn
from briefings.papers.hangul import hwpx_of
from briefings.papers.open_text import odt_of

WRITERS = {"hwpx": hwpx_of, "odt": odt_of}

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML cannot hold at all (XML 1.0, 2.2)."""


def writable(value: Any) -> Any:
    """The same without letters that no document can hold."""
    if isinstance(value, str):
        return UNWRITABLE.sub("", value)
    if isinstance(value, list):
        return [writable(each) for each in value]
    return {key: writable(each) for key, each in value.items()} if isinstance(value, dict) else value


def main(folder: Path) -> int:
    """Write `paper` as `data.json` says, with its charts; the status to end with."""
    data = writable(json.loads((folder / "data.json").read_text("utf-8")))
    (folder / "paper").write_bytes(WRITERS[data["ending"]](data, drawn(folder, data)))
    return 0


if __name__ == "__main__":
    confine(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1])))
