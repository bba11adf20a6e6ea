"""The order of a briefing, stored or only thought of: times, and who is in two places at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from briefings.db import db
from briefings.errors import Refused
from briefings.needs.models import Need, NeedState
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, timetable

COMING = (BriefingState.DRAFT, BriefingState.PUBLISHED)
MATERIALS_DUE = timedelta(days=14)
"""So long before the start slides are due where staff set no other date and presenters are asked early enough."""
DAY = timedelta(days=1)


class Presenter(NamedTuple):
    """Who presents a need; all empty where nobody is named."""

    name: str
    title: str
    email: str


@dataclass(frozen=True)
class SlotPlan:
    """One need's place in an order, with its presenter."""

    need_id: int
    title: str
    talk_minutes: int = 9
    question_minutes: int = 6
    presenter_name: str = ""
    presenter_title: str = ""
    presenter_email: str = ""
    seen: Presenter | None = field(default=None, compare=False, repr=False)
    """Who presented when somebody began to write this down; None: nobody looked, or nobody did."""

    @property
    def minutes(self) -> int:
        """Talk and questions together."""
        return self.talk_minutes + self.question_minutes

    @property
    def presenter(self) -> Presenter:
        """Who presents."""
        return Presenter(self.presenter_name, self.presenter_title, self.presenter_email)

    def presented_by(self, presenter: Presenter) -> "SlotPlan":
        """The same place with another presenter."""
        name, title, email = presenter
        return replace(self, presenter_name=name, presenter_title=title, presenter_email=email)


@dataclass(frozen=True)
class Plan:
    """When a briefing runs, where, and what it presents in which order; `briefing_id` is 0 for one that is not stored.

    What has a default matters only to doubts.
    """

    starts_at: datetime
    ends_at: datetime
    opening_minutes: int
    room_url: str
    slots: tuple[SlotPlan, ...]
    briefing_id: int = 0
    audience_id: int = 0
    moderator: str = ""
    registration_closes_at: datetime | None = None
    materials_due_at: datetime | None = None

    def times(self) -> list[tuple[datetime, datetime]]:
        """Start and end of each slot."""
        return timetable(self.starts_at, self.opening_minutes, [slot.minutes for slot in self.slots])

    def last_end(self) -> datetime:
        """When the last slot is over."""
        return self.times()[-1][1] if self.slots else self.starts_at + timedelta(minutes=self.opening_minutes)


@dataclass(frozen=True)
class Clash:
    """A presenter who would have to be in two briefings at once."""

    presenter_email: str
    presenter_name: str
    starts_at: datetime
    other: Briefing
    other_starts_at: datetime


def plan_of(briefing: Briefing) -> Plan:
    """The stored order of a briefing."""
    return Plan(
        briefing.starts_at,
        briefing.ends_at,
        briefing.opening_minutes,
        briefing.room_url,
        tuple(
            SlotPlan(slot.need_id, slot.need.title, slot.talk_minutes, slot.question_minutes, *presenter_of(slot))
            for slot in briefing.slots
        ),
        briefing.id,
        briefing.audience_id,
        briefing.moderator,
        briefing.registration_closes_at,
        materials_due(briefing),
    )


def presenter_of(slot: PresenterSlot) -> Presenter:
    """Who presents a stored slot."""
    return Presenter(slot.presenter_name, slot.presenter_title, slot.presenter_email)


def materials_due(briefing: Briefing) -> datetime:
    """Until when slides are due: as staff set it, otherwise as is usual."""
    return briefing.materials_due_at or usual_materials_due(briefing, briefing.starts_at)


def usual_materials_due(briefing: Briefing, starts_at: datetime) -> datetime:
    """Two weeks before the start; where presenters are asked later than that, as many whole days before it as leave
    them half the time or more, and half the time where that is less than a day."""
    usual, asked_at = starts_at - MATERIALS_DUE, briefing.published_at or briefing.changed_at
    if not usual <= asked_at < starts_at:
        return usual
    half = (starts_at - asked_at) / 2
    return starts_at - (half // DAY * DAY or half)


def slot_for(need: Need) -> SlotPlan:
    """A need's place with the usual minutes, presented by its contact until somebody else is named."""
    return SlotPlan(
        need.id,
        need.title,
        presenter_name=need.contact_name,
        presenter_title=need.department,
        presenter_email=need.contact_email,
    )


def arrange(briefing: Briefing, slots: Sequence[SlotPlan]) -> None:
    """Make the stored order equal `slots`; Refused for a need twice, or a new one that is not published."""
    if len({slot.need_id for slot in slots}) < len(slots):
        raise Refused("같은 수요가 두 번 들어 있습니다. 하나를 빼 주세요.")
    kept = {slot.need_id: slot for slot in briefing.slots}
    if new := {slot.need_id for slot in slots} - kept.keys():
        _refuse_unpublished(new)
    for position, plan in enumerate(slots, start=1):
        slot = kept.pop(plan.need_id, None)
        if slot is None:
            slot = PresenterSlot(need_id=plan.need_id, link_version=0)
            briefing.slots.append(slot)
        slot.position = position
        slot.talk_minutes, slot.question_minutes = plan.talk_minutes, plan.question_minutes
        if plan.presenter_email.lower() != (slot.presenter_email or "").lower():
            slot.hand_over(plan.presenter_name, plan.presenter_title, plan.presenter_email)
        slot.presenter_name, slot.presenter_title = plan.presenter_name, plan.presenter_title
        slot.presenter_email = plan.presenter_email
    for left_out in kept.values():
        briefing.slots.remove(left_out)
    db.session.flush()
    db.session.expire(briefing, ["slots"])


def _refuse_unpublished(need_ids: set[int]) -> None:
    lapsed = select(Need.title).where(Need.id.in_(need_ids), Need.state != NeedState.PUBLISHED).order_by(Need.id)
    for title in db.session.scalars(lapsed):
        raise Refused("게시 중이 아닌 수요는 발표 순서에 넣을 수 없습니다: ‘%(need)s’", need=title)


def clashes(plan: Plan) -> list[Clash]:
    """Presenters (by e-mail) who are in another coming briefing at the same time."""
    places = {slot.presenter_email.lower(): (slot, times) for slot, times in zip(plan.slots, plan.times(), strict=True)}
    places.pop("", None)
    if not places:
        return []
    theirs = select(PresenterSlot.briefing_id).where(func.lower(PresenterSlot.presenter_email).in_(places))
    found = select(Briefing).where(
        Briefing.id.in_(theirs),
        Briefing.id != plan.briefing_id,
        Briefing.state.in_(COMING),
        Briefing.starts_at < plan.last_end(),
        Briefing.starts_at > plan.starts_at - timedelta(days=1),
    )
    others = db.session.scalars(found.options(selectinload(Briefing.slots)).order_by(Briefing.starts_at, Briefing.id))
    return [clash for other in others for clash in _clashes_with(other, plan)]


def _clashes_with(other: Briefing, plan: Plan) -> Iterable[Clash]:
    there = list(zip(other.slots, other.times_of(other.slots), strict=True))
    for slot, (start, end) in zip(plan.slots, plan.times(), strict=True):
        for theirs, (their_start, their_end) in there:
            same = slot.presenter_email and slot.presenter_email.lower() == theirs.presenter_email.lower()
            if same and start < their_end and their_start < end:
                yield Clash(slot.presenter_email, slot.presenter_name, start, other, their_start)


def refuse_clashes(plan: Plan) -> None:
    """Refused, naming the first presenter who would be in two places at once."""
    for clash in clashes(plan):
        raise Refused(
            "발표자가 겹칩니다. %(who)s 님은 %(at)s에 ‘%(other)s’에서도 발표합니다. 시각이나 발표자를 바꿔 주세요.",
            who=clash.presenter_name or clash.presenter_email,
            at=clash.other_starts_at,
            other=clash.other.title,
        )
