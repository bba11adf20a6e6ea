"""What the need's owner does with a reply: acknowledge, decline, consult."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.outbox.queueing import Recipient, queue
from briefings.participation.models import Consultation, ParticipationReply, ReplyState


def replies_to(organization: Organization) -> list[ParticipationReply]:
    """All replies to the needs of an organization that were not taken back, those that wait first, then the newest."""
    found = (
        select(ParticipationReply)
        .join(Need, Need.id == ParticipationReply.need_id)
        .where(Need.organization_id == organization.id, ParticipationReply.state != ReplyState.WITHDRAWN)
        .options(joinedload(ParticipationReply.need), joinedload(ParticipationReply.organization))
        .order_by((ParticipationReply.state == ReplyState.SENT).desc(), ParticipationReply.sent_at.desc())
    )
    return list(db.session.scalars(found))


def reply_to(organization: Organization, public_id: str) -> ParticipationReply | None:
    """One reply to a need of the organization, with its consultations; None for another's."""
    found = (
        select(ParticipationReply)
        .join(Need, Need.id == ParticipationReply.need_id)
        .where(Need.organization_id == organization.id, ParticipationReply.public_id == public_id)
        .options(
            joinedload(ParticipationReply.need).joinedload(Need.organization),
            joinedload(ParticipationReply.organization),
            selectinload(ParticipationReply.consultations),
        )
    )
    return db.session.scalar(found)


def acknowledge(made: ParticipationReply, now: datetime) -> None:
    """The owner has read it; the sender hears that it is being considered."""
    lock(made)
    made.acknowledge(now)
    tell_sender(made, "reply_acknowledged", now)


def decline(made: ParticipationReply, reason: str, now: datetime) -> None:
    """Say no with a reason; the sender hears it."""
    lock(made)
    made.decline(reason, now)
    tell_sender(made, "reply_declined", now)


def note_consultation(
    made: ParticipationReply, held_on: date, notes: str, next_step: str, by: User, today: date, now: datetime
) -> Consultation:
    """Keep what was talked about; Refused for a day to come."""
    if held_on > today:
        raise Refused(N_("협의한 날은 오늘이거나 지난 날이어야 합니다."), field="held_on")
    lock(made.need)  # before the reply, as in `matching.record_match`: neither waits for the other
    lock(made)
    made.begin_consultation(now)
    made.need.consulting_since = made.need.consulting_since or now
    noted = Consultation(held_on=held_on, notes=notes, next_step=next_step, noted_by_id=by.id, noted_at=now)
    made.consultations.append(noted)
    return noted


def late_replies(found: Select[Any], now: datetime) -> Select[Any]:
    """Of the replies in `found`, those nobody acknowledged in time."""
    return found.where(ParticipationReply.state == ReplyState.SENT, ParticipationReply.due_at < now)


def number_of_late_replies(now: datetime) -> int:
    """How many replies nobody acknowledged in time."""
    return db.session.scalars(late_replies(select(func.count(ParticipationReply.id)), now)).one()


def tell_sender(made: ParticipationReply, kind: str, now: datetime) -> None:
    """Queue a mail of `kind` about the reply to whoever sent it."""
    queue(
        kind,
        f"{kind}:{made.id}:{now:%Y%m%d%H%M%S%f}",
        Recipient(made.email, made.name, made.locale),
        now,
        reply=made.id,
    )
