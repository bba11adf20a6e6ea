"""Making the briefings of a season drafts, all or none; what stands against it and what staff should look at first."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.schedule import planning
from briefings.schedule.doubts import about_time
from briefings.schedule.models import Briefing, timetable
from briefings.schedule.planning import Lengths
from briefings.seasons.board_doubts import Knowledge, Session, about_others, can, look_up, sessions_of
from briefings.seasons.making import lane_titles, lanes_in_order, length, open_for_change
from briefings.seasons.models import Card, Lane, Season, SeasonState
from briefings.seasons.problem import presenter_of, why_not_open

Span = tuple[datetime, datetime]


@dataclass
class Draft:
    """A briefing that accepting would make: when, of which needs, what forbids it and what looks doubtful."""

    lane: Lane
    title: str
    cards: list[Card]
    minutes: int
    obstacles: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    clashing: set[str] = field(default_factory=set)
    """Whose clash is among the obstacles."""

    @property
    def times(self) -> Span | None:
        """Start and end; None without a time."""
        start = self.lane.starts_at
        return (start, start + timedelta(minutes=self.minutes)) if start else None


@dataclass(frozen=True)
class Check:
    """Everything accepting would make, and what it would leave out."""

    drafts: list[Draft]
    empty: list[str]
    """Names of briefings without needs: nothing is made of them."""
    left_over: list[Card]
    unconfirmed: int
    """Of how many needs it is not known whether their presenter can."""

    @property
    def obstacles(self) -> list[str]:
        """All that has to be put right first; sentences."""
        found = [f"‘{draft.title}’: {sentence}" for draft in self.drafts for sentence in draft.obstacles]
        return found if self.drafts else ["아직 수요가 들어 있는 설명회가 없습니다. 먼저 편성안을 만들어 주세요."]


@dataclass(frozen=True)
class Place:
    """One presenter's part of a briefing."""

    presenter: str
    name: str
    title: str
    span: Span


def check(season: Season, now: datetime, zone: tzinfo) -> Check:
    """What accepting a season (loaded whole) would do; a fixed number of statements, whatever its size."""
    titles = lane_titles(season)
    in_order = lanes_in_order(season)
    drafts = [Draft(lane, titles[lane.id], cards, length(season, len(cards))) for lane, cards in in_order if cards]
    known = look_up(season, now)
    sessions = sessions_of(season, [(draft.lane, draft.cards) for draft in drafts], known, titles)
    _find_clashes(season, drafts, _elsewhere(known.busy))
    for draft in drafts:
        draft.obstacles += _obstacles(season, draft, known, now)
        draft.doubts += _doubts(season, draft, sessions, known, zone)
    empty = [titles[lane.id] for lane, cards in in_order if not cards]
    unconfirmed = sum(can(season, card, draft.lane, known) is None for draft in drafts for card in draft.cards)
    return Check(drafts, empty, [card for card in season.cards if card.lane_id is None], unconfirmed)


def accept(season: Season, note: str, *, seen: int, by: Actor, now: datetime, zone: tzinfo) -> list[Briefing]:
    """Make every briefing of the season a draft; Refused, and nothing made, where anything stands against one.

    `seen` is the version of the board that was looked at.
    """
    open_for_change(season)
    if season.version != seen:
        raise Refused("그사이 편성판이 바뀌었습니다. 바뀐 내용을 확인한 뒤에 다시 확정해 주세요.")
    _hold_needs(season)
    found = check(season, now, zone)
    for obstacle in found.obstacles:
        raise Refused(f"{obstacle} 고친 뒤에 다시 확정해 주세요.")
    made = [_compose(season, draft, by, now, zone) for draft in found.drafts]
    season.state, season.settled_at, season.changed_at = SeasonState.ACCEPTED, now, now
    numbers = {"briefings": [briefing.id for briefing in made], "left_over": [card.need_id for card in found.left_over]}
    record(by, "season.accepted", season, now, note=note, **numbers)
    return made


def _hold_needs(season: Season) -> None:
    """Let nobody else put one of these needs into a briefing until this is done; who was about to is waited for.

    In one order, so that two who accept at once wait for each other one way. On SQLite writers are alone already.
    """
    ids = select(Card.need_id).where(Card.season_id == season.id, Card.lane_id.is_not(None))
    db.session.execute(select(Need.id).where(Need.id.in_(ids)).order_by(Need.id).with_for_update())


def _compose(season: Season, draft: Draft, by: Actor, now: datetime, zone: tzinfo) -> Briefing:
    lane, times = draft.lane, draft.times
    if times is None:
        raise Refused(f"‘{draft.title}’: 시각이 없습니다.")
    briefing = planning.compose_briefing(
        [card.need for card in draft.cards],
        title=draft.title,
        theme_id=lane.theme_id,
        audience_id=lane.audience_id,
        times=times,
        capacity=season.capacity,
        by=by,
        now=now,
        zone=zone,
        lengths=Lengths(season.opening_minutes, season.talk_minutes, season.question_minutes),
    )
    lane.briefing_id = briefing.id
    return briefing


def _obstacles(season: Season, draft: Draft, known: Knowledge, now: datetime) -> Iterator[str]:
    if draft.lane.starts_at is None:
        yield "시각이 없습니다."
    elif draft.lane.starts_at <= now:
        yield "시각이 이미 지났습니다."
    if len(draft.cards) > season.max_slots:
        yield f"수요가 {len(draft.cards)}건으로, 한 회에 {season.max_slots}건까지입니다."
    for card in draft.cards:
        if card.need_id not in known.open_ids:
            yield f"‘{card.need.title}’ 수요는 {why_not_open(card.need)}"


def _doubts(season: Season, draft: Draft, sessions: Iterable[Session], known: Knowledge, zone: tzinfo) -> Iterator[str]:
    if len(draft.cards) < season.min_slots:
        yield f"수요가 {len(draft.cards)}건으로, 정한 최소 {season.min_slots}건보다 적습니다."
    if draft.times:
        yield from about_time(draft.times, zone)
    for doubt in about_others(season, draft.lane, sessions):
        if doubt.presenter not in draft.clashing:
            yield doubt.words
    for card in draft.cards:
        need = card.need
        if not need.contact_email:
            yield f"‘{need.title}’의 담당자는 전자우편이 없어 발표 안내를 받지 못합니다."
        elif can(season, card, draft.lane, known) is False:
            yield f"{need.contact_name} 님은 이 시각에 발표할 수 없다고 답했습니다(‘{need.title}’)."


def _elsewhere(busy: Iterable[Briefing]) -> list[Place]:
    """Who presents in other coming briefings at that time."""
    return [
        Place(slot.presenter_email.lower(), slot.presenter_name, briefing.title, span)
        for briefing in busy
        for slot, span in zip(briefing.slots, briefing.times_of(briefing.slots), strict=True)
        if slot.presenter_email
    ]


def _places(season: Season, draft: Draft) -> list[Place]:
    if draft.lane.starts_at is None:
        return []
    each = season.talk_minutes + season.question_minutes
    spans = timetable(draft.lane.starts_at, season.opening_minutes, [each] * len(draft.cards))
    needs = [card.need for card in draft.cards]
    return [
        Place(presenter_of(need), need.contact_name, draft.title, span) for need, span in zip(needs, spans, strict=True)
    ]


def _find_clashes(season: Season, drafts: list[Draft], elsewhere: list[Place]) -> None:
    """Note with each draft who would have to be in two places at once."""
    by_presenter: dict[str, list[Place]] = {}
    for place in elsewhere:
        by_presenter.setdefault(place.presenter, []).append(place)
    for draft in drafts:
        ours = [place for place in _places(season, draft) if place.presenter]
        for place in ours:
            for other in by_presenter.get(place.presenter, []):
                if place.span[0] < other.span[1] and other.span[0] < place.span[1]:
                    draft.clashing.add(place.presenter)
                    draft.obstacles.append(f"{place.name} 님이 같은 시간에 ‘{other.title}’에서도 발표합니다.")
        for place in ours:
            by_presenter.setdefault(place.presenter, []).append(place)
