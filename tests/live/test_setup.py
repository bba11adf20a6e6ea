"""The staff's set-up of the day: the window, another room for all at once, other ways in, what can be seen again."""

import re
from dataclasses import replace

import pytest
import time_machine

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live.days import day_of
from briefings.live.rooms import change_now, mark_of_main
from briefings.outbox.models import Message
from briefings.schedule import presenters
from briefings.schedule.drafting import draft_of, keep
from briefings.schedule.editing import details_of
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing, RoomKind
from briefings.schedule.replaying import clock_of, seconds_in
from briefings.schedule.slots import plan_of
from tests.builders import a_briefing, a_registration, a_user

NEW = "https://other.example.kr/now"


@pytest.fixture
def officer(app):
    """Who sets things up."""
    return a_user()


@pytest.fixture
def briefing(app):
    """A published briefing of two needs."""
    return a_briefing(needs=2)


@pytest.fixture
def desk(client, officer):
    """A signed-in officer's browser."""
    return client.sign_in(officer)


def settings(briefing, part=""):
    """The address of the page or of one of its forms."""
    return f"/staff/briefings/{briefing.id}/day/settings{part}"


def test_the_window_is_saved_and_noted_once(desk, briefing):
    minutes = {"opens_minutes": 60, "late_minutes": 10, "early_minutes": 0}
    for _ in range(2):
        assert desk.post(settings(briefing, "/window"), data=minutes).status_code == 303
    day = day_of(briefing)
    assert (day.opens_minutes, day.late_minutes, day.early_minutes) == (60, 10, 0)
    assert [entry.action for entry in history_of(briefing)] == ["day.set_up"]
    wrong = desk.post(settings(briefing, "/window"), data=minutes | {"opens_minutes": "-1"})
    assert "0부터 1440까지의 숫자" in wrong.text and "<title>오류" in wrong.text


def test_another_room_is_there_for_everybody_at_once_without_a_mail(desk, briefing, officer):
    inside = a_registration(briefing)
    sent = db.session.query(Message).count()
    with time_machine.travel(briefing.starts_at, tick=False):
        desk.sign_in(officer)
        desk.post(f"/join/{token_of(inside, 'join')}")
        desk.post(settings(briefing, "/room"), data={"room_url": NEW, "room_note": "", "seen": mark_of_main(briefing)})
        page = desk.get(f"/join/{token_of(inside, 'join')}/now").text
    assert NEW in page and "room.example.kr" not in page
    assert db.session.query(Message).count() == sent
    [entry] = history_of(briefing)
    assert entry.detail["changed"]["room_url"] == ["https://room.example.kr/abc", NEW]


def test_presenters_whose_calendars_name_the_room_are_told(briefing, officer, now):
    briefing.slots[0].presenter_email = "gildong@example.kr"
    with unit_of_work():
        presenters.keep_calendars(briefing, now)
    with unit_of_work():
        assert change_now(briefing, NEW, "", seen=mark_of_main(briefing), by=officer, now=now)
    last = db.session.query(Message).order_by(Message.id.desc()).first()
    assert (last.recipient, last.params["news"]) == ("gildong@example.kr", "room")


def test_whoever_saw_an_earlier_room_is_told_which_one_it_is_now(briefing, officer, now):
    seen = mark_of_main(briefing)
    with unit_of_work():
        change_now(briefing, NEW, "", seen=seen, by=officer, now=now)
    with pytest.raises(Refused, match=NEW), unit_of_work():
        change_now(briefing, "https://third.example.kr", "", seen=seen, by=officer, now=now)
    with unit_of_work():
        assert not change_now(briefing, NEW, "", seen=seen, by=officer, now=now)
    seen = mark_of_main(briefing)
    with unit_of_work():
        change_now(briefing, NEW, "전화 02-123-4567", seen=seen, by=officer, now=now)
    with pytest.raises(Refused, match="02-123-4567"), unit_of_work():
        change_now(briefing, NEW, "다른 말", seen=seen, by=officer, now=now)


def test_whoever_was_told_of_another_room_may_press_again(desk, briefing, officer, now):
    given = {"room_url": NEW, "room_note": "", "seen": mark_of_main(briefing)}
    with unit_of_work():
        change_now(briefing, "https://third.example.kr", "", seen=given["seen"], by=officer, now=now)
    told = desk.post(settings(briefing, "/room"), data=given).text
    assert "https://third.example.kr" in told and mark_of_main(briefing) in told
    desk.post(settings(briefing, "/room"), data=given | {"seen": mark_of_main(briefing)})
    assert db.session.get_one(Briefing, briefing.id).room_url == NEW


def test_the_room_of_a_briefing_that_is_over_stays(briefing, officer):
    with pytest.raises(Refused), unit_of_work():
        change_now(briefing, NEW, "", seen=mark_of_main(briefing), by=officer, now=briefing.ends_at)


def kept(briefing, officer, now, **wanted):
    """Put changes aside to be published later."""
    with unit_of_work():
        details = replace(details_of(briefing), **wanted)
        slots = plan_of(briefing).slots
        keep(briefing, details, slots, seen=briefing.changed_at, seen_draft=None, by=officer, now=now)


def test_what_is_kept_unpublished_stays_beside_a_change_of_the_room(briefing, officer, now):
    kept(briefing, officer, now, title="새 제목", room_note="전화")
    with unit_of_work():
        change_now(briefing, NEW, "", seen=mark_of_main(briefing), by=officer, now=now)
    draft = draft_of(briefing)
    assert set(draft.changes) == {"title", "room_note"} and not draft.conflicts
    assert draft.details().room_url == NEW


def test_a_kept_room_that_has_come_true_is_settled_and_another_one_is_asked_about(briefing, officer, now):
    kept(briefing, officer, now, room_url=NEW)
    with unit_of_work():
        change_now(briefing, NEW, "", seen=mark_of_main(briefing), by=officer, now=now)
    assert briefing.pending is None and briefing.pending_at is None
    kept(briefing, officer, now, room_url="https://later.example.kr")
    with unit_of_work():
        change_now(briefing, "https://third.example.kr", "", seen=mark_of_main(briefing), by=officer, now=now)
    [conflict] = draft_of(briefing).conflicts
    assert (conflict.ours, conflict.theirs) == ("https://later.example.kr", "https://third.example.kr")


def fields(page):
    """What a browser would send of the rows of ways."""
    found = dict(re.findall(r'<input[^>]* name="(ways-[^"]+)"[^>]* value="([^"]*)"', page))
    found["seen_ways"] = re.search(r'name="seen_ways"[^>]* value="([^"]*)"', page)[1]
    chosen = re.findall(r'<select[^>]* name="(ways-\d+-kind)".*?<option selected value="(\w+)"', page, re.S)
    return found | dict(chosen)


def test_ways_are_added_moved_and_taken_out_without_script(desk, briefing):
    typed = fields(desk.get(settings(briefing)).text)
    typed |= {"ways-0-kind": "link", "ways-0-address": "https://onnara.example.kr/1"}
    page = desk.post(settings(briefing, "/ways"), data=typed | {"do": "add"}).text
    assert "아직 저장하지 않았습니다" in page
    typed = fields(page) | {"ways-1-kind": "phone", "ways-1-address": "02 123 4567", "ways-1-name": "전화 중계"}
    page = desk.post(settings(briefing, "/ways"), data=typed | {"do": "up-1"}).text
    assert desk.post(settings(briefing, "/ways"), data=fields(page) | {"do": "save"}).status_code == 303
    assert [(room.kind, room.address) for room in briefing.rooms] == [
        (RoomKind.PHONE, "02-123-4567"),
        (RoomKind.LINK, "https://onnara.example.kr/1"),
    ]
    stale = fields(page)
    page = desk.get(settings(briefing)).text
    removed = desk.post(settings(briefing, "/ways"), data=fields(page) | {"do": "remove-0"}).text
    desk.post(settings(briefing, "/ways"), data=fields(removed) | {"do": "save"})
    db.session.refresh(briefing)
    assert [room.kind for room in briefing.rooms] == [RoomKind.LINK]
    assert "먼저 바꾸었습니다" in desk.post(settings(briefing, "/ways"), data=stale | {"do": "save"}).text


def test_what_leads_nowhere_is_refused_at_its_field(desk, briefing):
    for kind, address, wrong in (
        ("phone", "119", "전화번호를 다시 확인"),
        ("link", "onnara", "https://로 시작하는 주소"),
        ("link", "javascript:alert(1)", "https://로 시작하는 주소"),
        ("stream", "http://tv.example.kr/1", "화면 안에서 보는 방송은 https"),
        ("door", "https://a.example.kr", "목록에 있는 것"),
    ):
        typed = {"ways-0-kind": kind, "ways-0-address": address, "ways-0-name": "", "ways-0-note": ""}
        page = desk.post(settings(briefing, "/ways"), data=typed | {"do": "save"}).text
        assert wrong in page and not briefing.rooms, address


def test_a_recording_waits_for_captions_or_a_transcript(desk, briefing):
    first, second = briefing.slots
    typed = {"replay_url": "https://replay.example.kr/1", f"chapter_{second.public_id}": "1:02:30"}
    desk.post(settings(briefing, "/replay"), data=typed)
    assert "아직 아무에게도 보이지 않습니다" in desk.get(settings(briefing)).text
    assert briefing.shown_replay_url == ""
    desk.post(settings(briefing, "/replay"), data=typed | {"replay_transcript": "안녕하십니까."})
    assert briefing.shown_replay_url == "https://replay.example.kr/1"
    assert (first.replay_seconds, second.replay_seconds) == (None, 3750)
    assert "안녕하십니까" not in str([entry.detail for entry in history_of(briefing)])
    wrong = desk.post(settings(briefing, "/replay"), data=typed | {f"chapter_{first.public_id}": "12분"})
    assert "분과 초로 적어 주세요" in wrong.text
    with time_machine.travel(briefing.ends_at, tick=False):
        page = desk.get(f"/join/{token_of(a_registration(briefing), 'join')}").text
    assert "안녕하십니까." in page and "1:02:30" in page and second.need.title in page


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("12:30", 750),
        ("1:02:30", 3750),
        ("90", 90),
        ("0:00", 0),
        ("1:60", None),
        ("", None),
        ("１:2", None),
    ],
)
def test_places_in_a_recording_are_read_as_people_write_them(typed, seconds):
    assert seconds_in(typed) == seconds
    if seconds is not None and ":" in typed:
        assert clock_of(seconds) == typed


def test_only_staff_set_up(client, briefing):
    assert client.get(settings(briefing)).status_code in (302, 303)
