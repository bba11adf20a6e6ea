"""The rounds, and who is asked in one with what they answered, as files for staff."""

from typing import Any

from briefings.exports.lists import Asked, Column, Found, ListFile, Step, at_hand, listed
from briefings.needs.models import Round
from briefings.needs.rounds import all_rounds
from briefings.needs.words import ROUND_PHASES
from briefings.organizations.words import KINDS
from briefings.rounds.contacts import listed_contacts
from briefings.rounds.models import RoundContact
from briefings.rounds.progress import Standing, figures_of, standings
from briefings.rounds.words import ANSWERS

OF_ROUND = ("round_id",)
ANSWERING = {"yes": (True, "답함"), "no": (False, "답하지 않음")}
ORGANIZATIONS: tuple[Column[Standing], ...] = (
    Column("기관", 28, lambda each: each.organization.name),
    Column("기관 유형", 16, lambda each: KINDS[each.organization.kind]),
    Column("답", 12, lambda each: ANSWERS[each.answer]),
    Column("부탁한 사람 수", 14, lambda each: each.asked),
    Column("제출한 과제 수", 14, lambda each: each.submitted),
    Column("게시한 과제 수", 14, lambda each: each.published),
)


def belonging_to(round: Round) -> dict[str, Any]:
    """What a `Found` says of the round it belongs to."""
    return {
        "about": round,
        "subtitle": round.name,
        "above": (
            Step("수요조사", "staff_rounds.index", {}),
            Step(round.name, "staff_rounds.show", {"round_id": round.id}),
        ),
    }


def find_contacts(asked: Asked) -> Found[RoundContact]:
    """Who is asked, in the order of the list, with what came of it."""
    round, wanted = asked.of(Round, "round_id"), ANSWERING.get(asked.args.get("answering", ""))
    answers = {each.organization.id: ANSWERS[each.answer] for each in standings(round)}
    columns = (
        Column[RoundContact]("기관", 28, lambda each: each.organization.name),
        Column[RoundContact]("기관 유형", 16, lambda each: KINDS[each.organization.kind]),
        Column[RoundContact]("담당자", 12, lambda each: each.name, personal=True),
        Column[RoundContact]("전자우편", 28, lambda each: each.email, personal=True),
        Column[RoundContact]("언어", 8, lambda each: "영어" if each.locale == "en" else "한국어"),
        Column[RoundContact]("기관의 답", 12, lambda each: answers.get(each.organization_id, "")),
        Column[RoundContact]("넣은 때", 17, lambda each: each.added_at),
        Column[RoundContact]("부탁한 때", 17, lambda each: each.asked_at),
        Column[RoundContact]("다시 알린 횟수", 14, lambda each: each.reminders),
        Column[RoundContact]("다시 알린 때", 17, lambda each: each.reminded_at),
        Column[RoundContact]("과제가 없다고 답한 때", 20, lambda each: each.nothing_at),
        Column[RoundContact]("과제가 없는 까닭", 40, lambda each: each.nothing_reason),
    )
    rows = listed(listed_contacts(round, wanted[0] if wanted else None))
    return Found(columns, rows, [("답", wanted[1])] if wanted else [], **belonging_to(round))


def find_answers(asked: Asked) -> Found[Standing]:
    """Every organization that is asked or has a need in the round, the most pressing first."""
    round = asked.of(Round, "round_id")
    return Found(ORGANIZATIONS, at_hand(standings(round)), **belonging_to(round))


def find_rounds(asked: Asked) -> Found[Round]:
    """Every round with its dates, the last first."""
    found = all_rounds()
    figures = figures_of(found)
    columns = (
        Column[Round]("번호", 8, lambda each: each.id),
        Column[Round]("수요조사", 40, lambda each: each.name),
        Column[Round]("상태", 12, lambda each: ROUND_PHASES[each.phase(asked.now)]),
        Column[Round]("접수 시작", 17, lambda each: each.opens_at),
        Column[Round]("접수 마감", 17, lambda each: each.closes_at),
        Column[Round]("예고한 때", 17, lambda each: each.announced_at),
        Column[Round]("심사 기한", 12, lambda each: each.reviews_due_on),
        Column[Round]("부탁한 기관", 12, lambda each: figures[each.id].asked),
        Column[Round]("과제를 낸 기관", 14, lambda each: figures[each.id].organizations),
        Column[Round]("제출한 과제", 12, lambda each: figures[each.id].submitted),
        Column[Round]("게시한 과제", 12, lambda each: figures[each.id].published),
        Column[Round]("주요 과제", 10, lambda each: figures[each.id].key),
    )
    return Found(columns, at_hand(found))


LISTS = (
    ListFile("rounds", "수요조사", "staff_rounds.index", find_rounds),
    ListFile("round_contacts", "수요조사 명단", "round_contacts.index", find_contacts, "명", of=OF_ROUND),
    ListFile("round_answers", "수요조사 기관별 답", "staff_rounds.show", find_answers, "곳", of=OF_ROUND),
)
