"""The run sheet: what is on follows the presses, stale presses do nothing, and the stand-by takes over in one click."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.accounts.models import Role
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live.counting import headcount_of, total_of
from briefings.live.days import day_of
from briefings.live.leading import Press, mark_of, press
from briefings.live.models import Attendance, SlotRun
from briefings.live.moderating import moderator_of
from briefings.live.moderator_links import moderator_token
from briefings.live.rooms import mark_of_main
from briefings.live.running import state_of
from briefings.outbox.models import Message
from briefings.questions.models import QuestionState
from briefings.schedule.calendar_models import CalendarItem, ItemKind
from briefings.schedule.links import presenter_token
from briefings.schedule.models import Briefing, PresenterSlot, SlotState
from briefings.schedule.presenters import keep_calendars
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_question, a_registration, a_user, saved

MINUTE = timedelta(minutes=1)


@pytest.fixture
def briefing(app):
    """Three talks of fifteen minutes after an opening of ten; the second has a stand-by."""
    made = a_briefing(needs=3, moderator="윤다온")
    for number, slot in enumerate(made.slots):
        slot.presenter_email = f"presenter{number}@example.kr"
    made.slots[1].standby_name, made.slots[1].standby_email = "서가람", "garam@example.kr"
    db.session.commit()
    return made


@pytest.fixture
def by(app):
    """An officer."""
    return a_user(Role.OFFICER, name="김하늘")


def slots_of(briefing):
    """The slots as they are now."""
    found = select(PresenterSlot).where(PresenterSlot.briefing_id == briefing.id).order_by(PresenterSlot.position)
    return db.session.scalars(found).all()


def pressed(briefing, what, now, by, slot=None):
    """Press a button of a page that was made at that very moment."""
    with unit_of_work():
        state = state_of(briefing, now)
        at = None if slot is None else state.slots[slot]
        press(briefing, Press(what), at.slot.public_id if at else "", mark_of(state, Press(what), at), by, now)
    return state_of(briefing, now)


def titles(*slots):
    """Their needs' titles, or None."""
    return [slot.need.title if slot else None for slot in slots]


def test_while_nobody_presses_the_programme_decides_what_is_on(briefing):
    start = briefing.starts_at
    before = state_of(briefing, start - MINUTE)
    assert (before.is_on, before.is_over, before.now) == (False, False, None)
    assert before.next is before.slots[0]
    assert before.flips_at == start
    second = state_of(briefing, start + 30 * MINUTE)
    assert second.now is second.slots[1]
    assert second.next is second.slots[2]
    assert [slot.is_open for slot in second.slots] == [True, True, False]
    assert second.flips_at == start + 40 * MINUTE
    over = state_of(briefing, briefing.ends_at)
    assert over.is_over and over.now is None and all(slot.is_open for slot in over.slots)


def test_from_the_first_press_on_presses_decide_and_later_talks_move(briefing, by):
    start = briefing.starts_at
    state = pressed(briefing, "begin", start + 3 * MINUTE, by)
    assert state.now is None and state.next is state.slots[0]
    assert state.slots[0].expected_at == start + 13 * MINUTE
    state = pressed(briefing, "begin_talk", start + 15 * MINUTE, by, slot=0)
    assert state.now is state.slots[0]
    assert state.slots[0].seen_at == start + 15 * MINUTE, "who talks is there"
    assert state.slots[2].expected_at == start + 45 * MINUTE
    assert state.expected_end - briefing.ends_at == 5 * MINUTE
    state = pressed(briefing, "begin_talk", start + 29 * MINUTE, by, slot=2)
    assert state.slots[0].ended_at == start + 29 * MINUTE, "two talks at once are none"
    assert state.next is state.slots[1], "what was left out comes after all"
    state = pressed(briefing, "take_back_talk", start + 30 * MINUTE, by, slot=2)
    assert state.now is state.slots[0] and state.slots[0].ended_at is None
    state = pressed(briefing, "end_talk", start + 31 * MINUTE, by, slot=0)
    assert state.now is None and state.slots[0].is_done
    state = pressed(briefing, "resume_talk", start + 32 * MINUTE, by, slot=0)
    assert state.now is state.slots[0]
    late = briefing.ends_at + 10 * MINUTE
    assert not state_of(briefing, late).is_over, "it was opened by hand and goes on until it is closed"
    state = pressed(briefing, "end", late, by)
    assert state.is_over and state.slots[0].ended_at == late
    state = pressed(briefing, "resume", late + MINUTE, by)
    assert state.now is state.slots[0], "what the end cut off goes on"
    assert state_of(briefing, briefing.ends_at + 61 * MINUTE).is_over, "not for ever"


def test_a_talk_that_is_resumed_after_later_ones_is_on_and_the_next_follows_those(briefing, by):
    start = briefing.starts_at
    pressed(briefing, "begin_talk", start + 10 * MINUTE, by, slot=0)
    pressed(briefing, "begin_talk", start + 25 * MINUTE, by, slot=1)
    state = pressed(briefing, "resume_talk", start + 41 * MINUTE, by, slot=0)
    assert state.now is state.slots[0] and state.next is state.slots[2]
    assert state.slots[1].ended_at == start + 41 * MINUTE == state.next.expected_at
    state = pressed(briefing, "begin_talk", start + 45 * MINUTE, by, slot=2)
    assert state.now is state.slots[2] and state.slots[0].ended_at == start + 45 * MINUTE
    state = pressed(briefing, "take_back_talk", start + 46 * MINUTE, by, slot=1)
    assert [each.is_now for each in state.slots] == [False, False, True]
    assert state.slots[0].ended_at, "what ended before talks that came since does not go on"


def test_a_beginning_pressed_by_mistake_is_taken_back_until_somebody_talks(briefing, by):
    early = briefing.starts_at - 120 * MINUTE
    state = pressed(briefing, "begin", early, by)
    assert state.is_on and state.slots[0].expected_at < briefing.starts_at
    state = pressed(briefing, "take_back", early + MINUTE, by)
    assert not state.is_on and not state.is_led and state.slots[0].expected_at == state.slots[0].starts_at
    pressed(briefing, "begin_talk", briefing.starts_at, by, slot=0)
    with pytest.raises(Refused, match="이미 시작한 발표"):
        pressed(briefing, "take_back", briefing.starts_at + MINUTE, by)


def test_what_the_clock_has_ended_no_late_press_brings_back(briefing, client, by):
    late = briefing.ends_at + 61 * MINUTE
    for what in ("begin", "end"):
        with pytest.raises(Refused, match="저절로 끝난"):
            pressed(briefing, what, briefing.ends_at, by)
    pressed(briefing, "begin", briefing.starts_at, by)
    pressed(briefing, "end", briefing.ends_at - 5 * MINUTE, by)
    address = f"/moderate/{moderator_token(briefing, day_of(briefing))}"
    with time_machine.travel(late - 2 * MINUTE, tick=False):
        assert "설명회 이어 가기</button>" in client.get(address).text
    with time_machine.travel(late, tick=False):
        assert "설명회 이어 가기</button>" not in client.get(address).text
    with pytest.raises(Refused, match="1시간이 지나"):
        pressed(briefing, "resume", late, by)
    assert day_of(briefing).ended_at == briefing.ends_at - 5 * MINUTE


def test_by_the_moderator_s_link_nothing_is_done_once_the_day_is_long_over(briefing, client, by):
    asked = a_question(a_registration(briefing), state=QuestionState.WRITTEN, answer="지원합니다.")
    link = f"/moderate/{moderator_token(briefing, day_of(briefing))}"
    long_after = briefing.ends_at + timedelta(days=2)
    close = f"close_replies:{briefing.slots[0].public_id}:"
    close += mark_of(state_of(briefing, long_after), Press.CLOSE_REPLIES, state_of(briefing, long_after).slots[0])
    with time_machine.travel(long_after, tick=False):
        assert 'value="close_replies:' not in client.get(link).text
        for address, sent in (
            (link, {"press": close}),
            (f"{link}/questions", {"press": f"live:{asked.public_id}:written:"}),
            (f"{link}/questions/{asked.public_id}", {"do": "hide", "why": "이미 답한 질문"}),
        ):
            assert "끝난 지 하루가 지난 설명회입니다" in client.post(address, data=sent, follow_redirects=True).text
        officer = client.sign_in(by)
        officer.post(f"/staff/briefings/{briefing.id}/day", data={"press": close})
    db.session.expire_all()
    assert asked.state is QuestionState.WRITTEN
    assert state_of(briefing, long_after).slots[0].is_closed, "staff still may"


def test_word_of_interest_is_opened_and_closed_for_one_need_and_for_all(briefing, by):
    at = briefing.starts_at + 12 * MINUTE
    opens = lambda state: [slot.is_open for slot in state.slots]  # noqa: E731
    assert opens(pressed(briefing, "open_replies", at, by, slot=2)) == [True, False, True]
    assert opens(pressed(briefing, "close_replies", at, by, slot=0)) == [False, False, True]
    assert opens(pressed(briefing, "open_all", at, by)) == [True, True, True]
    assert opens(pressed(briefing, "close_all", at, by)) == [False, False, False]
    assert opens(state_of(briefing, briefing.ends_at)) == [False, False, False], "closed by staff stays closed"
    weeks_later = briefing.ends_at + timedelta(days=30)
    assert opens(pressed(briefing, "open_replies", weeks_later, by, slot=1)) == [False, True, False]


def test_a_press_on_an_older_page_does_nothing_and_says_who_was_first(app, briefing, client, by):
    with time_machine.travel(briefing.starts_at, tick=False):
        mine, theirs = client.sign_in(by), app.test_client()
        token = moderator_token(briefing, day_of(briefing))
        button = value_of(mine.get(f"/staff/briefings/{briefing.id}/day").text, "begin_talk", slots_of(briefing)[0])
        assert (
            "발표를 시작했습니다"
            in theirs.post(f"/moderate/{token}", data={"press": button}, follow_redirects=True).text
        )
        seen = value_of(mine.get(f"/staff/briefings/{briefing.id}/day").text, "see_presenter", slots_of(briefing)[1])
        stale = mine.post(f"/staff/briefings/{briefing.id}/day", data={"press": button}, follow_redirects=True).text
        assert "사회자 윤다온 님이 먼저 눌러 누르신 것을 하지 않았습니다: 발표 시작" in stale
        assert db.session.query(SlotRun).count() == 1
        # What a press does not rely on may have changed meanwhile.
        other = mine.post(f"/staff/briefings/{briefing.id}/day", data={"press": seen}, follow_redirects=True).text
        assert "발표자가 있다고 적었습니다" in other
    names = db.session.scalars(select(AuditEntry.actor_name).where(AuditEntry.action.startswith("talk."))).all()
    assert names == ["사회자 윤다온", "김하늘"]


def value_of(page, what, slot):
    """What a button of the sheet sends."""
    return re.search(rf'value="({what}:{slot.public_id}:[0-9a-f]+)"', page)[1]


def test_the_stand_by_takes_over_in_one_click_and_can_be_turned_back(briefing, by):
    with unit_of_work():
        keep_calendars(briefing, briefing.starts_at - timedelta(days=3))
    at, absent = briefing.starts_at + 20 * MINUTE, slots_of(briefing)[1].presenter_email
    old_link = presenter_token(slots_of(briefing)[1])
    pressed(briefing, "see_presenter", at, by, slot=1)
    state = pressed(briefing, "standby", at, by, slot=1)
    slot = state.slots[1].slot
    assert (slot.presenter_name, slot.state) == ("서가람", SlotState.ACCEPTED)
    assert slot.standby_email == absent
    assert state.slots[1].standby_since == at
    assert state.slots[1].seen_at is None, "it was the other who had been seen"
    assert presenter_token(slot) != old_link
    told = {message.recipient: message.kind for message in of_now(at)}
    assert told == {absent: "presenter_released", "garam@example.kr": "presenter_slot"}
    assert open_items() == {"garam@example.kr"} | {each.presenter_email for each in slots_of(briefing)}
    state = pressed(briefing, "standby", at + MINUTE, by, slot=1)
    assert state.slots[1].slot.presenter_email == absent
    assert state.slots[1].standby_since is None
    assert "garam@example.kr" not in open_items()


def test_after_the_planned_end_the_stand_by_still_takes_over_and_nobody_is_mailed(briefing, by):
    pressed(briefing, "begin", briefing.starts_at, by)
    late = briefing.ends_at + 5 * MINUTE
    state = pressed(briefing, "standby", late, by, slot=1)
    assert state.slots[1].slot.presenter_name == "서가람"
    assert of_now(late) == []


def of_now(at):
    """Messages queued at that moment."""
    return db.session.scalars(select(Message).where(Message.created_at == at)).all()


def open_items():
    """Whose calendars hold a talk."""
    talks = select(CalendarItem).where(CalendarItem.kind == ItemKind.PRESENTATION, CalendarItem.state == "open")
    return {item.email for item in db.session.scalars(talks)}


def test_who_is_in_the_room_is_counted_against_who_has_a_place(briefing):
    now = briefing.starts_at + 30 * MINUTE
    people = [a_registration(briefing) for _ in range(4)]
    a_registration(briefing, state=RegistrationState.WAITLISTED)
    for person, ago in zip(people, (1, 2, 20), strict=False):
        saved(Attendance(registration_id=person.id, first_seen_at=briefing.starts_at, last_seen_at=now - ago * MINUTE))
    assert total_of(headcount_of(briefing, now)) == (4, 3, 2)


def test_everybody_is_told_a_line_and_two_who_write_at_once_do_not_overwrite_each_other(briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day"
    with time_machine.travel(briefing.starts_at, tick=False):
        client.sign_in(by)
        seen = re.search(r'form="line" name="seen" value="([0-9a-f]+)"', client.get(address).text)[1]
        assert "모두에게 알렸습니다" in say(client, address, seen, "잠시 쉬었다가 10분 뒤에 이어 갑니다.")
        assert day_of(briefing).line.startswith("잠시 쉬었다가")
        stale = say(client, address, seen, "다른 말")
        assert "먼저 눌러" in stale and 'value="다른 말"' in stale, "what was typed stays"
        seen = re.search(r'form="line" name="seen" value="([0-9a-f]+)"', stale)[1]
        client.post(f"{address}/line", data={"do": "clear", "seen": seen})
    assert day_of(briefing).line == "" and day_of(briefing).line_at is None


def say(client, address, seen, words):
    """Tell everybody something; the page that follows."""
    return client.post(f"{address}/line", data={"words": words, "seen": seen}, follow_redirects=True).text


def test_the_room_is_changed_from_the_sheet(briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day/room"
    with time_machine.travel(briefing.starts_at, tick=False):
        given = {"room_url": "https://other.example.kr/room", "room_note": "", "seen": mark_of_main(briefing)}
        assert "설명회장을 바꾸었습니다" in client.sign_in(by).post(address, data=given, follow_redirects=True).text
        given["room_url"] = "kein"
        assert "설명회장 주소" in client.post(address, data=given).text
    assert db.session.get_one(Briefing, briefing.id).room_url == "https://other.example.kr/room"


def test_the_polled_parts_are_sent_once_and_asking_changes_nothing(briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day/now"
    with time_machine.travel(briefing.starts_at + 20 * MINUTE, tick=False):
        first = client.sign_in(by).get(address)
        assert "data-part" in first.text and "csrf" not in first.text
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
        pressed(briefing, "begin_talk", briefing.starts_at + 20 * MINUTE, by, slot=1)
        assert client.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    assert db.session.query(SlotRun).count() == 1


def test_a_longer_programme_asks_the_database_no_more_often(briefing, client, by, count_queries):
    start, short = briefing.starts_at, a_briefing(needs=1, starts_at=briefing.starts_at)
    addresses = [f"/staff/briefings/{each.id}/day/now" for each in (short, briefing)]
    numbers = []
    with time_machine.travel(start + 20 * MINUTE, tick=False):
        client.sign_in(by)
        for address in addresses:
            with count_queries() as sent:
                client.get(address)
            numbers.append(len(sent))
    assert numbers[0] == numbers[1] < 15


def test_the_course_of_the_day_is_what_was_done_on_it_and_no_list_taken_away(briefing, client, by):
    pressed(briefing, Press.BEGIN, briefing.starts_at, by)
    with unit_of_work():
        record(by, "attendance.exported", briefing, briefing.starts_at + MINUTE)
        record(by, "briefing.edited", briefing, briefing.ends_at + timedelta(days=6))
    page = client.sign_in(by).get(f"/staff/briefings/{briefing.id}/day").text
    assert page.partition('id="course"')[2].count("김하늘") == 1


def test_outside_the_day_there_is_nothing_to_press(briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day"
    page = client.sign_in(by).get(address).text
    assert "시작 3시간 전부터" in page and 'name="press"' not in page
    value = f"begin::{mark_of(state_of(briefing, briefing.starts_at), Press.BEGIN)}"
    assert "시작 3시간 전부터" in client.post(address, data={"press": value}, follow_redirects=True).text
    assert client.post(address, data={"press": "drop:tables"}).status_code == 400
    assert db.session.query(AuditEntry).count() == 0


def test_the_moderator_has_the_sheet_by_a_link_that_staff_send_and_take_back(app, briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day/moderator"
    page = client.sign_in(by).post(address, data={"email": "daon@example.kr"}, follow_redirects=True).text
    token = moderator_token(briefing, day_of(briefing))
    assert f"/moderate/{token}" in page
    assert [message.recipient for message in db.session.scalars(select(Message))] == ["daon@example.kr"]
    nobody = app.test_client()
    sheet = nobody.get(f"/moderate/{token}").text
    assert "진행 화면" in sheet and "사회자 링크" not in sheet
    assert "큐시트" in nobody.get(f"/moderate/{token}/cue-sheet").text
    client.post(f"{address}/revoke")
    ended = nobody.get(f"/moderate/{token}")
    assert (ended.status_code, "새 링크를 보냈습니다" in ended.text) == (410, True)
    assert nobody.post(f"/moderate/{token}", data={"press": "begin::x"}).status_code == 410
    assert moderator_of(briefing).name == "사회자 윤다온"


def test_the_cue_sheet_has_every_part_and_what_was_noted_shows_when_its_turn_comes(app, briefing, client, by):
    address = f"/staff/briefings/{briefing.id}/day/cue-sheet"
    notes = client.sign_in(by).get(f"{address}/notes").text
    data = dict(re.findall(r'name="(parts-\d+-part)"[^>]* value="([^"]+)"', notes))
    at = next(name for name, key in data.items() if key.startswith("talk:")).replace("-part", "-note")
    data |= {"seen": re.search(r'name="seen"[^>]* value="([0-9a-f]+)"', notes)[1], at: "영상부터 틀기"}
    page = client.post(f"{address}/notes", data=data, follow_redirects=True).text
    assert "큐시트에 적었습니다" in page and "영상부터 틀기" in page
    for words in ("입장과 점검", "여는 말", "질의응답", "닫는 말", "서가람"):
        assert words in page
    stale = client.post(f"{address}/notes", data=data | {at: "음악부터"}).text
    assert "그사이 다른 사람이, 또는 다른 창에서 큐시트를 고쳤습니다" in stale and "지금 적힌 내용" in stale
    with time_machine.travel(briefing.starts_at + 12 * MINUTE, tick=False):
        assert "영상부터 틀기" in client.sign_in(by).get(f"/staff/briefings/{briefing.id}/day").text


def test_whoever_declined_is_not_there(briefing, client):
    slot = slots_of(briefing)[1]
    slot.state = SlotState.DECLINED
    db.session.commit()
    address = f"/present/{presenter_token(slot)}/day"
    with time_machine.travel(briefing.starts_at - 20 * MINUTE, tick=False):
        page = client.get(address).text
        assert "발표를 사양하셨습니다" in page and "발표자 대기실에 있습니다" not in page
        assert "다시 맡으시려면" in client.post(address, follow_redirects=True).text
    assert not [run for run in db.session.query(SlotRun) if run.presenter_seen_at]


def test_after_the_end_the_moderator_is_led_on_and_the_presenter_no_longer_into_the_room(briefing, client, by):
    slot = slots_of(briefing)[1]
    moderator, presenter = f"/moderate/{moderator_token(briefing, day_of(briefing))}", presenter_token(slot)
    with time_machine.travel(briefing.starts_at + 5 * MINUTE, tick=False):
        pressed(briefing, "begin", briefing.starts_at, by)
        with unit_of_work():
            day_of(briefing).line, day_of(briefing).line_at = "잠시 쉬겠습니다.", briefing.starts_at
        page = client.get(f"/present/{presenter}/day").text
        assert "설명회장 열기" in page and "잠시 쉬겠습니다." in page
        assert "수고하셨습니다" not in client.get(moderator).text
        pressed(briefing, "end", briefing.starts_at + 5 * MINUTE, by)
        page = client.get(f"/present/{presenter}/day").text
        assert "설명회장 열기" not in page and "잠시 쉬겠습니다." not in page
        assert f'남은 질문은 <a href="{moderator}/questions">' in client.get(moderator).text


def test_the_presenter_says_to_be_there_and_sees_the_order_and_the_time(app, briefing, client, by):
    slot = slots_of(briefing)[1]
    token = presenter_token(slot)
    assert "오늘 발표합니다" not in client.get(f"/present/{token}").text
    assert "3시간 전부터" in client.post(f"/present/{token}/day", follow_redirects=True).text
    with time_machine.travel(briefing.starts_at - 20 * MINUTE, tick=False):
        shown = client.get(f"/present/{token}").text
        assert "발표자 대기실에 있습니다" in shown and "발표 수락하기" in shown
        assert db.session.query(SlotRun).count() == 0, "looking says nothing"
        assert "사회자에게 알렸습니다" in client.post(f"/present/{token}/day", follow_redirects=True).text
        shown = client.get(f"/present/{token}").text
        assert "발표 수락하기" not in shown and "발표하실 수 있는지" not in shown, "who is there can present"
        assert "부터 있음" in app.test_client().get(f"/moderate/{moderator_token(briefing, day_of(briefing))}").text
    with time_machine.travel(briefing.starts_at + 12 * MINUTE, tick=False):
        pressed(briefing, "begin_talk", briefing.starts_at + 11 * MINUTE, by, slot=0)
        assert "다음이 차례입니다" in client.get(f"/present/{token}/day").text
        pressed(briefing, "begin_talk", briefing.starts_at + 12 * MINUTE, by, slot=1)
        page = client.get(f"/present/{token}/day/now")
        assert "지금 발표하실 차례입니다" in page.text
        again = client.get(f"/present/{token}/day/now", headers={"If-None-Match": page.headers["ETag"]})
        assert again.status_code == 304
        english = client.get(f"/en/present/{token}/day")
        assert english.status_code == 200


def test_whose_talk_has_begun_is_not_asked_whether_they_can_present(app, briefing, client, by):
    first, second = (f"/present/{presenter_token(slot)}" for slot in slots_of(briefing)[:2])
    with time_machine.travel(briefing.starts_at + 11 * MINUTE, tick=False):
        shown = client.get(first).text
        assert "발표 수락하기" not in shown and "답을 기다림" not in shown, "on by the programme"
        assert "발표 수락하기" in client.get(second).text
        pressed(briefing, "begin_talk", briefing.starts_at + 11 * MINUTE, by, slot=1)
        assert "발표 수락하기" in client.get(first).text, "presses decide from the first on"
        assert "발표 수락하기" not in client.get(second).text
