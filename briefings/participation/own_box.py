"""What somebody replied to the needs of a briefing, on the own page of their registration."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.live.boxes import Box
from briefings.needs.models import Need
from briefings.participation.models import ParticipationReply, ReplyColleague, ReplyState
from briefings.participation.words import REPLY_TONES
from briefings.schedule.models import Phase, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState


def own_box(registration: Registration, now: datetime) -> Box | None:
    """How far each reply came, and before the start the way to write one, which the page itself gives later.

    None where there is neither. The replies themselves are opened by the links that were mailed for them.
    """
    stands = registration.state is not RegistrationState.CANCELLED
    may_write = stands and registration.briefing.phase(now) not in (Phase.LIVE, Phase.ENDED, Phase.CANCELLED)
    replies = _replies_of(registration)
    if not replies and not may_write:
        return None
    return Box("participation/own_box.html", {"replies": replies, "tones": REPLY_TONES, "may_write": may_write})


def _replies_of(registration: Registration) -> list[ParticipationReply]:
    """Those that stand, sent or joined from this address, in the order of the programme."""
    address = registration.email
    joined = ParticipationReply.colleagues.any(
        (ReplyColleague.email == address) & ReplyColleague.accepted_at.is_not(None)
    )
    found = (
        select(ParticipationReply)
        .join(PresenterSlot, PresenterSlot.need_id == ParticipationReply.need_id)
        .where(PresenterSlot.briefing_id == registration.briefing_id)
        .where(ParticipationReply.state != ReplyState.WITHDRAWN, (ParticipationReply.email == address) | joined)
        .order_by(PresenterSlot.position)
        .options(joinedload(ParticipationReply.need).joinedload(Need.organization))
    )
    return list(db.session.scalars(found))
