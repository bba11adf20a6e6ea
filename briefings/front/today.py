"""What waits for staff today."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from briefings.inbox.finding import number_waiting
from briefings.needs.finding import Returned, counts_by_state
from briefings.needs.models import NeedState, Round
from briefings.needs.reviewing import number_overdue
from briefings.needs.rounds import closing_soon
from briefings.organizations.requesting import number_of_pending_requests
from briefings.outbox.finding import Search, Standing
from briefings.outbox.finding import counts as counts_of_messages
from briefings.outbox.reach import Reach
from briefings.participation.answering import number_of_late_replies
from briefings.participation.match_watch import number_objected, number_unconfirmed
from briefings.questions.settling import number_late as number_of_late_answers
from briefings.rights.erasing import number_waiting as number_asking_to_be_erased
from briefings.rights.retention import number_due_soon
from briefings.rounds.asking import silent_organizations
from briefings.schedule.coming import next_ones
from briefings.schedule.finding import Seen
from briefings.schedule.grouping import number_of_open_needs
from briefings.schedule.overview import Row, Shelf, declined_ahead, how_many, rows
from briefings.schedule.registrants import Counters, counters_of_each, requests_waiting
from briefings.schedule.registration_models import RegistrationState
from briefings.schedule.support import Pending
from briefings.schedule.support import waiting as support_waiting
from briefings.web.filters import local

SOON = timedelta(days=7)
NEXT = 3


@dataclass(frozen=True)
class Waiting:
    """One kind of thing that waits: what, how many, and where to go (endpoint and its values).

    `late`: it should have been done by now; `due`: until when the first of them should be.
    """

    what: str
    count: int
    endpoint: str
    values: dict[str, str] = field(default_factory=dict)
    late: bool = False
    due: datetime | None = None


@dataclass(frozen=True)
class Today:
    """What is late, what waits, the gaps in briefings of the coming week, and the next briefings with who signed up."""

    late: list[Waiting]
    waiting: list[Waiting]
    closing: list[tuple[Round, int]]
    """Rounds that close within a week, each with how many organizations have not answered."""
    gaps: list[Row]
    next: list[tuple[Seen, Counters]]


def today(now: datetime, administrator: bool, reach: Reach) -> Today:
    """The first page of an officer who may see so much, or of an administrator, to whom more is given."""
    coming = next_ones(now, 50, unlisted_too=True)
    soon = [seen.briefing for seen in coming if seen.briefing.starts_at < now + SOON]
    gaps = [row for row in rows(soon, now) if row.gaps]
    lacking = Waiting("7일 안에 열리는 설명회에 빠진 것", len(gaps), "staff.today", {"_anchor": "gaps"})
    found = [one for one in (*_waiting(now, administrator, reach), lacking) if one.count]
    shown = coming[:NEXT]
    people = counters_of_each([seen.briefing.id for seen in shown])
    return Today(
        late=[one for one in found if one.late],
        waiting=[one for one in found if not one.late],
        closing=[(each, silent_organizations(each)) for each in closing_soon(now, SOON)],
        gaps=gaps,
        next=[(seen, people[seen.briefing.id]) for seen in shown],
    )


def _waiting(now: datetime, administrator: bool, reach: Reach) -> list[Waiting]:
    of_things = (*_support(now, reach), *_of_needs(now), *_of_briefings(now, reach), *_of_replies(now, reach))
    return [*of_things, *_of_mails(reach), *_of_people(now, administrator)]


def _support(now: datetime, reach: Reach) -> list[Waiting]:
    """Support that people ask for: what is past its day apart, so that nobody overlooks it."""
    found, index = support_waiting(now, reach), "support.index"
    ahead = found.number - found.overdue
    return [
        Waiting("기한이 지난 지원 요청", found.overdue, index, {"state": Pending.LATE.value}, late=True),
        Waiting("답을 기다리는 지원 요청", ahead, index, {"state": Pending.AHEAD.value}, due=found.next_due),
        Waiting("취소한 분을 위해 마련해 둔 지원", found.needless, index, {"state": Pending.NEEDLESS.value}),
    ]


def _of_needs(now: datetime) -> list[Waiting]:
    needs, index = counts_by_state(), "staff_needs.index"
    overdue = number_overdue(local(now).date())
    return [
        Waiting("고칠 기한이 지난 수요", overdue, index, {"state": Returned.LATE.value}, late=True),
        Waiting("검토를 기다리는 수요", needs[NeedState.SUBMITTED], index, {"state": NeedState.SUBMITTED.value}),
        Waiting("보완을 기다리는 수요", needs[NeedState.RETURNED] - overdue, index, {"state": Returned.AHEAD.value}),
        Waiting("설명회를 기다리는 수요", number_of_open_needs(now), "staff_matrix.index"),
    ]


def _of_briefings(now: datetime, reach: Reach) -> list[Waiting]:
    drafts = how_many(now)[Shelf.DRAFT]
    return [
        _requests(now, reach),
        _declined(now, reach),
        Waiting("공개하지 않은 설명회 초안", drafts, "staff_briefings.index", {"shelf": Shelf.DRAFT.value}),
    ]


def _requests(now: datetime, reach: Reach) -> Waiting:
    """Registrations to decide about: the list of the one briefing that has any, or the briefings with their numbers."""
    found = requests_waiting(now, reach)
    what, count = "승인을 기다리는 신청", sum(found.values())
    if len(found) == 1:
        values = {"briefing_id": str(*found), "state": RegistrationState.REQUESTED.value}
        return Waiting(what, count, "staff_briefings.registrations", values)
    return Waiting(what, count, "staff_briefings.index", {"shelf": Shelf.COMING.value})


def _declined(now: datetime, reach: Reach) -> Waiting:
    """Slots whose presenters declined: they were told that staff know, and finding others takes longer than a week."""
    found = declined_ahead(now, reach)
    what, count = "다른 발표자를 찾아야 하는 발표", sum(found.values())
    if len(found) == 1:
        return Waiting(what, count, "staff_presenters.index", {"briefing_id": str(*found)})
    return Waiting(what, count, "staff_briefings.index", {"shelf": Shelf.COMING.value})


def _of_replies(now: datetime, reach: Reach) -> list[Waiting]:
    answers, replies = number_of_late_answers(local(now).date(), reach), number_of_late_replies(now, reach)
    return [
        Waiting("기한을 넘긴 서면 답변", answers, "staff_questions.index", {"state": "late"}, late=True),
        Waiting("기한을 넘긴 답글 확인", replies, "staff_replies.index", {"state": "late"}, late=True),
        Waiting("확인이 늦은 성사", number_unconfirmed(now), "staff_matches.index", {"shelf": "late"}, late=True),
        Waiting("참여 기관이 다르다고 한 성사", number_objected(), "staff_matches.index", {"shelf": "objected"}),
    ]


def _of_mails(reach: Reach) -> list[Waiting]:
    messages, index = counts_of_messages(Search(reach=reach)), "outbox.index"
    return [
        Waiting("보내지 못한 전자우편", messages[Standing.FAILED], index, {"state": Standing.FAILED.value}),
        Waiting("되돌아온 전자우편", messages[Standing.BOUNCED], index, {"state": Standing.BOUNCED.value}),
        Waiting("보류해 둔 전자우편", messages[Standing.HELD], index, {"state": Standing.HELD.value}),
        Waiting("살펴볼 받은 전자우편", number_waiting(reach), "inbox.index"),
    ]


def _of_people(now: datetime, administrator: bool) -> list[Waiting]:
    requests = number_of_pending_requests()
    asked = Waiting("승인을 기다리는 계정 신청", requests, "staff_accounts.index", {"_anchor": "requests"})
    if not administrator:
        return [asked]
    return [
        asked,
        Waiting("개인정보를 지워 달라는 요청", number_asking_to_be_erased(), "rights.requests"),
        Waiting("7일 안에 파기할 개인정보", number_due_soon(now), "rights.index"),
    ]
