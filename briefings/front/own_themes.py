"""What an officer answers for: the themes that were given to them, each with what waits there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from briefings.accounts.models import User
from briefings.db import db
from briefings.needs.models import Need, NeedState, Theme, need_themes, officer_themes
from briefings.participation.answering import late_replies
from briefings.participation.models import ParticipationReply
from briefings.schedule.grouping import is_open
from briefings.schedule.models import Briefing, BriefingState


@dataclass(frozen=True)
class OwnTheme:
    """A theme, how many of its needs wait for a decision and for a briefing, late replies, and its next briefing."""

    theme: Theme
    submitted: int
    open: int
    late: int
    next: Briefing | None


def own_themes(user: User, now: datetime) -> list[OwnTheme]:
    """The themes of one officer in their order, by five statements; none for who answers for all of them."""
    given = select(Theme).join(officer_themes).where(officer_themes.c.user_id == user.id).order_by(Theme.position)
    themes = list(db.session.scalars(given))
    if not themes:
        return []
    ids = [theme.id for theme in themes]
    needs = select(need_themes.c.theme_id, func.count(Need.id)).join(Need, Need.id == need_themes.c.need_id)
    replies = select(need_themes.c.theme_id, func.count(ParticipationReply.id))
    replies = replies.join(ParticipationReply, ParticipationReply.need_id == need_themes.c.need_id)
    submitted = _by_theme(needs.where(Need.state == NeedState.SUBMITTED), ids)
    waiting = _by_theme(needs.where(*is_open(now)), ids)
    late, coming = _by_theme(late_replies(replies, now), ids), _next_of(ids, now)
    return [
        OwnTheme(
            theme, submitted.get(theme.id, 0), waiting.get(theme.id, 0), late.get(theme.id, 0), coming.get(theme.id)
        )
        for theme in themes
    ]


def _by_theme(counted: Select[Any], ids: list[int]) -> dict[int, int]:
    of_these = counted.where(need_themes.c.theme_id.in_(ids)).group_by(need_themes.c.theme_id)
    return {theme_id: number for theme_id, number in db.session.execute(of_these)}


def _next_of(ids: list[int], now: datetime) -> dict[int, Briefing]:
    """The next announced briefing of each theme."""
    place = func.row_number().over(partition_by=Briefing.theme_id, order_by=(Briefing.starts_at, Briefing.id))
    coming = (Briefing.state == BriefingState.PUBLISHED, Briefing.ends_at > now, Briefing.theme_id.in_(ids))
    placed = select(Briefing.id, place.label("place")).where(*coming).subquery()
    found = select(Briefing).join(placed, placed.c.id == Briefing.id).where(placed.c.place == 1)
    return {briefing.theme_id: briefing for briefing in db.session.scalars(found)}
