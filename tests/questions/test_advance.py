"""What people wrote when they registered stands on the board as long as their place and their words do."""

from datetime import timedelta

import pytest

from briefings.db import db, unit_of_work
from briefings.questions import advance
from briefings.questions.board import board_of
from briefings.questions.models import Question, QuestionState
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_question, a_registration


@pytest.fixture
def briefing(app):
    """A briefing with two talks in ten days."""
    return a_briefing(needs=2)


def take_up(now):
    """Whether the worker found anything to do; it is done."""
    found = advance.briefings_to_look_at(now)
    for briefing_id in found:
        with unit_of_work():
            advance.take_up(briefing_id, now)
    assert not advance.briefings_to_look_at(now)
    return bool(found)


def texts(briefing, now):
    """What stands on the board."""
    return [each.text for each in board_of(briefing, now).waiting]


def test_it_is_taken_up_once_without_a_name_for_the_one_need_it_concerns(briefing, now):
    first, second = (slot.need for slot in briefing.slots)
    one = a_registration(briefing, question="설비도 지원합니까?", interests=[first])
    a_registration(briefing, question="둘 다 궁금합니다.", interests=[first, second])
    a_registration(briefing)
    a_registration(briefing, question="대기합니다.", state=RegistrationState.WAITLISTED)
    a_registration(a_briefing(starts_at=now - timedelta(days=2)), question="지난 설명회")
    assert take_up(now) and not take_up(now)
    assert texts(briefing, now) == ["설비도 지원합니까?", "둘 다 궁금합니다."]
    asked = db.session.query(Question).filter_by(registration_id=one.id).one()
    assert (asked.slot_id, asked.anonymous, asked.advance) == (briefing.slots[0].id, True, True)


def test_it_follows_the_registration_until_it_is_answered(briefing, now):
    one, two = (a_registration(briefing, question=f"{n}의 질문") for n in ("하나", "둘"))
    take_up(now)
    db.session.query(Question).filter_by(registration_id=two.id).one().answer_live(now)
    one.question, two.question = "하나의 고친 질문", "둘의 고친 질문"
    db.session.commit()
    assert take_up(now)
    assert texts(briefing, now) == ["하나의 고친 질문"]
    assert db.session.query(Question).filter_by(registration_id=two.id).one().text == "둘의 질문"
    one.question = ""
    db.session.commit()
    assert take_up(now) and texts(briefing, now) == []


def test_whoever_cancels_takes_everything_unanswered_along(briefing, now):
    one, other = a_registration(briefing, question="신청할 때의 질문"), a_registration(briefing, question="남는 질문")
    take_up(now)
    a_question(one, text="뒤에 한 질문")
    answered = a_question(one, text="답한 질문", state=QuestionState.ANSWERED)
    one.cancel(now)
    db.session.commit()
    assert take_up(now)
    assert texts(briefing, now) == ["남는 질문"]
    assert db.session.get(Question, answered.id).state is QuestionState.ANSWERED
    one.confirm(now)
    db.session.commit()
    assert take_up(now)
    assert sorted(texts(briefing, now)) == ["남는 질문", "신청할 때의 질문"]
    assert other.question == "남는 질문"
