"""What everybody in the room sees: one part of the page, the same for all, told apart by versions, nothing personal."""

from datetime import timedelta

import pytest
import time_machine

from briefings.db import CONTENT, db, lock, looked_up, unit_of_work
from briefings.files.models import StoredFile
from briefings.live.days import day_to_change
from briefings.live.models import Attendance, AttendanceState
from briefings.live.rooms import WayPlan, mark_of, set_ways
from briefings.schedule.links import token_of
from briefings.schedule.models import RoomKind, SlotFile
from tests.builders import a_briefing, a_registration, a_user


@pytest.fixture
def place(app):
    """A confirmed place in a briefing of two needs."""
    return a_registration(a_briefing(needs=2))


@pytest.fixture
def during(place):
    """Time stands still ten minutes after the start."""
    with time_machine.travel(place.briefing.starts_at + timedelta(minutes=10), tick=False) as traveller:
        yield traveller


def page_of(registration, more=""):
    """Its join page, or what belongs to it."""
    return f"/join/{token_of(registration, 'join')}{more}"


def look(client, registration, tag=None):
    """What the page asks for every few seconds."""
    return client.get(page_of(registration, "/now"), headers={"If-None-Match": tag} if tag else {})


def versions(briefing):
    """Of places and of all content."""
    return looked_up("SELECT id, version FROM content_version WHERE id {among} ORDER BY id", [-briefing.id, CONTENT])


def test_everybody_inside_gets_the_same_part_without_anything_personal(client, place, during):
    other = a_registration(place.briefing, name="박나래")
    for each in (place, other):
        client.post(page_of(each))
    mine, theirs = look(client, place), look(client, other)
    assert mine.data == theirs.data
    for personal in (place.name, other.name, token_of(place, "join"), "csrf_token", 'value="' + place.public_id):
        assert personal not in mine.text
    assert mine.headers["ETag"].startswith("W/")
    assert mine.headers["Cache-Control"] == "no-store"


def test_the_part_comes_once_and_then_not_until_it_is_another(client, place, during):
    client.post(page_of(place))
    tag = look(client, place).headers["ETag"]
    again = look(client, place, tag)
    assert again.status_code == 304 and not again.data
    with unit_of_work():
        day_to_change(place.briefing).line = "소리가 작으면 음량을 높여 주세요."
    changed = look(client, place, tag)
    assert changed.status_code == 200 and "음량을 높여" in changed.text
    with unit_of_work():
        lock(place.briefing)  # somebody registers: the room sees nothing of it
    assert look(client, place, changed.headers["ETag"]).status_code == 304


def test_the_clock_alone_changes_it_too(client, place):
    start = place.briefing.starts_at
    with time_machine.travel(start - timedelta(hours=1), tick=False):
        waiting = look(client, place)
        assert "아직 시작 전입니다" in waiting.text and 'form="enter"' not in waiting.text
        assert look(client, place, waiting.headers["ETag"]).status_code == 304
    with time_machine.travel(start - timedelta(minutes=30), tick=False):
        opened = look(client, place, waiting.headers["ETag"])
        assert 'form="enter"' in opened.text and place.briefing.room_url not in opened.text
        client.post(page_of(place))
        assert place.briefing.room_url in look(client, place).text
    with time_machine.travel(place.briefing.ends_at, tick=False):
        assert "설명회가 끝났습니다" in look(client, place).text


def test_a_briefing_that_was_begun_stays_open_until_it_is_closed_or_an_hour_over(client, place):
    end = place.briefing.ends_at
    with unit_of_work():
        day_to_change(place.briefing).began_at = place.briefing.starts_at
    with time_machine.travel(end + timedelta(minutes=59), tick=False):
        assert 'form="enter"' in look(client, place).text
        with unit_of_work():
            day_to_change(place.briefing).ended_at = end + timedelta(minutes=58)
        assert "설명회가 끝났습니다" in look(client, place).text
        assert client.post(page_of(place)).status_code == 409


def test_the_window_is_what_staff_say(client, place):
    with unit_of_work():
        day_to_change(place.briefing).opens_minutes = 5
    with time_machine.travel(place.briefing.starts_at - timedelta(minutes=10), tick=False):
        assert client.post(page_of(place)).status_code == 409
    with time_machine.travel(place.briefing.starts_at - timedelta(minutes=5), tick=False):
        assert client.post(page_of(place)).status_code == 303


def test_staying_is_noted_without_telling_the_room(client, place, during):
    client.post(page_of(place))
    before, came = versions(place.briefing), db.session.get(Attendance, place.id).first_seen_at
    during.shift(timedelta(minutes=1))
    assert client.post(page_of(place, "/seen"), data={"quiet": "yes"}).status_code == 204
    during.shift(timedelta(minutes=1))
    assert client.post(page_of(place, "/seen")).location == page_of(place)
    seen = db.session.get(Attendance, place.id)
    assert (seen.first_seen_at, seen.last_seen_at) == (came, came + timedelta(minutes=2))
    during.shift(timedelta(hours=3))
    client.post(page_of(place, "/seen"))
    assert db.session.get(Attendance, place.id).last_seen_at == came + timedelta(minutes=2)
    assert versions(place.briefing) == before


def test_nobody_stays_who_did_not_come(client, place, during):
    client.post(page_of(place, "/seen"))
    assert db.session.query(Attendance).count() == 0


def test_whom_staff_marked_absent_gets_in_all_the_same(client, place, during):
    db.session.add(Attendance(registration_id=place.id, mark=AttendanceState.ABSENT, mark_reason="연락 없음"))
    db.session.commit()
    client.post(page_of(place))
    assert place.briefing.room_url in client.get(page_of(place)).text


def test_other_ways_in_stand_beside_the_main_room(app, client, place, during, monkeypatch):
    monkeypatch.setitem(app.config, "EMBED_HOSTS", ("www.youtube-nocookie.com",))
    ways = [
        WayPlan(RoomKind.STREAM, "수어 통역 방송", "https://youtu.be/aB3_d-9", ""),
        WayPlan(RoomKind.LINK, "", "https://onnara.example.kr/1", "행정망에서만 열립니다"),
        WayPlan(RoomKind.PHONE, "", "02-123-4567", ""),
    ]
    with unit_of_work():
        set_ways(place.briefing, ways, seen=mark_of([]), by=a_user(), now=place.briefing.starts_at)
    client.post(page_of(place))
    page = client.get(page_of(place))
    assert 'href="tel:021234567"' in page.text and "https://onnara.example.kr/1" in page.text
    assert "<iframe" not in page.text and "youtube-nocookie" not in page.headers["Content-Security-Policy"]
    key = place.briefing.rooms[0].id
    watching = client.get(page_of(place, f"?room={key}"))
    assert 'src="https://www.youtube-nocookie.com/embed/aB3_d-9"' in watching.text and "autoplay" not in watching.text
    assert "frame-src 'self' https://www.youtube-nocookie.com;" in watching.headers["Content-Security-Policy"]
    for nothing in ("main", "999999", "replay", "'"):
        assert "<iframe" not in client.get(page_of(place, f"?room={nothing}")).text


def test_nobody_sees_a_way_in_before_entering(client, place, during):
    assert place.briefing.room_url not in client.get(page_of(place, "?room=main")).text


def test_slides_that_presenters_give_away_are_taken_by_whoever_is_inside(client, place, during):
    file = a_file_of(place.briefing.slots[0])
    kept_back, elsewhere = a_file_of(place.briefing.slots[1], public=False), a_file_of(a_briefing().slots[0])
    db.session.commit()
    assert client.get(page_of(place, f"/slides?file={file.public_id}")).status_code == 404
    client.post(page_of(place))
    assert file.public_id in look(client, place).text
    answer = client.get(page_of(place, f"/slides?file={file.public_id}"))
    assert answer.data == b"%PDF-1.7" and answer.headers["Content-Disposition"].startswith("attachment")
    for other in (kept_back.public_id, elsewhere.public_id, ""):
        assert client.get(page_of(place, f"/slides?file={other}")).status_code == 404


def a_file_of(slot, public=True):
    """Slides of a talk."""
    values = {"name": "발표자료.pdf", "media_type": "application/pdf", "size": 8, "sha256": "0" * 64}
    file = StoredFile(**values, content=b"%PDF-1.7", created_at=slot.briefing.created_at)
    given = {"handed_in_by": "홍길동", "handed_in_at": slot.briefing.created_at, "public": public}
    slot.files.append(SlotFile(file=file, **given))
    db.session.flush()
    return file


def test_a_recording_is_shown_with_its_chapters_once_it_has_captions(app, client, place, monkeypatch):
    monkeypatch.setitem(app.config, "EMBED_HOSTS", ("www.youtube-nocookie.com",))
    briefing = place.briefing
    briefing.replay_url = "https://youtu.be/aB3_d-9"
    briefing.slots[1].replay_seconds = 750
    db.session.commit()
    with time_machine.travel(briefing.ends_at, tick=False):
        assert "aB3_d-9" not in client.get(page_of(place)).text
        with unit_of_work():
            lock(briefing)
            briefing.replay_captioned = True
        page = client.get(page_of(place)).text
        assert "12:30" in page and "https://youtu.be/aB3_d-9?t=750s" in page
        assert "embed/aB3_d-9?start=750" in client.get(page_of(place, "?room=replay&at=750")).text


def test_the_part_takes_one_look_into_the_database(client, place, during, count_queries):
    client.post(page_of(place))
    address = page_of(place, "/now")
    tag = client.get(address).headers["ETag"]
    with count_queries() as sent:
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert len(sent) == 1


def test_the_part_of_an_unknown_link_is_not_there(client, place):
    assert client.get("/join/abc.def/now").status_code == 404
    assert client.get(page_of(place).replace(place.public_id, "zzzzzzzz") + "/now").status_code == 404


def test_it_is_in_english_for_whom_it_was_asked_in_english(client, place, during):
    client.post(page_of(place))
    assert look(client, place).data != client.get("/en" + page_of(place, "/now")).data
