"""Papers are set in a process of their own; what strangers hand in is read there and does no harm."""

import io
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pypdf import PdfReader

from briefings.config import beside_or_inside
from briefings.papers import setting
from briefings.papers.setting import PaperError, Stopped, Unreadable, look_into, set_paper, workplace
from tests.papers.documents import a_document

AT = datetime(2026, 11, 24, tzinfo=UTC)
PAPERS = beside_or_inside("templates") / "papers"


def written(tmp_path: Path, content: bytes) -> Path:
    """The file of a PDF."""
    path = tmp_path / "handed-in.pdf"
    path.write_bytes(content)
    return path


def test_a_paper_is_the_same_bytes_for_the_same_data(tmp_path, monkeypatch):
    monkeypatch.setattr(setting, "beside_or_inside", lambda name: tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.typ").write_text('#set document(title: "가")\n= #json("data.json").words')

    def letter(words):
        with workplace() as folder:
            return set_paper(folder, "letter", {"words": words}, AT)

    first = letter("*안녕* #eval(1)")
    assert first == letter("*안녕* #eval(1)")
    assert "*안녕* #eval(1)" in PdfReader(io.BytesIO(first)).pages[0].extract_text()


def test_what_is_wrong_with_a_paper_is_said_and_one_nobody_wants_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(setting, "beside_or_inside", lambda name: tmp_path)
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "wrong.typ").write_text("#no-such-thing()")
    (tmp_path / "papers" / "endless.typ").write_text("#while true { let x = range(100000) }")
    with workplace() as folder, pytest.raises(PaperError, match="unknown variable"):
        set_paper(folder, "wrong", {}, AT)
    with workplace() as folder, pytest.raises(Stopped):
        set_paper(folder, "endless", {}, AT, wanted=lambda: False)
    with workplace() as folder, pytest.raises(PaperError, match=r"not ready|status"):
        set_paper(folder, "endless", {}, AT, seconds=1)


def test_the_process_sees_no_secret(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "only for us")
    assert "SECRET_KEY" not in setting._surroundings(tmp_path)


def test_pages_are_looked_at_one_by_one(tmp_path):
    found = look_into(written(tmp_path, a_document((960, 540), (595, 842))))
    assert found.wide == [True, False]


@pytest.mark.parametrize(
    "content",
    [
        a_document((960, 540), password="열쇠"),
        a_document(),
        b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 9999999/Kids[2 0 R]>>"
        b"endobj\ntrailer<</Root 1 0 R/Size 3>>\nstartxref\n9\n%%EOF\n",
        a_document((960, 540))[:300],
        bytes(range(256)) * 40,
    ],
    ids=["encrypted", "no pages", "no tree", "a tree in itself", "cut off", "anything"],
)
def test_what_cannot_be_bound_is_said_in_time(tmp_path, content):
    begun = time.monotonic()
    with pytest.raises(Unreadable):
        look_into(written(tmp_path, content), seconds=10)
    assert time.monotonic() - begun < 30
