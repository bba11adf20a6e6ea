"""A made-up record from 2020-06-19 on, as rows, whose counted figures are the five published ones.

The figures are facts (press releases of 2020 and 2021); the organizations, needs and replies are invented to fit them
and say so in their names. Everything is drawn from a fixed seed, so two databases get the same record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.db import db
from briefings.needs.models import Audience, Need, NeedState, Theme
from briefings.organizations.finding import name_key
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.participation.replying import due_at

OPENED = date(2020, 6, 19)
ZONE = ZoneInfo("Asia/Seoul")
MARK = "예시 기록"
"""In every name and title, so that nobody takes the record for the real one."""

PRIVATE = OrganizationKind.COMPANY, OrganizationKind.ASSOCIATION
POOLS = {
    OrganizationKind.COMPANY: 330,
    OrganizationKind.ASSOCIATION: 70,
    OrganizationKind.PUBLIC_INSTITUTION: 140,
    OrganizationKind.LOCAL: 110,
    OrganizationKind.CENTRAL: 30,
    OrganizationKind.EDUCATION_OFFICE: 17,
}
"""How many invented organizations of each kind there are to choose from."""


@dataclass(frozen=True)
class Period:
    """What was added until a published date: totals less those of the date before.

    `makeup` says of the matches added how many have how many (private, public) organizations.
    """

    until: date
    needs: int
    replied: int
    replies: int
    makeup: dict[tuple[int, int], int]


# As published, cumulative (needs, with replies, replying organizations, matches): 2020-08-26 about 200, 37, 77, 16;
# 2020-12-31 372, 108, 262, 65; 2021-04-30 about 800, not said, 469, 101; 2021-06-10 849, 217, 598, 125;
# 2021-08-15 1,175, 310, 882, 183. Organizations in matches: 357 (163 private) in June 2021, 596 in August. Matches with
# a public and a private side: 56.9 % of 65 = 37, 54.5 % of 101 = 55. What is not said is chosen to fit.
PERIODS = (
    Period(date(2020, 8, 26), 200, 37, 77, {(2, 1): 5, (1, 2): 2, (1, 1): 2, (3, 0): 2, (0, 3): 5}),
    Period(date(2020, 12, 31), 172, 71, 185, {(2, 1): 14, (1, 2): 6, (1, 1): 8, (3, 0): 8, (0, 3): 13}),
    Period(date(2021, 4, 30), 428, 82, 207, {(2, 1): 9, (1, 2): 4, (1, 1): 5, (3, 0): 6, (0, 3): 12}),
    Period(date(2021, 6, 10), 49, 27, 129, {(2, 1): 7, (1, 2): 3, (1, 1): 3, (3, 0): 4, (0, 3): 7}),
    Period(date(2021, 8, 15), 326, 93, 284, {(2, 2): 20, (3, 2): 7, (1, 3): 8, (4, 0): 8, (0, 4): 15}),
)
# The public organizations in the first 125 matches, by kind (published: 94, 72, 28), and in those of the last period.
PUBLIC_IN_MATCHES = (
    {OrganizationKind.PUBLIC_INSTITUTION: 94, OrganizationKind.LOCAL: 72, OrganizationKind.CENTRAL: 28},
    {OrganizationKind.PUBLIC_INSTITUTION: 66, OrganizationKind.LOCAL: 51, OrganizationKind.CENTRAL: 21},
)


@dataclass
class Case:
    """One need while the record is drawn up, with the organizations that replied in order."""

    number: int
    published_at: datetime
    owner: Organization | None = None
    replies: list[tuple[Organization, datetime]] = field(default_factory=list)
    partners: list[Organization] = field(default_factory=list)
    matched_on: date | None = None

    @property
    def everyone(self) -> set[Organization]:
        """Who already has a part in it."""
        return {organization for organization, _ in self.replies} | ({self.owner} if self.owner else set())


def load_history() -> bool:
    """Add the record to the session; False if it is there already."""
    if db.session.scalar(select(Need.id).where(Need.title.startswith(MARK)).limit(1)):
        return False
    draw = Random(OPENED.toordinal())  # noqa: S311 (repeatable on purpose)
    record = Record(draw, _organizations())
    for period, public in zip(PERIODS, _public_kinds(draw), strict=True):
        record.add(period, public)
    record.give_owners()
    _store(record.cases, draw)
    return True


class Record:
    """The cases drawn up so far, and where the last period ended."""

    def __init__(self, draw: Random, pools: dict[OrganizationKind, list[Organization]]) -> None:
        self.draw = draw
        self.pools = pools
        self.cases: list[Case] = []
        self.begin = datetime.combine(OPENED, time(9), ZONE)

    def add(self, period: Period, public: Iterator[OrganizationKind]) -> None:
        """Draw up one period: needs, then who is matched with whom, then the other replies."""
        end = datetime.combine(period.until, time(17), ZONE)
        length = end - self.begin
        for place in range(period.needs):
            published_at = self.begin + length * (0.7 * (place + 1) / (period.needs + 1))
            self.cases.append(Case(len(self.cases) + 1, published_at))
        left = period.replies - self._open(period, end)
        left -= self._match(period, public, end)
        for place in range(left):
            answered = [case for case in self.cases if case.replies and case.matched_on is None]
            self._reply(answered[place % len(answered)], self._any_kind(), end)
        self.begin = datetime.combine(period.until + timedelta(days=1), time(9), ZONE)

    def give_owners(self) -> None:
        """An owner for every need that was never matched."""
        for case in self.cases:
            case.owner = case.owner or self._pick(case, self._owner_kind())

    def _open(self, period: Period, end: datetime) -> int:
        """Give the first reply to as many unanswered needs as the period says; how many replies that took."""
        unanswered = [case for case in self.cases if not case.replies]
        for case in self.draw.sample(unanswered, period.replied):
            self._reply(case, self._any_kind(), end)
        return period.replied

    def _match(self, period: Period, public: Iterator[OrganizationKind], end: datetime) -> int:
        """Match needs as the makeup says; how many replies were added so that every partner had replied."""
        added = 0
        fresh = [case for case in self.cases if len(case.replies) == 1 and case.matched_on is None]
        self.draw.shuffle(fresh)
        for (private_count, public_count), matches in period.makeup.items():
            for _ in range(matches):
                kinds = [self.draw.choice(PRIVATE) for _ in range(private_count)]
                kinds = [next(public) for _ in range(public_count)] + kinds
                added += self._conclude(fresh.pop(), kinds, end)
        return added

    def _conclude(self, case: Case, kinds: list[OrganizationKind], end: datetime) -> int:
        """Match `case`, which has one reply, with an owner and partners of these kinds; how many replies that added."""
        _, first_at = case.replies.pop()
        owner_kind, *partner_kinds = kinds
        case.owner = self._pick(case, owner_kind)
        for kind in partner_kinds:
            self._reply(case, kind, end)
        case.replies[0] = (case.replies[0][0], first_at)
        case.partners = [organization for organization, _ in case.replies]
        latest = max(self.begin, *(at for _, at in case.replies))
        case.matched_on = (latest + (end - latest) * self.draw.random()).astimezone(ZONE).date()
        return len(partner_kinds) - 1

    def _reply(self, case: Case, kind: OrganizationKind, end: datetime) -> None:
        earliest = max(self.begin, case.published_at)
        at = earliest + (end - earliest) * (0.1 + 0.8 * self.draw.random())
        case.replies.append((self._pick(case, kind), at))

    def _pick(self, case: Case, kind: OrganizationKind) -> Organization:
        """An organization of that kind that has no part in the case yet."""
        taken = case.everyone
        return self.draw.choice([organization for organization in self.pools[kind] if organization not in taken])

    def _any_kind(self) -> OrganizationKind:
        return self.draw.choices(list(POOLS), weights=list(POOLS.values()))[0]

    def _owner_kind(self) -> OrganizationKind:
        """Public institutions registered 60 % of the needs (August 2020)."""
        if self.draw.random() < 0.6:
            return OrganizationKind.PUBLIC_INSTITUTION
        return self.draw.choice([kind for kind in POOLS if kind is not OrganizationKind.PUBLIC_INSTITUTION])


def _public_kinds(draw: Random) -> list[Iterator[OrganizationKind]]:
    """For each period the kinds of the public organizations in its matches, used up exactly."""
    shuffled = []
    for numbers in PUBLIC_IN_MATCHES:
        kinds = [kind for kind, number in numbers.items() for _ in range(number)]
        draw.shuffle(kinds)
        shuffled.append(iter(kinds))
    early, late = shuffled
    return [early] * 4 + [late]


def _organizations() -> dict[OrganizationKind, list[Organization]]:
    numbers = count(1)
    opened_at = datetime.combine(OPENED, time(), ZONE).astimezone(UTC)
    pools = {}
    for kind, size in POOLS.items():
        names = [f"{MARK} 기관 {next(numbers):03}" for _ in range(size)]
        pools[kind] = [
            Organization(name=name, name_key=name_key(name), kind=kind, created_at=opened_at) for name in names
        ]
    return pools


def _store(cases: list[Case], draw: Random) -> None:
    themes = list(db.session.scalars(select(Theme).order_by(Theme.position)))
    audiences = list(db.session.scalars(select(Audience).order_by(Audience.position)))
    for case in cases:
        need = _need(case, draw.choice(themes), draw.choice(audiences))
        db.session.add(need)
        for organization, at in case.replies:
            db.session.add(_reply(need, organization, at, matched=organization in case.partners))
        if case.matched_on is not None and case.owner is not None:
            together = [case.owner, *case.partners]
            recorded_at = datetime.combine(case.matched_on, time(17, 30), ZONE)
            match = Match(
                need=need,
                matched_on=case.matched_on,
                summary=f"{MARK}입니다.",
                recorded_at=recorded_at,
                confirmed_at=recorded_at,
            )
            match.organizations = [
                MatchOrganization(organization=organization, confirmed_at=recorded_at) for organization in together
            ]
            need.consulting_since, need.matched_at = max(at for _, at in case.replies), recorded_at
            db.session.add(match)


def _need(case: Case, theme: Theme, audience: Audience) -> Need:
    return Need(
        organization=case.owner,
        title=f"{MARK} {case.number:04}: {theme.name} 협업 과제",
        summary=f"{audience.name}을(를) 찾는 {theme.name} 과제의 예시입니다.",
        offers="예시로 만든 과제라 제공 자원을 적지 않았습니다.",
        seeks="예시로 만든 과제라 필요 역량을 적지 않았습니다.",
        source="공표된 누적 수치에 맞춘 예시 기록",
        state=NeedState.CLOSED,
        themes=[theme],
        audiences=[audience],
        created_at=case.published_at - timedelta(days=3),
        submitted_at=case.published_at - timedelta(days=2),
        published_at=case.published_at,
        changed_at=case.published_at,
    )


def _reply(need: Need, organization: Organization, at: datetime, matched: bool) -> ParticipationReply:
    need.last_reply_at = max(at, need.last_reply_at or at)
    return ParticipationReply(
        need=need,
        organization=organization,
        name="홍길동",
        email="record@example.com",
        offer="예시로 만든 답글입니다.",
        state=ReplyState.MATCHED if matched else ReplyState.ACKNOWLEDGED,
        sent_at=at,
        due_at=due_at(at, ZONE.key),
        acknowledged_at=at + timedelta(days=2),
    )
