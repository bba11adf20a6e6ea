"""Briefings that are over are told of once: the clock ends them, so somebody has to look."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.db import db
from briefings.schedule.models import Briefing, BriefingState
from briefings.webhooks.announcing import announce_ended, is_wanted
from briefings.webhooks.events import Event

LOOKED_BACK = timedelta(days=1)
"""A worker that stood still longer than that tells of no more ends: they are no news."""


def announce_those_over(now: datetime) -> None:
    """Tell of every briefing that ended lately, if anybody wants to know; of none twice."""
    if not is_wanted(Event.BRIEFING_ENDED):
        return
    over = (Briefing.ends_at <= now, Briefing.ends_at > now - LOOKED_BACK)
    for briefing in db.session.scalars(select(Briefing).where(Briefing.state == BriefingState.PUBLISHED, *over)):
        announce_ended(briefing, briefing.ends_at)
