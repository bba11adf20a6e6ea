"""Staff and the moderator sort what people ask: one press each, and everything is written down."""

from datetime import timedelta

import pytest
import time_machine

from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live.days import day_of
from briefings.live.moderator_links import moderator_token
from briefings.outbox.models import Message
from briefings.questions import asking, desk
from briefings.questions.board import board_of
from briefings.questions.models import Question, QuestionState
from briefings.questions.publishing import counts_of, published_of
from briefings.schedule.links import token_of
from tests.builders import a_briefing, a_question, a_registration, a_user, an_owner

State = QuestionState


@pytest.fixture
def briefing(app):
    """A briefing with two talks; the first one's need has an owner."""
    made = a_briefing(needs=2)
    an_owner(made.slots[0].need.organization, email="owner@example.kr")
    return made


@pytest.fixture
def place(briefing):
    """Somebody with a place in it."""
    return a_registration(briefing)


@pytest.fixture
def staff(client):
    """An officer signed in."""
    return client.sign_in(a_user(name="박직원"))


def address(briefing, question=None):
    """The staff's desk, or their page of one question."""
    return f"/staff/briefings/{briefing.id}/questions" + (f"/{question.public_id}" if question else "")


def press(client, where, what, question, seen=None):
    """What the desk says after a press."""
    value = f"{what}:{question.public_id}:{seen or question.state.value}:{desk.live_now(question.briefing)}"
    return client.post(where, data={"press": value}, follow_redirects=True).text


def test_a_question_goes_through_the_room_by_one_press_each(staff, briefing, place):
    first, second = a_question(place), a_question(place)
    desk_page = address(briefing)
    assert first.text in staff.get(desk_page).text and place.name in staff.get(desk_page).text
    assert "지금 답하는 질문으로 올렸습니다" in press(staff, desk_page, "live", first)
    assert [each.text for each in board_of(briefing, briefing.starts_at).on_air] == [first.text]
    assert "앞의 질문은 답한 것으로" in press(staff, desk_page, "live", second)
    assert (first.state, second.state) == (State.ANSWERED, State.ON_AIR) and first.answered_at
    press(staff, desk_page, "answered", second)
    press(staff, desk_page, "wait", second)
    assert second.state is State.WAITING and second.answered_at is None
    assert "기한은 2026. 11. 26.(목)" in press(staff, desk_page, "write", second)
    press(staff, desk_page, "live", second)  # answered in the room after all
    press(staff, desk_page, "answered", second)
    acts = [(entry.action, entry.actor_name) for entry in history_of(second)]
    assert acts[0] == ("question.taken_live", "박직원") and len(acts) == 6
    assert place.name not in str([entry.detail for entry in history_of(second)])


def test_a_stale_press_is_refused_in_words_and_names_the_new_state(staff, briefing, place):
    asked = a_question(place, state=State.ANSWERED)
    assert "‘설명회에서 답함’(으)로 바꾸었습니다" in press(staff, address(briefing), "write", asked, seen="waiting")
    db.session.delete(asked)
    db.session.commit()
    assert (
        "거둔 질문입니다"
        in staff.post(address(briefing), data={"press": f"live:{asked.public_id}:waiting"}, follow_redirects=True).text
    )
    assert staff.post(address(briefing), data={"press": f"no:{a_question(place).public_id}:"}).status_code == 400


def test_of_two_who_take_a_question_live_the_second_reads_of_the_first(staff, briefing, place):
    first, second = a_question(place), a_question(place)
    assert f'value="live:{second.public_id}:waiting:"' in staff.get(address(briefing)).text
    press(staff, address(briefing), "live", first)
    stale = {"press": f"live:{second.public_id}:waiting:"}
    assert "지금 답하는 질문을 바꾸었습니다" in staff.post(address(briefing), data=stale, follow_redirects=True).text
    assert (first.state, second.state) == (State.ON_AIR, State.WAITING)
    for page in (address(briefing), address(briefing, second), f"/staff/briefings/{briefing.id}/day"):
        assert f'value="live:{second.public_id}:waiting:{first.public_id}"' in staff.get(page).text
    odd = {"press": "live:\0:waiting:"}
    assert "거둔 질문입니다" in staff.post(address(briefing), data=odd, follow_redirects=True).text


def test_whoever_asked_what_is_answered_already_is_told_when_theirs_is_merged(staff, briefing, place):
    head, same = a_question(place), a_question(a_registration(briefing))
    staff.post(address(briefing, head), data={"do": "answer", "answer": "다음 주에 올립니다."})
    staff.post(address(briefing, head), data={"do": "merge", "same": [same.public_id]})
    assert same.state is State.MERGED
    told = [message.recipient for message in db.session.query(Message).filter_by(kind="question_answered")]
    assert sorted(told) == sorted([place.email, same.registration.email])


def test_whoever_asked_what_was_merged_reads_what_became_of_it(client, briefing, place):
    head = a_question(a_registration(briefing))
    a_question(place, state=State.MERGED, merged_into_id=head.id)
    page = f"/join/{token_of(place, 'join')}/questions"
    own = lambda: client.get(page).text.partition('id="questions"')[0]  # noqa: E731
    assert "답이 나오면 함께 알려 드립니다" in own()
    with unit_of_work():
        desk.answer_live(head, None, briefing.ends_at)
    assert "설명회에서 답함" in own() and "답이 나오면" not in own()
    with unit_of_work():
        head.write("절반을 지원합니다.", "", briefing.ends_at)
    assert "절반을 지원합니다." in own() and "답이 나오면" not in own()


def test_written_answers_are_asked_for_by_mail_once_for_each_talk(staff, briefing, place):
    slot = briefing.slots[0]
    for number in range(3):
        a_question(place, slot_id=slot.id if number else None)
    with time_machine.travel(briefing.ends_at + timedelta(minutes=5), tick=False):
        staff.sign_in(a_user())
        page = staff.get(address(briefing)).text
        assert "남은 질문을 지금 모두 서면 답변으로 돌리기" in page
        said = staff.post(address(briefing), data={"press": "write_rest::"}, follow_redirects=True).text
    assert "남은 질문 3건을 서면 답변으로" in said
    [mail] = db.session.query(Message).all()
    assert (mail.kind, mail.recipient, len(mail.params["questions"])) == ("questions_to_write", "owner@example.kr", 2)


def test_merged_questions_count_each_person_once_and_part_again(staff, briefing, place):
    others = [a_registration(briefing) for _ in range(3)]
    head, same, third = a_question(place), a_question(others[0]), a_question(others[1])
    now = briefing.starts_at
    with unit_of_work():
        for question in (head, same):
            asking.vote(others[2], question.public_id, now)
        asking.vote(place, same.public_id, now)  # who asked the head counts as that
        desk.merge(same, [third], None, now)
    page = staff.get(address(briefing, head)).text
    assert same.text in page and third.text not in page
    merged = {"do": "merge", "same": [same.public_id]}
    assert "1건을 이 질문에 합쳤습니다" in staff.post(address(briefing, head), data=merged, follow_redirects=True).text
    [shown] = board_of(briefing, now).waiting
    assert (shown.id, shown.wanted, shown.merged) == (head.id, 3, 2)
    off = staff.get(f"{address(briefing)}?tab=off").text
    assert same.text in off and "명이 함께 궁금해함" not in off
    assert "아직 답하지 않음 1건, 숨기거나 합침 2건" in staff.get(f"/staff/briefings/{briefing.id}/afterwards").text
    press(staff, address(briefing), "separate", same)
    assert [(each.id, each.wanted) for each in board_of(briefing, now).waiting] == [(head.id, 2), (same.id, 2)]
    assert "합칠 질문을 골라" in staff.post(address(briefing, head), data={"do": "merge"}).text
    with pytest.raises(Refused, match="다른 질문을"), unit_of_work():
        desk.merge(head, [a_question(a_registration())], None, now)


def test_hiding_needs_a_reason_and_takes_the_question_off_every_page(staff, client, briefing, place):
    asked, page = a_question(place), None
    for given, words in (
        ({}, "골라 주세요"),
        ({"why": "그 밖의 까닭", "words": ""}, "숨기는 까닭을 적어 주세요"),
    ):
        page = staff.post(address(briefing, asked), data={"do": "hide", **given}).text
        assert words in page
    why = {"do": "hide", "why": "그 밖의 까닭", "words": "광고입니다"}
    assert "질문을 숨겼습니다" in staff.post(address(briefing, asked), data=why, follow_redirects=True).text
    assert (asked.state, asked.hidden_reason) == (State.HIDDEN, "광고입니다")
    assert board_of(briefing, briefing.starts_at).number == 0
    assert asked.text in staff.get(address(briefing) + "?tab=off").text
    press(staff, address(briefing), "show", asked)
    assert asked.state is State.WAITING and not asked.hidden_reason


def test_assigning_says_which_need_a_question_is_about(staff, briefing, place):
    asked, other = a_question(place), a_briefing()
    given = {"do": "assign", "slot": str(briefing.slots[1].id)}
    assert "과제에 배정했습니다" in staff.post(address(briefing, asked), data=given, follow_redirects=True).text
    assert asked.slot_id == briefing.slots[1].id
    assert asked.text in staff.get(f"{address(briefing)}?slot={briefing.slots[1].id}").text
    assert asked.text not in staff.get(f"{address(briefing)}?slot=none").text
    staff.post(address(briefing, asked), data={"do": "assign", "slot": str(other.slots[0].id)})
    assert asked.slot_id == briefing.slots[1].id
    staff.post(address(briefing, asked), data={"do": "assign", "slot": ""})
    assert asked.slot_id is None


def test_staff_answer_in_writing_what_concerns_no_need(staff, briefing, place):
    asked = a_question(place)
    told = {"do": "answer", "answer": "다음 주에 올립니다."}
    assert "질문한 분께 알렸습니다" in staff.post(address(briefing, asked), data=told, follow_redirects=True).text
    assert (asked.state, asked.answered_by) == (State.WRITTEN, "")
    assert [each.answer for each in published_of(briefing)] == ["다음 주에 올립니다."]
    assert asked.text in staff.get("/staff/questions?state=written").text
    found = counts_of(briefing)
    assert (found.asked, found.written, found.open) == (1, 1, 0)


def test_of_another_briefing_no_question_is_shown(staff, briefing, place):
    other = a_question(a_registration())
    assert staff.get(address(briefing, other)).status_code == 404
    assert staff.get("/staff/briefings/999999/questions").status_code == 404


def test_the_moderator_does_the_same_by_link_but_learns_no_names_and_writes_no_answers(client, briefing, place):
    asked = a_question(place, anonymous=True)
    link = f"/moderate/{moderator_token(briefing, day_of(briefing))}/questions"
    page, one = client.get(link).text, client.get(f"{link}/{asked.public_id}").text
    assert asked.text in page and "글로 답하기" not in one
    assert place.name not in page + one and place.organization.name not in page + one
    press(client, link, "live", asked)
    assert asked.state is State.ON_AIR
    assert history_of(asked)[0].actor_name.startswith("사회자")
    client.post(f"{link}/{asked.public_id}", data={"do": "answer", "answer": "답입니다."})
    assert db.session.get(Question, asked.id).state is State.ON_AIR
    assert client.get("/moderate/abc.def/questions").status_code == 404


def test_pages_of_the_desk_ask_as_often_for_many_questions_as_for_few(staff, briefing, place, count_queries):
    sent = []
    for number in (1, 30):
        for _ in range(number):
            a_question(a_registration(briefing), slot_id=briefing.slots[0].id, state=State.WAITING)
        with count_queries() as each:
            staff.get(address(briefing))
        sent.append(len(each))
    assert sent[0] == sent[1]
