"""The process in which a paper is set: `python -m briefings.papers.press FOLDER SECONDS`."""

import json
import sys
from pathlib import Path

from briefings.papers.confining import NO_FONT, confine
from briefings.papers.typesetting import typesetter


def main(folder: Path) -> int:
    """Set `paper.typ` as `job.json` says, and print its pages where they are counted; the status to end with."""
    job = json.loads((folder / "job.json").read_text("utf-8"))
    compiler = typesetter(folder)
    if compiler is None:
        return NO_FONT
    compiler.compile(
        output=str(folder / "paper.pdf"), format="pdf", pdf_standards=list(job["standards"]), timestamp=job["at"]
    )
    if job["counted"]:
        print(compiler.query("<pages>", field="value", one=True))
    return 0


if __name__ == "__main__":
    confine(int(sys.argv[2]))
    sys.exit(main(Path(sys.argv[1])))
