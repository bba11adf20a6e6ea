"""What the need's owner does with a reply: acknowledge, decline, consult; and the lists of the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.outbox.reach import Reach
from briefings.participation.appointments import call_off
from briefings.participation.leaving import leave_match
from briefings.participation.models import (
    Appointment,
    AppointmentState,
    AppointmentTime,
    Consultation,
    ParticipationReply,
    ReplyState,
    Side,
)
from briefings.participation.telling import tell_repliers

PER_PAGE = 20


class Shelf(StrEnum):
    """Which replies a list of the desk shows: those to acknowledge, those under way, those that are settled, or all."""

    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    ALL = "all"


ON_SHELF = {
    Shelf.WAITING: (ReplyState.SENT,),
    Shelf.GOING: (ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING),
    Shelf.DONE: (ReplyState.MATCHED, ReplyState.DECLINED, ReplyState.ENDED),
}
ON_SHELF[Shelf.ALL] = sum(ON_SHELF.values(), ())


@dataclass(frozen=True)
class Noted:
    """What an owner notes of a consultation: when, what was said, what comes next and by when."""

    held_on: date
    notes: str
    next_step: str = ""
    next_on: date | None = None


def replies_on(organization: Organization, shelf: Shelf, page: int, need_id: int | None = None) -> Pagination:
    """One page of the replies to an organization's needs."""
    return db.paginate(listed_on(organization, shelf, need_id), page=page, per_page=PER_PAGE, error_out=False)


def listed_on(organization: Organization, shelf: Shelf, need_id: int | None = None) -> Select[ParticipationReply]:
    """The replies to an organization's needs: those due first where they wait, otherwise the newest."""
    found = select(ParticipationReply).join(ParticipationReply.need)
    found = found.where(Need.organization_id == organization.id, ParticipationReply.state.in_(ON_SHELF[shelf]))
    if need_id:
        found = found.where(Need.id == need_id)
    waits = (ParticipationReply.state == ReplyState.SENT).desc()
    due = (ParticipationReply.due_at, ParticipationReply.id) if shelf is Shelf.WAITING else ()
    newest = (ParticipationReply.sent_at.desc(), ParticipationReply.id.desc())
    together = (
        joinedload(ParticipationReply.need),
        joinedload(ParticipationReply.organization),
        selectinload(ParticipationReply.appointments).selectinload(Appointment.times),
    )
    return found.options(*together).order_by(*(due or (waits, *newest)))


def how_many(organization: Organization, need_id: int | None = None) -> dict[Shelf, int]:
    """How many replies each list of an organization's desk has."""
    counted = select(ParticipationReply.state, func.count()).join(ParticipationReply.need)
    counted = counted.where(Need.organization_id == organization.id, *_of_need(need_id))
    numbers = {state: number for state, number in db.session.execute(counted.group_by(ParticipationReply.state))}
    return {shelf: sum(numbers.get(state, 0) for state in states) for shelf, states in ON_SHELF.items()}


def reply_to(organization: Organization, public_id: str) -> ParticipationReply | None:
    """One reply to a need of the organization, with its consultations and talks; None for another's."""
    found = (
        select(ParticipationReply)
        .join(ParticipationReply.need)
        .where(Need.organization_id == organization.id, ParticipationReply.public_id == public_id)
        .options(
            joinedload(ParticipationReply.need).joinedload(Need.organization),
            joinedload(ParticipationReply.organization),
            selectinload(ParticipationReply.consultations),
            selectinload(ParticipationReply.colleagues),
            selectinload(ParticipationReply.appointments).selectinload(Appointment.times),
        )
    )
    return db.session.scalar(found)


def acknowledge(made: ParticipationReply, now: datetime, words: str = "") -> None:
    """The owner has read it, and may add a word; the replying side hears that it is being considered."""
    lock(made)
    made.acknowledge(now, words)
    tell_sender(made, "reply_acknowledged", now)


def decline(made: ParticipationReply, reason: str, now: datetime) -> None:
    """Say no with a reason; the replying side hears it, and a talk that was arranged is called off."""
    lock(made.need)
    lock(made)
    if made.talk is not None and made.talk.stands(now):
        call_off(made.talk, Side.OWNER, reason, now)
    made.decline(reason, now)
    leave_match(made.need, made.organization_id)
    tell_sender(made, "reply_declined", now)


def note_consultation(
    made: ParticipationReply,
    held_on: date,
    notes: str,
    next_step: str,
    by: User,
    today: date,
    now: datetime,
    next_on: date | None = None,
    appointment: Appointment | None = None,
) -> Consultation:
    """Keep what was talked about; Refused for a day to come, and for a next step that was to be done before it."""
    _refuse_dates(held_on, next_on, today)
    lock(made.need)  # before the reply, as in `matching.record_match`: neither waits for the other
    lock(made)
    if made.state is not ReplyState.MATCHED:
        made.begin_consultation(now)
    made.need.consulting_since = made.need.consulting_since or now
    noted = Consultation(held_on=held_on, notes=notes, next_step=next_step, noted_by_id=by.id, noted_at=now)
    noted.next_on, noted.appointment = next_on, appointment
    made.consultations.append(noted)
    return noted


def change_consultation(noted: Consultation, other: Noted, by: User, today: date, now: datetime) -> None:
    """Put right what was noted; Refused as for a new note."""
    _refuse_dates(other.held_on, other.next_on, today)
    lock(noted)
    noted.held_on, noted.notes = other.held_on, other.notes
    noted.next_step, noted.next_on = other.next_step, other.next_on
    noted.noted_by_id, noted.noted_at = by.id, now


def talks_of(organization: Organization, past: bool, page: int, now: datetime) -> Pagination:
    """One page of the talks an organization arranged as the owner: those to come, or those past and called off."""
    found = select(Appointment).join(Appointment.reply).join(ParticipationReply.need)
    found = found.where(Need.organization_id == organization.id, _is_past(now) if past else ~_is_past(now))
    reply = joinedload(Appointment.reply)
    together = (
        reply.joinedload(ParticipationReply.need),
        reply.joinedload(ParticipationReply.organization),
        reply.selectinload(ParticipationReply.consultations),
        selectinload(Appointment.times),
        joinedload(Appointment.owner_item),
        joinedload(Appointment.replier_item),
    )
    order = Appointment.starts_at.desc() if past else Appointment.starts_at
    in_order = found.options(*together).order_by(Appointment.starts_at.is_(None), order, Appointment.id.desc())
    return db.paginate(in_order, page=page, per_page=PER_PAGE, error_out=False)


def talk_of(organization: Organization, public_id: str) -> Appointment | None:
    """One talk the organization arranged as the owner; None for another's."""
    found = select(Appointment).join(Appointment.reply).join(ParticipationReply.need)
    return db.session.scalar(found.where(Need.organization_id == organization.id, Appointment.public_id == public_id))


def late_replies(found: Select[Any], now: datetime) -> Select[Any]:
    """Of the replies in `found`, those nobody acknowledged in time."""
    return found.where(ParticipationReply.state == ReplyState.SENT, ParticipationReply.due_at < now)


def number_of_late_replies(now: datetime, reach: Reach) -> int:
    """How many replies nobody acknowledged in time, of those that may be seen."""
    late = late_replies(select(func.count(ParticipationReply.id)), now)
    return db.session.scalars(late.where(reach.of_need(ParticipationReply.need_id))).one()


def tell_sender(made: ParticipationReply, kind: str, now: datetime) -> None:
    """Queue a mail of `kind` about the reply to whoever sent it, and to the colleagues who joined."""
    tell_repliers(made, kind, now)


def _of_need(need_id: int | None) -> list[ColumnElement[bool]]:
    return [Need.id == need_id] if need_id else []


def _is_past(now: datetime) -> ColumnElement[bool]:
    agreed_before = (Appointment.state == AppointmentState.AGREED) & (Appointment.starts_at < now)
    lapsed = (Appointment.state == AppointmentState.OFFERED) & ~Appointment.times.any(AppointmentTime.starts_at > now)
    return (Appointment.state == AppointmentState.CANCELLED) | agreed_before | lapsed


def _refuse_dates(held_on: date, next_on: date | None, today: date) -> None:
    if held_on > today:
        raise Refused(N_("협의한 날은 오늘이거나 지난 날이어야 합니다."), field="held_on")
    if next_on is not None and next_on < held_on:
        raise Refused(N_("다음 일의 날은 협의한 날보다 뒤여야 합니다."), field="next_on")
