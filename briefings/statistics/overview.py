"""Every briefing in one line: what staff compare."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from briefings.db import db
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.participation.match_models import Match
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState


@dataclass(frozen=True)
class Line:
    """One briefing with its four figures."""

    briefing: Briefing
    registered: int
    attended: int
    new_replies: int
    matches: int


def overview(briefings: Sequence[Briefing]) -> list[Line]:
    """A line for each briefing, by four queries however many there are."""
    ids = [briefing.id for briefing in briefings]
    confirmed = select(Registration.briefing_id, func.count()).where(
        Registration.state == RegistrationState.CONFIRMED, Registration.briefing_id.in_(ids)
    )
    present = (
        select(Registration.briefing_id, func.count())
        .join(Attendance, Attendance.registration_id == Registration.id)
        .where(Registration.briefing_id.in_(ids), was_there())
    )
    of_slots = select(PresenterSlot.briefing_id, func.count()).join(Briefing, Briefing.id == PresenterSlot.briefing_id)
    replied = of_slots.join(ParticipationReply, ParticipationReply.need_id == PresenterSlot.need_id).where(
        PresenterSlot.briefing_id.in_(ids),
        ParticipationReply.sent_at >= Briefing.starts_at,
        ParticipationReply.state != ReplyState.WITHDRAWN,
    )
    matched = of_slots.join(Match, Match.need_id == PresenterSlot.need_id).where(
        PresenterSlot.briefing_id.in_(ids), Match.confirmed_at >= Briefing.starts_at
    )
    registered = _by_briefing(confirmed.group_by(Registration.briefing_id))
    attended = _by_briefing(present.group_by(Registration.briefing_id))
    replies = _by_briefing(replied.group_by(PresenterSlot.briefing_id))
    matches = _by_briefing(matched.group_by(PresenterSlot.briefing_id))
    return [
        Line(
            briefing,
            registered.get(briefing.id, 0),
            attended.get(briefing.id, 0),
            replies.get(briefing.id, 0),
            matches.get(briefing.id, 0),
        )
        for briefing in briefings
    ]


def _by_briefing(counted: Select[int, int]) -> dict[int, int]:
    return {briefing_id: number for briefing_id, number in db.session.execute(counted)}
