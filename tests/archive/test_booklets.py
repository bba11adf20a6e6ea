"""The booklet: one PDF of everything that may be in it, bound by the worker, published by staff."""

import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from briefings import clock
from briefings.archive import binding, booklets
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.files.models import StoredFile
from briefings.needs.models import NeedState
from briefings.papers import setting
from briefings.schedule.materials import hand_in, let_publish, take_away
from briefings.schedule.models import BriefingState
from briefings.tasks.models import Task, TaskState
from briefings.tasks.running import do_next
from tests.builders import a_briefing, a_user
from tests.files import samples
from tests.papers.documents import HIGH, WIDE, a_document

BROKEN = a_document(WIDE)[:250] + b"\n%%EOF\n"


LOOKED: dict[bytes, setting.Leaves | setting.Unreadable] = {}


def looked_once(pdf: Path, *rest: Any) -> setting.Leaves:
    """What was found in a PDF of the same content: most tests here hand in the same, and each look is a process."""
    content = pdf.read_bytes()
    if content not in LOOKED:
        try:
            LOOKED[content] = setting.look_into(pdf, *rest)
        except setting.Unreadable as why:
            LOOKED[content] = why
    found = LOOKED[content]
    if isinstance(found, setting.Unreadable):
        raise found
    return found


@pytest.fixture(autouse=True)
def each_pdf_is_looked_into_once(monkeypatch):
    monkeypatch.setattr(binding, "look_into", looked_once)


@pytest.fixture
def held(app, now):
    """A briefing that is over: slides, slides nobody can bind, a file of another kind, one that is kept back."""
    briefing = a_briefing(
        needs=2, starts_at=now - timedelta(days=1), title="폐어망 되살림 설명회", description="한 줄\n두 줄"
    )
    first, second = briefing.slots
    first.need.contact_phone, first.need.beneficiaries = "044-205-1234", "섬 주민 #eval(1) *굵게*"
    db.session.commit()
    by = a_user()
    with unit_of_work():
        hand_in(first, "발표.pdf", a_document(WIDE, WIDE, WIDE, HIGH), now, by, True)
        hand_in(first, "현장.png", samples.a_png(), now, by, True)
        hand_in(second, "깨진.pdf", BROKEN, now, by, True)
        hand_in(second, "내부용.pdf", a_document(WIDE), now, by, False)
    return briefing


def work_off(app):
    """What the worker does now."""
    while do_next({booklets.KIND: binding.bind}, clock.now, lambda: False):
        pass
    return db.session.query(Task).order_by(Task.id.desc()).first()


def test_slides_are_bound_two_wide_ones_to_a_sheet():
    assert binding.sheets([True, True, True, False, True, True]) == [[1, 2], [3], [4], [5, 6]]
    assert binding.sheets([False, True]) == [[1], [2]]


def test_it_holds_cover_programme_needs_slides_and_other_files(app, client, held):
    client.sign_in(a_user())
    page = f"/staff/briefings/{held.id}/booklet"
    before = client.get(page).text
    assert "발표.pdf" in before and "내부용.pdf" in before and "공개를 허락하지 않음" in before
    client.post(page)
    assert "자료집을 만들고 있습니다" in client.get(page).text
    assert "이미 진행하고 있는 작업" in client.post(page, follow_redirects=True).text
    assert work_off(app).state is TaskState.DONE
    after = client.get(page).text
    assert "묶지 못하고 첨부했습니다" in after and "자료집 공개하기" in after
    book = PdfReader(io.BytesIO(client.get(f"{page}/booklet.pdf").data))
    text = "\n".join(each.extract_text() for each in book.pages)
    assert len(book.pages) == booklets.booklet_of(held).pages == 8
    assert all(
        words in text for words in ("폐어망 되살림 설명회", "발표 순서", "044-205-1234", "#eval(1) *굵게*", "현장.png")
    )
    assert "내부용" not in text and "8 / 8" in text
    assert any("되살림 공정" in each.title for each in book.outline if not isinstance(each, list))
    assert {name.partition("_")[2] for name in book.attachments} >= {"현장.png", "깨진.pdf"}
    assert book.metadata.title == "폐어망 되살림 설명회 자료집"
    assert [entry.action for entry in history_of(held)][-1] == "booklet.asked_for"


def test_staff_publish_it_and_take_it_back(app, client, held):
    address = f"/archive/{held.public_id}/booklet.pdf"
    staff = app.test_client().sign_in(a_user())
    page = f"/staff/briefings/{held.id}/booklet"
    assert (
        "아직 만든 자료집이 없습니다" in staff.post(f"{page}/publish", data={"public": "1"}, follow_redirects=True).text
    )
    staff.post(page)
    work_off(app)
    assert client.get(address).status_code == 404
    staff.post(f"{page}/publish", data={"public": "1"})
    assert (
        client.get(address).data.startswith(b"%PDF")
        and "자료집 내려받기" in client.get(f"/archive/{held.public_id}").text
    )
    staff.post(f"{page}/publish")
    assert client.get(address).status_code == 404


def test_what_changes_since_makes_it_out_of_date_and_a_new_one_takes_its_place(app, client, held, now):
    client.sign_in(a_user())
    page = f"/staff/briefings/{held.id}/booklet"
    client.post(page)
    work_off(app)
    client.post(f"{page}/publish", data={"public": "1"})
    before, files = booklets.booklet_of(held).file_id, db.session.query(StoredFile).count()
    assert "지난 내용입니다" not in client.get(page).text
    with unit_of_work():
        held.slots[0].need.title, held.slots[0].need.changed_at = "다른 제목", now
    assert "지난 내용입니다" in client.get(page).text
    with unit_of_work():
        take_away(held.slots[0], held.slots[0].files[0].file.public_id, now, a_user())
    client.post(page)
    work_off(app)
    booklet = booklets.booklet_of(held)
    assert booklet.file_id != before and booklet.published_at and booklet.pages < 8
    assert db.session.query(StoredFile).count() == files - 1


@pytest.mark.parametrize("attached", [False, True])
def test_a_file_that_is_kept_back_later_takes_the_booklet_away_until_it_is_bound_anew(app, client, held, now, attached):
    staff, address = app.test_client().sign_in(a_user()), f"/archive/{held.public_id}"
    page = f"/staff/briefings/{held.id}/booklet"
    staff.post(page)
    work_off(app)
    staff.post(f"{page}/publish", data={"public": "1"})
    assert client.get(f"{address}/booklet.pdf").status_code == 200
    slides = held.slots[0].files[attached].file.public_id
    with unit_of_work():
        let_publish(held.slots[0], slides, False, now)
    assert client.get(f"{address}/booklet.pdf").status_code == 404
    assert "자료집 내려받기" not in client.get(address).text and "공개를 멈췄습니다" in staff.get(page).text
    staff.post(page)
    work_off(app)
    assert client.get(f"{address}/booklet.pdf").status_code == 200 and "공개를 멈췄습니다" not in staff.get(page).text


def test_of_a_need_that_is_not_public_the_booklet_says_its_title_only(app, client, held):
    staff, address = app.test_client().sign_in(a_user()), f"/archive/{held.public_id}/booklet.pdf"
    page = f"/staff/briefings/{held.id}/booklet"
    staff.post(page)
    work_off(app)
    staff.post(f"{page}/publish", data={"public": "1"})
    assert "044-205-1234" in words_of(client.get(address).data)
    held.slots[0].need.state = NeedState.WITHDRAWN
    db.session.commit()
    assert client.get(address).status_code == 404 and "공개를 멈췄습니다" in staff.get(page).text
    staff.post(page)
    work_off(app)
    words, need = words_of(client.get(address).data), held.slots[0].need
    assert "지금은 공개하지 않는 과제입니다" in words and need.organization.name in words
    assert "044-205-1234" not in words and f"/needs/{need.id}" not in words


def words_of(content):
    """What a PDF says."""
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_what_fails_leaves_the_earlier_one_and_says_why(app, client, held, monkeypatch):
    client.sign_in(a_user())
    page = f"/staff/briefings/{held.id}/booklet"

    def fail(*_):
        raise setting.PaperError("something")

    monkeypatch.setattr(binding, "set_book", fail)
    client.post(page)
    task = work_off(app)
    assert task.state is TaskState.FAILED and "만들지 못했습니다" in client.get(page).text
    assert booklets.booklet_of(held) is None


def test_one_that_staff_end_is_not_made(app, client, held, monkeypatch):
    client.sign_in(a_user())
    page = f"/staff/briefings/{held.id}/booklet"
    client.post(page)
    task = db.session.query(Task).one()

    def stop(*_):
        client.post(f"/staff/tasks/{task.public_id}/cancel")
        raise setting.Stopped

    monkeypatch.setattr(binding, "set_book", stop)
    assert work_off(app).state is TaskState.CANCELLED
    assert booklets.booklet_of(held) is None and "중단했습니다" in client.get(page).text


def test_there_is_none_of_nothing_or_of_what_was_called_off(app, client, now):
    client.sign_in(a_user())
    empty, off = a_briefing(needs=0), a_briefing(state=BriefingState.CANCELLED)
    for briefing, words in ((empty, "실을 것이 없습니다"), (off, "만들지 않습니다")):
        page = f"/staff/briefings/{briefing.id}/booklet"
        assert words in client.post(page, follow_redirects=True).text
        assert "자료집 만들기</button>" not in client.get(page).text
    assert client.get(f"/staff/briefings/{empty.id}/booklet/booklet.pdf").status_code == 404


def test_files_that_would_make_it_too_large_are_fetched_apart(app, held, monkeypatch):
    monkeypatch.setattr(booklets, "ROOM", 700)
    parts = booklets.parts_of(held)
    assert sum(len(part.too_large) for part in parts) >= 1
    assert all(file.size <= 700 for part in parts for file in part.bound + part.attached)
