"""What came of needs: the briefings that present them, the replies and the match, for their public pages."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.participation.models import ParticipationReply, ReplyState, Visibility
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot


def briefings_presenting(need: Need) -> list[Briefing]:
    """Every listed briefing with a slot for it, the earliest first; called-off ones left out."""
    presents = Briefing.slots.any(PresenterSlot.need_id == need.id)
    announced = select(Briefing).where(presents, LISTED, Briefing.state == BriefingState.PUBLISHED)
    return list(db.session.scalars(announced.order_by(Briefing.starts_at)))


def next_briefings(needs: Iterable[Need], now: datetime) -> dict[int, Briefing]:
    """The next listed briefing of each need that has one, by the need's id; one query."""
    ids = [need.id for need in needs]
    coming = select(PresenterSlot.need_id, Briefing).join(PresenterSlot.briefing).where(PresenterSlot.need_id.in_(ids))
    coming = coming.where(LISTED, Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now)
    latest_first = db.session.execute(coming.order_by(Briefing.starts_at.desc())).all()
    return {need_id: briefing for need_id, briefing in latest_first}


def replies_to(need: Need) -> int:
    """How many organizations have answered it and did not take that back."""
    counted = select(func.count()).where(ParticipationReply.need_id == need.id)
    return db.session.scalars(counted.where(ParticipationReply.state != ReplyState.WITHDRAWN)).one()


def standing_replies() -> int:
    """How many replies there are altogether that were not taken back."""
    counted = select(func.count(ParticipationReply.id)).where(ParticipationReply.state != ReplyState.WITHDRAWN)
    return db.session.scalars(counted).one()


def public_replies(need: Need) -> list[ParticipationReply]:
    """The replies whose senders let everyone read them, with their organizations, the first one first."""
    found = select(ParticipationReply).where(
        ParticipationReply.need_id == need.id,
        ParticipationReply.visibility == Visibility.PUBLIC,
        ParticipationReply.state.not_in((ReplyState.WITHDRAWN, ReplyState.DECLINED)),
    )
    with_names = joinedload(ParticipationReply.organization)
    return list(db.session.scalars(found.options(with_names).order_by(ParticipationReply.sent_at)))
