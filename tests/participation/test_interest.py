"""Interest said during a talk, what becomes of it on the reply form, and looking back at a need."""

from datetime import timedelta

import pytest
import time_machine

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.live.days import run_to_change
from briefings.live.interests import interests_of
from briefings.participation import replying
from briefings.participation.retrospect import presentations_of, weight_of
from briefings.schedule.links import token_of
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_registration, a_reply, a_user, an_owner
from tests.participation.test_pages import SENDER, offering


@pytest.fixture
def room(app, client, now):
    """Somebody in a briefing of two talks that begins at `now`, in the middle of the first."""
    briefing = a_briefing(needs=2, starts_at=now)
    registration = a_registration(briefing)
    first, second = (slot.need for slot in briefing.slots)
    client.post(f"/join/{token_of(registration, 'join')}")
    minutes = briefing.opening_minutes + 1
    with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
        yield registration, first, second


def test_a_press_at_a_talk_is_kept_and_ticked_on_the_reply_form(app, client, room, count_queries):
    registration, first, second = room
    join = f"/join/{token_of(registration, 'join')}"
    page = client.get(join).text
    assert f'form="interest" name="need" value="{first.id}"' in page
    assert f'form="interest" name="need" value="{second.id}"' not in page  # its talk has not begun
    client.post(f"{join}/interest", data={"need": first.id})
    client.post(f"{join}/interest", data={"need": first.id})
    (said,) = interests_of(registration)
    assert (said.need, said.raised_at is not None) == (first, True)
    assert "관심을 표시했습니다" in client.get(join).text
    form = client.get(f"{join}/reply").text
    assert f'id="chosen_{first.id}" name="chosen_{first.id}" type="checkbox" value="y"' in form
    assert form.count(" checked") == 2  # this need, and who may read it
    assert client.get(f"{join}/reply?need={second.id}").text.count(" checked") == 2  # the one the link is about
    client.post(f"{join}/interest", data={"need": first.id, "back": "yes"})
    assert interests_of(registration) == []


def test_interest_said_after_a_draft_was_kept_is_ticked_all_the_same(app, client, room):
    registration, first, second = room
    join = f"/join/{token_of(registration, 'join')}"
    client.post(f"{join}/reply", data={**SENDER, f"offer_{second.id}": "판로가", "do": "autosave"})
    assert client.get(f"{join}/reply").text.count(" checked") == 1  # who may read it
    assert client.get(f"{join}/reply?need={second.id}").text.count(" checked") == 2
    with time_machine.travel(clock.now() + timedelta(seconds=1), tick=False):
        client.post(f"{join}/interest", data={"need": first.id})
        page = client.get(f"{join}/reply").text
    assert page.count(" checked") == 2 and "판로가" in page


def test_a_script_gets_the_part_of_the_page_that_changed(app, client, room):
    registration, first, second = room
    interest = f"/join/{token_of(registration, 'join')}/interest"
    answer = client.post(interest, data={"need": first.id, "quiet": "yes"})
    assert (answer.status_code, first.title in answer.text, "<h1" in answer.text) == (200, True, False)
    assert client.post(interest, data={"need": second.id, "quiet": "yes"}).status_code == 409


def test_no_interest_in_what_is_not_open_nor_without_a_place(app, client, room):
    registration, first, second = room
    interest = f"/join/{token_of(registration, 'join')}/interest"
    assert client.get(interest).status_code == 405
    assert "발표가 시작되면" in client.post(interest, data={"need": second.id}).text
    assert "발표하는 과제가 아닙니다" in client.post(interest, data={"need": "x"}).text
    with unit_of_work():
        run_to_change(registration.briefing.slots[0]).replies_closed_at = registration.briefing.starts_at
    assert client.post(interest, data={"need": first.id}).status_code == 409
    registration.state = RegistrationState.CANCELLED
    db.session.commit()
    assert "지금은 관심을 표시할 수 없습니다" in client.post(interest, data={"need": first.id}).text
    assert interests_of(registration) == []


def test_what_was_answered_is_of_interest_no_more_and_stands_apart(app, client, room):
    registration, first, _ = room
    join = f"/join/{token_of(registration, 'join')}"
    client.post(f"{join}/interest", data={"need": first.id})
    client.post(f"{join}/reply", data={**SENDER, "email": registration.email, **offering(first)})
    box = client.get(join).text.partition('id="interests"')[2].partition("</section>")[0]
    assert "답글을 보낸 과제" in box and first.title in box
    assert 'name="back"' not in box and "답글 화면에 이 과제들을 골라 둡니다" not in box


def test_after_the_end_every_need_takes_replies_also_one_whose_word_of_interest_was_closed(app, client, room):
    registration, first, second = room
    with unit_of_work():
        run_to_change(registration.briefing.slots[0]).replies_closed_at = registration.briefing.starts_at
    join, button = f"/join/{token_of(registration, 'join')}", 'form="reply" name="need" value="%s"'
    assert "받지 않음" in client.get(join).text
    with time_machine.travel(registration.briefing.ends_at + timedelta(days=1), tick=False):
        page = client.get(join).text
        sheet = app.test_client().sign_in(a_user()).get(f"/staff/briefings/{registration.briefing.id}/day").text
    assert "받지 않음" not in page and all(button % need.id in page for need in (first, second))
    assert 'value="open_replies:' not in sheet and 'value="close_replies:' not in sheet
    assert "설명회 뒤에 할 일" in sheet


def test_the_life_of_a_need_knows_what_is_on_and_what_came_first(app, client, now, room):
    registration, first, _ = room
    client.post(f"/join/{token_of(registration, 'join')}/reply", data={**SENDER, **offering(first)})
    life = client.get(f"/needs/{first.id}").text.partition("걸어온 길")[2]
    assert life.index("사업설명회가 지금 열리고 있습니다") < life.index("첫 참여 답글을 받았습니다")
    with time_machine.travel(registration.briefing.starts_at - timedelta(days=1), tick=False):
        assert "소개할 예정입니다" in client.get(f"/needs/{first.id}").text


def test_a_need_tells_of_the_replies_before_and_after_each_time_it_was_presented(app, client, now, room):
    registration, first, _ = room
    briefing = registration.briefing
    client.post(f"/join/{token_of(registration, 'join')}/interest", data={"need": first.id})
    a_reply(first, sent_at=now - timedelta(days=3))
    form = {**SENDER, **offering(first), f"offer_{first.id}": "설비가 있습니다."}
    client.post(f"/join/{token_of(registration, 'join')}/reply", data=form)
    gone = a_reply(first, sent_at=now + timedelta(minutes=5))
    with unit_of_work():
        replying.withdraw(gone, now + timedelta(hours=1))
    with time_machine.travel(briefing.ends_at + timedelta(days=60), tick=False):
        (one,) = presentations_of(first, briefing.ends_at)
        assert (one.before, one.after, one.interested, one.raised) == (1, 1, 1, 1)
        assert "발표 전까지 답글 1건, 발표 뒤 1건" in client.get(f"/needs/{first.id}").text
        later = a_briefing(needs=0, starts_at=briefing.ends_at + timedelta(days=30))
        later.slots.append(type(briefing.slots[0])(need=first, position=1))
        db.session.commit()
        a_reply(first, sent_at=later.starts_at + timedelta(days=1))
        again, before = presentations_of(first, later.ends_at)
        assert [(each.before, each.after) for each in (again, before)] == [(2, 1), (1, 1)]
        staff = app.test_client().sign_in(a_user()).get(f"/staff/needs/{first.id}").text
        assert "발표와 답글 돌아보기" in staff
        assert "다음 편성안에서" in staff
        owner = app.test_client().sign_in(an_owner(first.organization)).get(f"/my/needs/{first.id}").text
        assert "(발표 중 1명)" in owner
        assert "다음 편성안에서" not in owner


def test_what_came_of_it_is_said_as_the_planner_will_count_it(app, now):
    opened = now - timedelta(days=200)
    briefing = a_briefing(starts_at=now - timedelta(days=100), registration_opens_at=opened)
    need = briefing.slots[0].need
    (words,) = weight_of(need, presentations_of(need, now), now)
    assert "그 뒤 100일 동안 답글이 없어" in words
    need.last_reply_at = now - timedelta(days=1)
    (words,) = weight_of(need, presentations_of(need, now), now)
    assert "답글을 받아" in words
    need.matched_at = now
    assert weight_of(need, presentations_of(need, now), now) == []
