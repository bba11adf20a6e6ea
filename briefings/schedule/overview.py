"""Briefings as staff look at them: by where they stand, with sign-ups and gaps, in few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.audit.models import AuditEntry
from briefings.audit.recording import history_of
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.outbox.reach import Reach
from briefings.schedule.finding import Places
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotFile, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.slots import materials_due

HIGHEST_ID = 2**31 - 1
LATEST = 50


class Shelf(StrEnum):
    """Where staff look for a briefing."""

    COMING = "coming"
    DRAFT = "draft"
    OVER = "over"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Row:
    """One briefing of the list: its places, how many needs it presents and what is still missing (sentences)."""

    briefing: Briefing
    places: Places
    slots: int
    gaps: list[str]


def on_shelf(shelf: Shelf, now: datetime) -> Select[Briefing]:
    """The briefings of one shelf with theme and audience: what comes first, what is past last first."""
    with_names = (joinedload(Briefing.theme), joinedload(Briefing.audience))
    found = select(Briefing).where(_stands(shelf, now)).options(*with_names)
    if shelf in (Shelf.COMING, Shelf.DRAFT):
        return found.order_by(Briefing.starts_at, Briefing.id)
    return found.order_by(Briefing.starts_at.desc(), Briefing.id.desc())


def how_many(now: datetime) -> dict[Shelf, int]:
    """How many briefings each shelf holds."""
    counted = select(*(func.count().filter(_stands(shelf, now)) for shelf in Shelf)).select_from(Briefing)
    return dict(zip(Shelf, db.session.execute(counted).one(), strict=True))


def declined_ahead(now: datetime, reach: Reach) -> dict[int, int]:
    """How many slots stand open because their presenters declined, by the id of each briefing ahead within reach."""
    ahead = (Briefing.state == BriefingState.PUBLISHED, Briefing.starts_at > now, reach.of_briefing(Briefing.id))
    found = select(PresenterSlot.briefing_id, func.count()).join(Briefing).where(*ahead)
    declined = found.where(PresenterSlot.state == SlotState.DECLINED)
    return dict(db.session.execute(declined.group_by(PresenterSlot.briefing_id)).all())


def rows(briefings: list[Briefing], now: datetime) -> list[Row]:
    """What the list says about each, by two statements for all."""
    ids = [briefing.id for briefing in briefings]
    people = _people(ids)
    slots = _slots(ids)
    made = []
    for briefing in briefings:
        counted = slots.get(briefing.id, Slots(0, 0, 0, 0, 0, 0))
        places = Places(
            briefing.capacity,
            people.get((briefing.id, RegistrationState.CONFIRMED), 0),
            people.get((briefing.id, RegistrationState.WAITLISTED), 0),
        )
        requested = people.get((briefing.id, RegistrationState.REQUESTED), 0)
        made.append(Row(briefing, places, counted.number, _gaps(briefing, counted, requested, now)))
    return made


def numbered(briefing_id: int) -> Briefing | None:
    """One briefing with theme, audience, order, needs and their organizations."""
    needs = selectinload(Briefing.slots).joinedload(PresenterSlot.need).joinedload(Need.organization)
    found = select(Briefing).where(Briefing.id == briefing_id)
    return db.session.scalar(found.options(joinedload(Briefing.theme), joinedload(Briefing.audience), needs))


def needs_numbered(ids: set[int]) -> dict[int, Need]:
    """The needs of these ids with their organizations; ids no row can have are nobody's."""
    numbers = {number for number in ids if 0 < number <= HIGHEST_ID}
    found = select(Need).where(Need.id.in_(numbers)).options(joinedload(Need.organization))
    return {need.id: need for need in db.session.scalars(found)} if numbers else {}


def titles(about: Iterable[str] | None = None) -> dict[str, str]:
    """Briefings as messages name them (`briefing:4`) with their titles: those named, or else the latest there are."""
    found = select(Briefing.id, Briefing.title, Briefing.starts_at).order_by(Briefing.starts_at.desc(), Briefing.id)
    if about is None:
        found = found.where(Briefing.state != BriefingState.DRAFT).limit(LATEST)
    else:
        numbers = {
            int(number)
            for kind, _, number in (name.partition(":") for name in about)
            if kind == "briefing" and number.isdecimal()
        }
        found = found.where(Briefing.id.in_({number for number in numbers if number <= HIGHEST_ID}))
    return {f"briefing:{number}": title for number, title, _ in db.session.execute(found)}


def course_of(briefing: Briefing) -> list[AuditEntry]:
    """What staff did with it, newest first."""
    return history_of(briefing)[::-1]


def _stands(shelf: Shelf, now: datetime) -> ColumnElement[bool]:
    return {
        Shelf.COMING: (Briefing.state == BriefingState.PUBLISHED) & (Briefing.ends_at > now),
        Shelf.DRAFT: Briefing.state == BriefingState.DRAFT,
        Shelf.OVER: (Briefing.state == BriefingState.PUBLISHED) & (Briefing.ends_at <= now),
        Shelf.CANCELLED: Briefing.state == BriefingState.CANCELLED,
    }[shelf]


def _people(ids: list[int]) -> dict[tuple[int, RegistrationState], int]:
    counted = select(Registration.briefing_id, Registration.state, func.count())
    grouped = counted.where(Registration.briefing_id.in_(ids)).group_by(Registration.briefing_id, Registration.state)
    return {(briefing_id, state): count for briefing_id, state, count in db.session.execute(grouped)}


class Slots(NamedTuple):
    """Of one briefing: how many slots; without an address, unanswered, declined, without slides, of a closed need."""

    number: int
    incomplete: int
    unanswered: int
    declined: int
    bare: int
    lapsed: int


def _slots(ids: list[int]) -> dict[int, Slots]:
    incomplete = or_(PresenterSlot.presenter_name == "", PresenterSlot.presenter_email == "")
    silent = and_(PresenterSlot.state == SlotState.UNANSWERED, ~incomplete)
    bare = ~exists().where(SlotFile.slot_id == PresenterSlot.id)
    lapsed = Need.state != NeedState.PUBLISHED
    each = (incomplete, silent, PresenterSlot.state == SlotState.DECLINED, bare, lapsed)
    counted = select(PresenterSlot.briefing_id, func.count(), *(func.count().filter(one) for one in each))
    of_these = counted.join(PresenterSlot.need).where(PresenterSlot.briefing_id.in_(ids))
    grouped = of_these.group_by(PresenterSlot.briefing_id)
    return {briefing_id: Slots(*numbers) for briefing_id, *numbers in db.session.execute(grouped)}


def _gaps(briefing: Briefing, slots: Slots, requested: int, now: datetime) -> list[str]:
    if briefing.state is BriefingState.CANCELLED or briefing.is_over(now):
        return []
    public, due = briefing.state is BriefingState.PUBLISHED, now >= materials_due(briefing)
    found = (
        (requested, f"승인 대기 {requested:,}명"),
        (not slots.number, "발표할 수요 없음"),
        (slots.lapsed, f"게시 중이 아닌 수요 {slots.lapsed}건"),
        (slots.incomplete, f"발표자 정보 {slots.incomplete}건 빠짐"),
        (slots.declined, f"발표자 {slots.declined}명이 사양함"),
        (public and slots.unanswered, f"발표 답 {slots.unanswered}건 대기"),
        (public and due and slots.bare, f"발표자료 {slots.bare}건 빠짐"),
        (not briefing.room_url, "접속 주소 없음"),
        (briefing.pending is not None, "공개하지 않은 변경 있음"),
    )
    return [words for missing, words in found if missing]
