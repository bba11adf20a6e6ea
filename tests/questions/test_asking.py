"""People ask, want to know too and take back: in words, once each, in their time; the room reads it without names."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.questions import asking
from briefings.questions.board import board_of
from briefings.questions.models import Question, QuestionState, QuestionVote
from briefings.schedule.links import token_of
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import RegistrationState
from tests.builders import a_briefing, a_question, a_registration

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def briefing(app):
    """A briefing with two talks in ten days."""
    return a_briefing(needs=2)


@pytest.fixture
def place(briefing):
    """Somebody with a place in it."""
    return a_registration(briefing)


def address(registration, action=""):
    """The questions of somebody's briefing."""
    return f"/join/{token_of(registration, 'join')}/questions{action}"


def questions():
    """Every question there is, the oldest first."""
    return db.session.scalars(select(Question).order_by(Question.id)).all()


def ask(registration, text="지원합니까?", at=None, **given):
    """A question of somebody, put on the board by the use case."""
    now = at or registration.briefing.starts_at
    with unit_of_work():
        return asking.ask(registration, text, given.get("slot"), given.get("anonymous", False), now.date(), now)


class TestAsking:
    def test_puts_the_question_on_the_board_under_the_organization_or_nobody(self, client, briefing, place):
        talk, name = briefing.slots[1], place.organization.name
        told = {"text": "설비를 옮길 비용도 지원합니까?", "slot": str(talk.id)}
        assert client.post(address(place), data=told).headers["Location"].endswith("#asking")
        client.post(address(place), data={"text": "얼마나 걸립니까?", "slot": "", "anonymous": "y", "back": "all"})
        first, second = questions()
        assert (first.slot_id, first.anonymous, second.slot_id, second.anonymous) == (talk.id, False, None, True)
        shown = client.get(address(a_registration(briefing))).text
        assert told["text"] in shown and name in shown and talk.need.title in shown
        assert "얼마나 걸립니까?" in shown and "익명" in shown
        assert place.name not in shown and place.email not in shown
        assert [each.organization for each in board_of(briefing, briefing.starts_at).waiting] == [name, None]

    def test_the_same_words_twice_are_one_question(self, client, place):
        for _ in range(2):
            client.post(address(place), data={"text": "지원합니까?", "slot": ""})
        assert len(questions()) == 1

    def test_says_in_words_what_cannot_be_a_question_and_keeps_what_was_typed(self, client, place):
        for text, words in (
            ("", "질문을 입력해 주세요"),
            ("가" * 501, "500자 이하로 줄여 주세요"),
            ("가" * 350_000, "보낸 내용이 너무 큽니다"),
            ("한\x00글", "보이지 않는 글자가 섞여 있습니다"),
            ("한\u202e글", "보이지 않는 글자가 섞여 있습니다"),
        ):
            assert words in client.post(address(place), data={"text": text, "slot": ""}).text
        kept = client.post(address(place), data={"text": "남는 글", "slot": "999999"}).text
        assert "목록에 있는 것 가운데 골라 주세요" in kept and "남는 글" in kept
        assert not questions()

    def test_of_another_briefing_a_talk_cannot_be_asked_about(self, place):
        with pytest.raises(Refused, match="목록에"):
            ask(place, slot=a_briefing().slots[0].id)

    def test_is_counted_against_floods(self, place):
        start = place.briefing.starts_at
        for number in range(3):
            ask(place, f"{number}번째", start)
        with pytest.raises(Refused, match="잇달아"):
            ask(place, "넷째", start)
        for number in range(17):
            ask(place, f"뒤의 {number}번째", start + timedelta(minutes=1 + number))
        with pytest.raises(Refused, match="20건까지"):
            ask(place, "하나 더", start + HOUR)

    def test_is_for_those_with_a_place_from_publication_until_seven_days_after(self, client, briefing, place):
        end = briefing.ends_at
        assert asking.closed_reason(place, end + 7 * DAY - HOUR) is None
        assert "7일 동안" in asking.closed_reason(place, end + 7 * DAY)
        waiting = a_registration(briefing, state=RegistrationState.WAITLISTED)
        assert "자리가 확정된" in asking.closed_reason(waiting, briefing.starts_at)
        assert asking.closed_reason(waiting, end) is None
        gone = a_registration(briefing, state=RegistrationState.CANCELLED)
        page = client.post(address(gone), data={"text": "되나요?", "slot": ""}).text
        assert "자리가 확정된 분이" in page and "질문 올리기" not in page
        briefing.state = BriefingState.CANCELLED
        db.session.commit()
        assert "취소되었거나" in client.get(address(place)).text
        assert not questions()

    def test_once_it_is_over_asks_for_a_written_answer(self, client, briefing, place):
        with time_machine.travel(briefing.ends_at + timedelta(minutes=10), tick=False):
            client.post(address(place), data={"text": "아직 방에 있습니다.", "slot": ""})
        with time_machine.travel(briefing.ends_at + 2 * HOUR, tick=False):  # Thursday evening
            client.post(address(place), data={"text": "나중에 생각났습니다.", "slot": ""})
            assert "글로 답하고 전자우편으로" in client.get(address(place)).text
        in_the_room, later = questions()
        assert in_the_room.state is QuestionState.WAITING
        assert (later.state, later.due_on.isoformat()) == (QuestionState.TO_WRITE, "2026-12-08")

    def test_opens_to_no_other_link_and_changes_nothing_by_looking(self, client, place):
        assert client.get(address(place)).status_code == 200
        assert client.get(f"/join/{token_of(place)}/questions").status_code == 404
        for action in ("/vote", "/unvote", "/withdraw"):
            assert client.get(address(place, action)).status_code == 405
            assert client.post(f"/join/{token_of(place)}/questions{action}").status_code == 404

    def test_speaks_english(self, client, place):
        assert 'lang="en"' in client.get("/en" + address(place)).text


class TestVotes:
    def test_count_each_person_once_and_can_be_taken_back(self, client, briefing, place):
        asked, other = a_question(place), a_registration(briefing)
        press = {"question": asked.public_id}
        for who in (other, other):
            assert client.post(address(who, "/vote"), data=press).status_code == 303
        own = client.post(address(place, "/vote"), data=press | {"back": "all"}, follow_redirects=True).text
        assert "본인이 한 질문입니다" in own
        assert db.session.query(QuestionVote).count() == 1
        assert board_of(briefing, briefing.starts_at).waiting[0].wanted == 1
        assert 'aria-pressed="true"' in client.get(address(other)).text
        client.post(address(other, "/unvote"), data=press)
        assert db.session.query(QuestionVote).count() == 0

    def test_say_why_not(self, client, briefing, place):
        hidden = a_question(place, state=QuestionState.HIDDEN, hidden_reason="관계없음")
        elsewhere = a_question(a_registration())
        for question in (hidden, elsewhere):
            page = client.post(
                address(place, "/vote"), data={"question": question.public_id, "back": "all"}, follow_redirects=True
            ).text
            assert "숨기거나 물은 분이 거둔 질문" in page
        assert client.post(address(place, "/unvote"), data={"question": "x"}).status_code == 303
        assert db.session.query(QuestionVote).count() == 0

    def test_put_what_most_want_first(self, briefing, place):
        late, early = a_question(place, asked_at=briefing.starts_at), a_question(place)
        assert [each.id for each in board_of(briefing, briefing.starts_at).waiting] == [early.id, late.id]
        with unit_of_work():
            asking.vote(a_registration(briefing), late.public_id, briefing.starts_at)
        assert [each.id for each in board_of(briefing, briefing.starts_at).waiting] == [late.id, early.id]

    def test_are_limited_for_each_person(self, client, limited, place):
        answers = [client.post(address(place, "/vote"), data={"question": "x"}).status_code for _ in range(62)]
        assert answers[0] == 303 and answers[-1] == 429


class TestTakingBack:
    def test_makes_no_room_for_ever_new_questions(self, client, limited, place):
        """Each press changes what a whole room sees."""
        answers = []
        for number in range(11):
            answers.append(client.post(address(place), data={"text": f"질문 {number}"}).status_code)
            for question in questions():
                client.post(address(place, "/withdraw"), data={"question": question.public_id})
        assert answers[9] == 303 and answers[10] == 429
        assert client.get(address(place)).status_code == 200

    def test_of_what_has_no_name_says_that_it_is_gone(self, client, place):
        for act in ("/withdraw", "/vote", "/unvote"):
            assert client.post(address(place, act), data={"question": "a\0b"}).status_code == 303

    def test_removes_ones_own_before_it_is_answered(self, client, briefing, place):
        asked, answered = a_question(place), a_question(place, state=QuestionState.ANSWERED)
        other = a_registration(briefing)
        client.post(address(other, "/withdraw"), data={"question": asked.public_id})
        assert len(questions()) == 2
        for question in (asked, answered):
            client.post(address(place, "/withdraw"), data={"question": question.public_id})
        assert questions() == [answered]

    def test_of_what_was_asked_with_the_registration_says_where_it_is_changed(self, client, place):
        asked = a_question(place, advance=True)
        told = client.post(address(place, "/withdraw"), data={"question": asked.public_id}, follow_redirects=True).text
        assert "신청할 때 적은 질문은 ‘신청 내역’에서" in told and questions() == [asked]

    def test_leaves_the_question_to_whoever_asked_the_same_with_all_votes(self, briefing, place):
        others = [a_registration(briefing) for _ in range(3)]
        asked = a_question(place)
        merged = {"state": QuestionState.MERGED, "merged_into_id": asked.id}
        first, second = (a_question(who, **merged) for who in others[:2])
        with unit_of_work():
            asking.vote(others[2], first.public_id, briefing.starts_at)  # counts for what stands for it
            asking.vote(others[1], asked.public_id, briefing.starts_at)
        board = board_of(briefing, briefing.starts_at)
        assert [(each.id, each.wanted, each.merged) for each in board.waiting] == [(asked.id, 3, 2)]
        with unit_of_work():
            asking.withdraw(place, asked.public_id)
        board = board_of(briefing, briefing.starts_at)
        assert [(each.id, each.wanted, each.merged) for each in board.waiting] == [(first.id, 2, 1)]
        assert db.session.get(Question, second.id).merged_into_id == first.id


def test_nothing_is_promised_of_a_question_that_is_past(client, briefing, place):
    end = briefing.ends_at
    a_question(place, advance=True, state=QuestionState.TO_WRITE, due_on=(end + 3 * DAY).date())
    page = f"/join/{token_of(place, 'join')}"
    for later, may_ask, late in ((HOUR, True, False), (6 * DAY, True, True), (8 * DAY, False, True)):
        with time_machine.travel(end + later, tick=False):
            shown = client.get(page).text
        assert ('<a href="#asking">' in shown) is may_ask, later
        assert ("답이 늦어지고 있습니다" in shown, "까지 글로 답하고" in shown) == (late, not late), later
        assert "고치거나 지울 수 있습니다" not in shown, later


def test_a_board_asks_the_database_as_often_for_many_questions_as_for_few(briefing, place, count_queries):
    a_question(place)
    with count_queries() as few:
        board_of(briefing, briefing.starts_at)
    for number in range(40):
        a_question(place, slot_id=briefing.slots[number % 2].id)
    with count_queries() as many:
        board = board_of(briefing, briefing.starts_at)
    assert len(few) == len(many) == 3  # the briefing anew, its questions, their votes
    assert (board.number, len(board.waiting), board.unseen) == (41, 15, 26)
