"""The questions of a briefing, and the written answers of all, as files for staff."""

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.exports.lists import Asked, Column, Found, ListFile, Step, listed
from briefings.needs.models import Need
from briefings.questions.models import Question, QuestionVote
from briefings.questions.staff import SHELVES, on_shelf, shelf_of
from briefings.questions.words import STATES
from briefings.schedule.list_files import OF_BRIEFING, belonging_to
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration

ASKED = (
    joinedload(Question.slot).joinedload(PresenterSlot.need).joinedload(Need.organization),
    joinedload(Question.registration).joinedload(Registration.organization),
)


def _need(question: Question) -> str:
    return question.slot.need.title if question.slot else "설명회 전체"


def _organization(question: Question) -> str:
    return question.registration.organization.name if question.registration else ""


TEXT: tuple[Column[Question], ...] = (
    Column("질문", 60, lambda each: each.text, personal=True),
    Column("상태", 16, lambda each: STATES[each.state]),
    Column("과제", 40, _need),
    Column("답할 기관", 28, lambda each: each.slot.need.organization.name if each.slot else "담당자"),
    Column("기한", 12, lambda each: each.due_on),
    Column("답", 60, lambda each: each.answer, personal=True),
    Column("답한 기관", 28, lambda each: each.answered_by or ("담당자" if each.answer else "")),
    Column("물은 때", 17, lambda each: each.asked_at),
    Column("답한 때", 17, lambda each: each.answered_at),
)
"""What people write may name somebody: it goes along only for a reason."""
ASKER: tuple[Column[Question], ...] = (
    Column("물은 기관", 28, _organization, personal=True),
    Column("물은 사람", 12, lambda each: each.registration.name if each.registration else "", personal=True),
    Column("익명", 8, lambda each: "예" if each.anonymous else ""),
    Column("사전 질문", 10, lambda each: "예" if each.advance else ""),
    Column("숨긴 까닭", 30, lambda each: each.hidden_reason),
)
"""Staff read on the desk who asked what anonymously, too; whoever passes the file on must leave it out."""


def find_questions(asked: Asked) -> Found[tuple[Question, int]]:
    """Every question of a briefing in the order they were asked, the hidden and merged ones too."""
    briefing = asked.of(Briefing, "briefing_id")
    votes = select(func.count()).where(QuestionVote.question_id == Question.id).scalar_subquery()
    found = select(Question, votes).where(Question.briefing_id == briefing.id).options(*ASKED)
    rows = listed(found.order_by(Question.asked_at, Question.id))
    columns = [
        *(_of_question(each) for each in (*TEXT, *ASKER)),
        Column[tuple[Question, int]]("함께 궁금해한 사람", 18, lambda each: each[1]),
    ]
    note = "익명으로 물은 사람도 담당자만 보도록 담습니다. 밖에 낼 때에는 개인정보를 빼고 받아 주세요."
    return Found(columns, rows, note=note, **belonging_to(briefing, asked))


def find_written(asked: Asked) -> Found[Question]:
    """Written answers that are owed, what is due first on top, or late; or those that were given."""
    shelf, today = shelf_of(asked.args), asked.now.astimezone(asked.zone).date()
    columns = (
        Column[Question]("설명회", 40, lambda each: each.briefing.title),
        Column[Question]("설명회 날", 17, lambda each: each.briefing.starts_at),
        *TEXT,
    )
    above = (Step("설명회", "staff_briefings.index", {}),)
    return Found(columns, listed(on_shelf(shelf, today, asked.reach)), [("상태", SHELVES[shelf])], above=above)


def _of_question(column: Column[Question]) -> Column[tuple[Question, int]]:
    return Column(column.heading, column.width, lambda each: column.value(each[0]), column.personal)


LISTS = (
    ListFile("questions", "질문", "staff_questions.desk", find_questions, of=OF_BRIEFING, file="설명회_질문"),
    ListFile("written_answers", "서면 답변", "staff_questions.index", find_written, narrowed=True),
)
