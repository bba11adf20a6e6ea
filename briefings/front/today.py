"""What waits for staff today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from briefings.inbox.finding import number_waiting
from briefings.needs.finding import counts_by_state
from briefings.needs.models import NeedState, Round
from briefings.needs.reviewing import number_overdue
from briefings.needs.rounds import closing_soon
from briefings.organizations.requesting import number_of_pending_requests
from briefings.outbox.finding import Standing
from briefings.outbox.finding import counts as counts_of_messages
from briefings.participation.answering import number_of_late_replies
from briefings.participation.match_watch import number_unconfirmed
from briefings.questions.settling import number_late as number_of_late_answers
from briefings.rounds.asking import silent_organizations
from briefings.schedule.coming import next_ones
from briefings.schedule.finding import Seen
from briefings.schedule.grouping import number_of_open_needs
from briefings.schedule.overview import Row, Shelf, how_many, rows
from briefings.schedule.registrants import Counters, counters, requests_waiting
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.support import waiting as support_waiting
from briefings.web.filters import day, local

SOON = timedelta(days=7)
NEXT = 3


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: what, how many, and where to go (endpoint and its values)."""

    what: str
    count: int
    endpoint: str
    values: dict[str, str]


@dataclass(frozen=True)
class Today:
    """What waits, the gaps in briefings of the coming week, and the next briefings with who signed up."""

    waiting: list[Waiting]
    closing: list[tuple[Round, int]]
    """Rounds that close within a week, each with how many organizations have not answered."""
    gaps: list[Row]
    next: list[tuple[Seen, Counters]]


def today(now: datetime) -> Today:
    """The first page of staff."""
    coming = next_ones(now, 50, unlisted_too=True)
    soon = [seen.briefing for seen in coming if seen.briefing.starts_at < now + SOON]
    return Today(
        waiting=[one for one in _waiting(now) if one.count],
        closing=[(each, silent_organizations(each)) for each in closing_soon(now, SOON)],
        gaps=[row for row in rows(soon, now) if row.gaps],
        next=[(seen, counters(seen.briefing)) for seen in coming[:NEXT]],
    )


def _waiting(now: datetime) -> list[Waiting]:
    needs, messages, shelves = counts_by_state(), counts_of_messages(), how_many(now)
    return [
        _requests(now),
        *_support(now),
        Waiting("검토를 기다리는 수요", needs[NeedState.SUBMITTED], "staff_needs.index", {"state": "submitted"}),
        Waiting("보완을 기다리는 수요", needs[NeedState.RETURNED], "staff_needs.index", {"state": "returned"}),
        Waiting("고칠 기한이 지난 수요", number_overdue(local(now).date()), "staff_needs.index", {"state": "returned"}),
        Waiting("아직 편성하지 않은 수요", number_of_open_needs(now), "staff_matrix.index", {}),
        Waiting("공개하지 않은 설명회 초안", shelves[Shelf.DRAFT], "staff_briefings.index", {"shelf": "draft"}),
        Waiting("기한을 넘긴 서면 답변", number_of_late_answers(local(now).date()), "staff_questions.index", {}),
        Waiting("기한을 넘긴 답글 확인", number_of_late_replies(now), "staff_replies.index", {"state": "late"}),
        Waiting("확인이 늦은 성사", number_unconfirmed(now), "staff_matches.index", {"shelf": "late"}),
        Waiting("보내지 못한 전자우편", messages[Standing.FAILED], "outbox.index", {"state": "failed"}),
        Waiting("되돌아온 전자우편", messages[Standing.BOUNCED], "outbox.index", {"state": "bounced"}),
        Waiting("보류해 둔 전자우편", messages[Standing.HELD], "outbox.index", {"state": "held"}),
        Waiting("살펴볼 받은 전자우편", number_waiting(), "inbox.index", {}),
        Waiting("승인을 기다리는 계정 신청", number_of_pending_requests(), "staff_accounts.index", {}),
    ]


def _requests(now: datetime) -> Waiting:
    """Registrations to decide about: the list of the one briefing that has any, or the briefings with their numbers."""
    found = requests_waiting(now)
    what, count = "승인을 기다리는 신청", sum(found.values())
    if len(found) == 1:
        values = {"briefing_id": str(*found), "state": RegistrationState.REQUESTED.value}
        return Waiting(what, count, "staff_briefings.registrations", values)
    return Waiting(what, count, "staff_briefings.index", {"shelf": Shelf.COMING.value})


def _support(now: datetime) -> list[Waiting]:
    """Support that people ask for: what is past its day apart, so that nobody overlooks it."""
    found = support_waiting(now)
    until = f" (가장 이른 기한 {day(found.next_due)})" if found.next_due else ""
    return [
        Waiting("기한이 지난 지원 요청", found.overdue, "support.index", {}),
        Waiting(f"답을 기다리는 지원 요청{until}", found.number - found.overdue, "support.index", {}),
    ]
