"""What is wrong or doubtful about the lanes and cards of a board, in sentences; by the same rules the planner keeps."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from briefings.db import db
from briefings.needs.models import Need
from briefings.schedule.grouping import is_open, last_presented
from briefings.schedule.models import Briefing
from briefings.seasons.availability import Answers, said_by
from briefings.seasons.making import length
from briefings.seasons.models import AvailabilityRequest, Card, Lane, Season
from briefings.seasons.problem import busy_between, presenter_of, why_not_open

Span = tuple[datetime, datetime]


@dataclass(frozen=True)
class Doubt:
    """A sentence for staff; `grave`: the briefing cannot be held like this."""

    words: str
    grave: bool = False
    presenter: str = ""
    """Who would be in two briefings at once, where it is about that."""


@dataclass(frozen=True)
class Knowledge:
    """What has to be known beside lanes and cards."""

    open_ids: Collection[int] = ()
    said: Mapping[str, Answers] | None = None
    asked: Collection[str] = ()
    """Addresses that were asked when they can."""
    busy: Sequence[Briefing] = ()
    """Briefings outside the season at its times."""
    presented: Mapping[int, datetime] = field(default_factory=dict)
    """When each need was last presented, by its id."""

    def answers_of(self, need: Need) -> Answers | None:
        """What its presenter said of any times; None: nothing."""
        return (self.said or {}).get(need.contact_email.lower())


@dataclass(frozen=True)
class Session:
    """Something that goes on at a time, with whom it needs: a lane, or a briefing outside the season."""

    name: str
    span: Span
    audience: int
    presenters: Mapping[str, str]
    organizations: Mapping[int, str]
    lane_id: int | None = None

    def overlaps(self, other: "Session") -> bool:
        """Whether both go on at once."""
        return self.span[0] < other.span[1] and other.span[0] < self.span[1]

    def goes_on(self, moment: datetime) -> bool:
        """Whether it is under way at `moment`."""
        return self.span[0] <= moment < self.span[1]


def look_up(season: Season, now: datetime) -> Knowledge:
    """Everything to be known about a season (loaded whole), by a fixed number of statements."""
    needs = [card.need for card in season.cards]
    emails = {need.contact_email.lower() for need in needs} - {""}
    asked = select(func.lower(AvailabilityRequest.email)).where(AvailabilityRequest.season_id == season.id)
    starts = [lane.starts_at for lane in season.lanes if lane.starts_at]
    own = {lane.briefing_id for lane in season.lanes}
    busy = busy_between(min(starts), max(starts), season, now) if starts else []
    waiting = select(Need.id).join(Card, Card.need_id == Need.id).where(Card.season_id == season.id, *is_open(now))
    return Knowledge(
        set(db.session.scalars(waiting)),
        said_by(emails),
        set(db.session.scalars(asked)),
        [briefing for briefing in busy if briefing.id not in own],
        last_presented([need.id for need in needs], now),
    )


def span_of(season: Season, lane: Lane, cards: int) -> Span | None:
    """How long a lane is kept free: as the longest briefing of the season, or longer if it is over-full."""
    if lane.starts_at is None:
        return None
    return lane.starts_at, lane.starts_at + timedelta(minutes=length(season, max(cards, season.max_slots)))


def about_card(season: Season, card: Card, lane: Lane | None, known: Knowledge) -> list[Doubt]:
    """What is wrong with one need, where it is."""
    need = card.need
    found = [] if need.id in known.open_ids else [Doubt(f"이 수요는 {why_not_open(need)}", grave=True)]
    if lane is None:
        return found
    if lane.theme_id not in {theme.id for theme in need.themes}:
        found.append(Doubt(_other_topic("주제", lane.theme.name, "와")))
    if not any(share(season, lane.audience_id, audience.id) for audience in need.audiences):
        found.append(Doubt(_other_topic("대상", lane.audience.name, "과")))
    if can(season, card, lane, known) is False:
        found.append(Doubt("발표자가 이 시각에는 할 수 없다고 답했습니다.", grave=True))
    return found


def _other_topic(kind: str, name: str, particle: str) -> str:
    return f"회차의 {kind}({name}){particle} 맞지 않습니다."


def can(season: Season, card: Card, lane: Lane, known: Knowledge) -> bool | None:
    """Whether the presenter said that they can as long as the lane is kept free; None: unknown."""
    answers, span = known.answers_of(card.need), span_of(season, lane, 0)
    return answers.about(*span) if answers and span else None


def share(season: Season, one: int, other: int) -> bool:
    """Whether two audiences may be in one briefing: the same, or of one group."""
    return one == other or any(one in group and other in group for group in season.sharing)


def about_lane(
    season: Season, lane: Lane, cards: Sequence[Card], sessions: Iterable[Session], known: Knowledge, now: datetime
) -> list[Doubt]:
    """What is wrong with one lane as a whole; `sessions` are all that go on, itself among them."""
    found = list(_about_size(season, len(cards)))
    if lane.starts_at is None:
        return found
    if lane.starts_at <= now:
        found.append(Doubt("이미 지난 일시입니다.", grave=True))
    elif lane.starts_at not in {each.starts_at for each in season.times}:
        found.append(Doubt("편성안에 없는 시각입니다."))
    unknown = [card for card in cards if card.need.contact_email and can(season, card, lane, known) is None]
    if unknown:
        found.append(Doubt(f"발표자 {len(unknown)}명은 이 시각에 할 수 있는지 답하지 않았습니다."))
    return found + about_others(season, lane, sessions)


def about_others(season: Season, lane: Lane, sessions: Iterable[Session]) -> list[Doubt]:
    """What cannot go on at the same time as a lane, and is planned to."""
    mine = next((each for each in sessions if each.lane_id == lane.id), None)
    return list(_about_others(season, mine, sessions)) if mine else []


def _about_size(season: Season, number: int) -> Iterator[Doubt]:
    if number > season.max_slots:
        over = number - season.max_slots
        yield Doubt(f"{over}건 넘칩니다. 한 회차에 {season.max_slots}건까지 넣을 수 있습니다.", grave=True)
    elif 0 < number < season.min_slots:
        yield Doubt(f"{season.min_slots - number}건 모자랍니다. 한 회차에 {season.min_slots}건부터 엽니다.")


def _about_others(season: Season, mine: Session, sessions: Iterable[Session]) -> Iterator[Doubt]:
    at_once = [each for each in sessions if each is not mine and each.overlaps(mine)]
    for other in at_once:
        if share(season, mine.audience, other.audience):
            yield Doubt(f"시간과 대상이 겹칩니다: {other.name}", grave=True)
        for key in sorted(mine.presenters.keys() & other.presenters.keys()):
            yield Doubt(f"{mine.presenters[key]} 님이 같은 시간에 또 발표합니다: {other.name}", True, key)
        if season.organization_once:
            for number in sorted(mine.organizations.keys() & other.organizations.keys()):
                yield Doubt(f"{mine.organizations[number]} 수요가 같은 시간에 또 있습니다: {other.name}", grave=True)
    # A count can only be highest when something begins.
    begins = [mine.span[0], *(other.span[0] for other in at_once if other.span[0] >= mine.span[0])]
    most = max(sum(each.goes_on(moment) for each in [mine, *at_once]) for moment in begins)
    if season.parallel and most > season.parallel:
        yield Doubt(f"같은 시간에 설명회가 {most}개입니다. {season.parallel}개까지 열 수 있습니다.", grave=True)


def sessions_of(
    season: Season,
    lanes: Iterable[tuple[Lane, Sequence[Card]]],
    known: Knowledge,
    names: Mapping[int, str] | None = None,
) -> list[Session]:
    """Everything that goes on at a time: the lanes that have one, by these names, and the briefings outside."""
    called = names or {}
    found = [
        _of_lane(lane, called.get(lane.id, f"{lane.position}회차"), cards, span)
        for lane, cards in lanes
        if (span := span_of(season, lane, len(cards)))
    ]
    return found + [_of_briefing(briefing) for briefing in known.busy]


def _of_lane(lane: Lane, name: str, cards: Sequence[Card], span: Span) -> Session:
    needs = [card.need for card in cards]
    people = {presenter_of(need): need.contact_name or need.contact_email for need in needs if presenter_of(need)}
    bodies = {need.organization_id: need.organization.name for need in needs}
    return Session(name, span, lane.audience_id, people, bodies, lane.id)


def _of_briefing(briefing: Briefing) -> Session:
    people = {slot.presenter_email.lower(): slot.presenter_name for slot in briefing.slots if slot.presenter_email}
    bodies = {slot.need.organization_id: "" for slot in briefing.slots}
    span = (briefing.starts_at, briefing.ends_at)
    return Session(f"설명회 ‘{briefing.title}’", span, briefing.audience_id, people, bodies)
