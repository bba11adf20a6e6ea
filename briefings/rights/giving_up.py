"""Before somebody is erased: their places, talks and presentations given up as they would do it themselves.

So the waiting list moves, stand-bys take over, and calendars get their CANCEL while there is still an address for it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from briefings.db import db, lock
from briefings.errors import Refused
from briefings.outbox.models import Message, MessageState
from briefings.participation import colleagues as joining
from briefings.participation import ending, replying
from briefings.participation.appointments import call_off, replace_replier
from briefings.participation.models import EndReason, ParticipationReply, ReplyColleague, ReplyState, Side
from briefings.privacy.consenting import withdraw
from briefings.privacy.models import Purpose
from briefings.rights.emptying import ERASED, NO_SYNC
from briefings.schedule import presenters, registering
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState

OPEN = (ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING)


@dataclass(frozen=True)
class Standing:
    """What somebody has that is still to come, or goes on: what they lose by being erased."""

    places: list[Registration]
    talks: list[PresenterSlot]
    replies: list[ParticipationReply]
    """Replies that are open and theirs; one with a colleague in it goes over to the colleague."""
    joined: list[ReplyColleague]
    matched: list[ParticipationReply]
    """What led to joint work: the organization stays in it."""


def standing_of(address: str, now: datetime) -> Standing:
    """What would be given up for an address."""
    address = address.lower()
    coming = (
        select(Registration)
        .join(Registration.briefing)
        .where(
            Registration.email == address,
            Registration.state != RegistrationState.CANCELLED,
            Briefing.state == BriefingState.PUBLISHED,
            Briefing.ends_at > now,
        )
    )
    presents = or_(
        and_(func.lower(PresenterSlot.presenter_email) == address, ~_declined()),
        func.lower(PresenterSlot.standby_email) == address,
    )
    talks = (
        select(PresenterSlot)
        .join(PresenterSlot.briefing)
        .where(presents, Briefing.state.in_((BriefingState.DRAFT, BriefingState.PUBLISHED)), Briefing.ends_at > now)
    )
    replies = select(ParticipationReply).where(ParticipationReply.email == address)
    joined = (
        select(ReplyColleague)
        .join(ReplyColleague.reply)
        .where(ReplyColleague.email == address, ReplyColleague.refused_at.is_(None), ParticipationReply.state.in_(OPEN))
    )
    return Standing(
        places=list(db.session.scalars(coming.order_by(Briefing.starts_at))),
        talks=list(db.session.scalars(talks.order_by(Briefing.starts_at))),
        replies=list(db.session.scalars(replies.where(ParticipationReply.state.in_(OPEN)))),
        joined=list(db.session.scalars(joined)),
        matched=list(db.session.scalars(replies.where(ParticipationReply.state == ReplyState.MATCHED))),
    )


def _declined() -> ColumnElement[bool]:
    """Whether a talk was said no to: nothing of it is left to give up, though the name stands until staff fill it."""
    published = PresenterSlot.briefing.has(Briefing.state == BriefingState.PUBLISHED)
    return and_(PresenterSlot.state == SlotState.DECLINED, published)


def give_up(address: str, now: datetime) -> None:
    """Do all of that by the use cases for it; what somebody settled meanwhile is left as it is."""
    standing = standing_of(address, now)
    _keep_back(address, now)
    for act in _acts(standing, address.lower(), now):
        try:
            with db.session.begin_nested():
                act()
        except Refused:
            continue
    _let_go(address, now)


def _acts(standing: Standing, address: str, now: datetime) -> Iterator[Callable[[], object]]:
    """One after the other, talks before the replies they hang on."""
    yield from (partial(registering.cancel, place, now) for place in standing.places)
    yield from (partial(_leave_slot, slot, address, now) for slot in standing.talks)
    yield from (partial(joining.leave, colleague, now) for colleague in standing.joined)
    yield from (partial(_call_off, made, now) for made in (*standing.replies, *standing.matched))
    yield from (partial(_leave_reply, made, now) for made in standing.replies)


def _leave_slot(slot: PresenterSlot, address: str, now: datetime) -> None:
    """A stand-by takes over; of a draft nobody knows yet."""
    if slot.standby_email.lower() == address:
        lock(slot)
        slot.standby_name = slot.standby_title = slot.standby_email = ""
    if slot.presenter_email.lower() != address:
        return
    if slot.briefing.state is BriefingState.PUBLISHED and slot.state is not SlotState.DECLINED:
        presenters.decline(slot, now)
    elif slot.briefing.state is BriefingState.DRAFT:
        lock(slot)
        slot.hand_over("", "", "")


def _call_off(made: ParticipationReply, now: datetime) -> None:
    appointment = made.talk
    if appointment is not None and appointment.stands(now) and not _has_another(made):
        call_off(appointment, Side.REPLIER, "", now)


def _leave_reply(made: ParticipationReply, now: datetime) -> None:
    """A colleague who is in it goes on; otherwise talks that have begun end, and what nobody has read is taken back."""
    if others := [each for each in made.colleagues if each.is_in]:
        return _hand_over(made, others[0], now)
    if made.can_end:
        return ending.end_by_replier(made, EndReason.OTHER, "", now)
    return replying.withdraw(made, now)


def _has_another(made: ParticipationReply) -> bool:
    return any(each.is_in for each in made.colleagues)


def _hand_over(made: ParticipationReply, to: ReplyColleague, now: datetime) -> None:
    """The colleague is whom the owner writes to from here on, also in the talk that was agreed on."""
    lock(made.need)
    lock(made)
    lock(to)
    before, name, email, phone, locale = made.email, to.name, to.email, to.phone, to.locale
    made.name, made.email, made.phone, made.locale = name, email, phone, locale
    made.link_version += 1
    withdraw(Purpose.REPLY, [f"reply:{made.public_id}"], now)
    replace_replier(made, before, now)
    db.session.delete(to)
    db.session.flush()


def _keep_back(address: str, now: datetime) -> None:
    """What waits for them and was not sent is not sent any more; what follows now is."""
    waiting = (Message.state.in_((MessageState.HELD, MessageState.QUEUED)), Message.recipient == address.lower())
    dropped = update(Message).where(*waiting, Message.created_at < now)
    db.session.execute(dropped.values(state=MessageState.DROPPED, error=ERASED), execution_options=NO_SYNC)


def _let_go(address: str, now: datetime) -> None:
    """Even where staff hold the mails of a briefing: the person asked for what these say."""
    held = (Message.state == MessageState.HELD, Message.recipient == address.lower(), Message.created_at == now)
    released = update(Message).where(*held)
    db.session.execute(released.values(state=MessageState.QUEUED, due_at=now), execution_options=NO_SYNC)
