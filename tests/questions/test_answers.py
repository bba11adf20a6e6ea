"""Answers in writing: by the organization, signed in or by link, reminded of the day; told to who asked; published."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message
from briefings.questions import answering, settling, writing
from briefings.questions.models import Question, QuestionState
from briefings.questions.publishing import published_about, published_of
from briefings.schedule.links import presenter_token, token_of
from briefings.schedule.registration_models import RegistrationState
from briefings.web.tokens import token_for
from tests.builders import a_briefing, a_question, a_registration, an_owner
from tests.mails import links_in, mails_to

SEOUL = ZoneInfo("Asia/Seoul")
State = QuestionState
UNSEEN = {"synchronize_session": False}


@pytest.fixture
def talk(app):
    """A talk whose need has an owner, and whose presenter is somebody else."""
    slot = a_briefing(needs=2).slots[0]
    slot.presenter_email = "presenter@example.kr"
    db.session.commit()
    an_owner(slot.need.organization, email="owner@example.kr", name="최소유")
    return slot


@pytest.fixture
def place(talk):
    """Somebody with a place in its briefing."""
    return a_registration(talk.briefing)


def to_write(place, talk, due_on=date(2026, 11, 26), **given):
    """A question to be answered in writing."""
    return a_question(place, slot_id=talk.id, state=State.TO_WRITE, due_on=due_on, **given)


def owner_of(client, talk):
    """The owner of the need, signed in."""
    return client.sign_in(an_owner(talk.need.organization))


def test_the_owner_finds_what_is_due_first_and_answers_it(app, client, talk, place):
    later, first = to_write(place, talk, date(2026, 12, 1)), to_write(place, talk, date(2026, 11, 20))
    waiting = a_question(place, slot_id=talk.id)
    elsewhere = a_question(place, slot_id=talk.briefing.slots[1].id)
    owner = owner_of(client, talk)
    page = owner.get("/my/questions").text
    assert page.index(first.text) < page.index(later.text) and "기한 지남" in page
    assert waiting.text not in page and waiting.text in owner.get("/my/questions?shelf=live").text
    assert place.name not in page and "기업" in page
    assert owner.get(f"/my/questions/{elsewhere.public_id}").status_code == 404
    assert "입력해 주세요" in owner.post(f"/my/questions/{first.public_id}", data={"answer": ""}).text
    told = owner.post(f"/my/questions/{first.public_id}", data={"answer": "절반을 지원합니다."}, follow_redirects=True)
    assert "질문한 분께 알렸습니다" in told.text
    assert (first.state, first.answered_by) == (State.WRITTEN, talk.need.organization.name)
    [mail] = mails_to(app, place.email)
    assert first.text in mail.text and "절반을 지원합니다." in mail.text
    assert client.get(links_in(mail)[-1]).status_code == 200


def test_a_corrected_answer_is_told_to_nobody_again(app, client, talk, place):
    asked, owner = to_write(place, talk), owner_of(client, talk)
    for answer in ("절반을 지원합니다.", "모두 지원합니다.", "모두 지원합니다."):
        owner.post(f"/my/questions/{asked.public_id}", data={"answer": answer})
    assert asked.answer == "모두 지원합니다."
    assert len(mails_to(app, place.email)) == 1
    assert asked.text in owner.get("/my/questions?shelf=done").text


def test_of_two_who_answer_at_once_the_second_reads_the_first_answer_and_decides(client, talk, place):
    asked, owner = to_write(place, talk), owner_of(client, talk)
    page = f"/present/{presenter_token(talk)}/questions/{asked.public_id}"
    owner.post(f"/my/questions/{asked.public_id}", data={"answer": "절반을 지원합니다."})
    refused = client.post(page, data={"answer": "모두 지원합니다.", "seen": ""}).text
    assert "다른 분이, 또는 다른 창에서 답을 올렸습니다" in refused
    assert "절반을 지원합니다." in refused and "모두 지원합니다." in refused, "both are to be read"
    assert asked.answer == "절반을 지원합니다."
    [seen] = re.findall(r'name="seen"[^>]*value="([0-9a-f]{16})"', refused)
    client.post(page, data={"answer": "모두 지원합니다.", "seen": seen})
    assert asked.answer == "모두 지원합니다."


def test_a_question_moved_to_another_need_meanwhile_is_answered_by_nobody_else(talk, place, monkeypatch):
    asked, elsewhere = to_write(place, talk), talk.briefing.slots[1]

    def moved_while_waiting(briefing):
        db.session.execute(update(Question).values(slot_id=elsewhere.id), execution_options=UNSEEN)

    monkeypatch.setattr(answering, "lock", moved_while_waiting)
    with pytest.raises(Refused, match="다른 과제에 대한 질문으로"):
        answering.held(asked)


def test_whoever_asked_the_same_is_told_too_but_nobody_who_cancelled(app, talk, place):
    same, gone = a_registration(talk.briefing), a_registration(talk.briefing, state=RegistrationState.CANCELLED)
    asked = to_write(place, talk)
    for who in (same, gone):
        a_question(who, state=State.MERGED, merged_into_id=asked.id)
    with unit_of_work():
        writing.write(asked, "지원합니다.", None, "", datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert [len(mails_to(app, who.email)) for who in (place, same, gone)] == [1, 1, 0]
    place.state, place.cancelled_at, place.confirmed_at = RegistrationState.CANCELLED, place.registered_at, None
    db.session.commit()
    assert isinstance(mails_to(app, place.email)[0], Dropped)


def test_who_is_to_write_has_a_way_in_whoever_they_are(app, client, talk, place):
    """The account signs in; the presenter and a contact without an account have links of their own."""
    talk.need.contact_email = "contact@example.kr"
    db.session.commit()
    asked = a_question(place, slot_id=talk.id)
    with unit_of_work():
        writing.ask_in_writing([asked], date(2026, 11, 26), datetime(2026, 11, 23, 1, tzinfo=UTC))
    assert not mails_to(app, "owner@example.kr")  # the contact hears for the organization
    for address in ("presenter@example.kr", "contact@example.kr"):
        [mail] = mails_to(app, address)
        assert asked.text in mail.text and "2026. 11. 26.(목)" in mail.text
        link = links_in(mail)[-1]
        assert asked.text in client.get(f"{link}?shelf=to_write").text
    told = {"answer": "지원합니다."}
    assert client.post(f"{link}/{asked.public_id}", data=told, follow_redirects=True).status_code == 200
    assert asked.answered_by == talk.need.organization.name
    assert isinstance(mails_to(app, "presenter@example.kr")[0], Dropped)
    contact = token_for("questions", talk.public_id, talk.link_version)
    assert client.get(f"/present/{contact}").status_code == 404
    assert client.get(f"/present/{token_of(place)}/questions").status_code == 404
    before = (contact, token_for("presenter", talk.public_id, talk.link_version))
    talk.link_version += 1
    db.session.commit()
    for token in before:
        assert client.get(f"/present/{token}/questions").status_code == 410


def test_the_presenter_reads_the_questions_of_the_talk_and_those_about_nothing_in_particular(client, talk, place):
    own, any_talk = a_question(place, slot_id=talk.id), a_question(place)
    other, hidden = a_question(place, slot_id=talk.briefing.slots[1].id), a_question(place, slot_id=talk.id)
    hidden.state, hidden.hidden_reason = State.HIDDEN, "관계없음"
    db.session.commit()
    page = client.get(f"/present/{presenter_token(talk)}").text
    assert own.text in page and any_talk.text in page
    assert other.text not in page and hidden.text not in page and place.name not in page
    assert own.text in client.get(f"/present/{presenter_token(talk)}/questions").text


def test_reminders_go_a_working_day_before_and_one_after_the_day_and_once_each(app, talk, place):
    to_write(place, talk, date(2026, 11, 27))  # a Friday
    kinds = []
    for day in range(23, 32):
        now = datetime(2026, 11, 1, 1, tzinfo=UTC) + timedelta(days=day - 1)
        with unit_of_work():
            new = settling.remind_due(now, SEOUL)
        kinds += [(day, message.kind) for message in db.session.query(Message).order_by(Message.id).all()[-new:] if new]
    expected = [(26, "questions_due"), (30, "questions_late")]
    assert sorted(set(kinds)) == expected
    assert len(kinds) == 4  # to the owner and to the presenter


def test_what_is_left_an_hour_after_the_end_is_to_be_answered_in_writing(app, talk, place):
    briefing = talk.briefing
    left, whole = a_question(place, slot_id=talk.id), a_question(place)
    last = a_question(place, slot_id=talk.id, state=State.ON_AIR)
    assert not settling.briefings_to_settle(briefing.ends_at)
    later = briefing.ends_at + timedelta(hours=1)
    assert settling.briefings_to_settle(later) == [briefing.id]
    with unit_of_work():
        settling.settle(briefing.id, later.date(), later)
    assert [each.state for each in (left, whole, last)] == [State.TO_WRITE, State.TO_WRITE, State.ANSWERED]
    assert not settling.briefings_to_settle(later)
    assert len(mails_to(app, "owner@example.kr")) == 1


def test_answers_stand_on_the_page_of_the_need_without_who_asked(client, talk, place):
    written = a_question(
        place, slot_id=talk.id, state=State.WRITTEN, answer="지원합니다.", answered_at=place.registered_at
    )
    a_question(place, slot_id=talk.id, text="말로 답함", state=State.ANSWERED, answered_at=place.registered_at)
    hidden = a_question(place, slot_id=talk.id, state=State.HIDDEN, answer="숨긴 답", answered_at=place.registered_at)
    page = client.get(f"/needs/{talk.need_id}").text
    assert written.text in page and "지원합니다." in page and "기업" in page
    assert hidden.text not in page and place.organization.name not in page and "말로 답함" not in page
    assert [each.answer for each in published_about(talk.need)] == ["지원합니다."]
    assert [each.answer for each in published_of(talk.briefing)] == ["지원합니다.", ""]


def test_mails_to_writers_are_dropped_once_nothing_is_left(app, talk, place):
    asked = a_question(place, slot_id=talk.id)
    with unit_of_work():
        writing.ask_in_writing([asked], date(2026, 11, 26), datetime(2026, 11, 23, 1, tzinfo=UTC))
        asked.hide("관계없음")
    assert isinstance(mails_to(app, "owner@example.kr")[0], Dropped)
