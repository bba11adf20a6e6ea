"""What goes out by itself about matches: partners who have not confirmed, and how it goes half a year later."""

from datetime import datetime, time, timedelta, tzinfo

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import joinedload

from briefings.calendar.holidays import working_days_from
from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.outbox.queueing import Draft, queue_many
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.matching import match_of
from briefings.participation.models import ParticipationReply
from briefings.participation.progressing import matches_to_ask
from briefings.participation.telling import repliers
from briefings.web.filters import local

WORKING_DAYS_TO_CONFIRM = 5
LONGEST_WAIT = timedelta(days=60)
"""Whoever was asked longer ago than that is not reminded any more: staff see it."""
LOOKED_BACK = timedelta(days=WORKING_DAYS_TO_CONFIRM)


def remind_unconfirmed(now: datetime, zone: tzinfo) -> int:
    """Remind, once, each partner who was asked five working days ago and has not spoken; how many mails were new."""
    waiting = MatchOrganization.asked_at.between(now - LONGEST_WAIT, now - LOOKED_BACK)
    new = 0
    for joined, made in db.session.execute(_with_replies(waiting)).all():
        if is_late(joined, now, zone):
            key = f"match_reminded:{made.id}:{joined.asked_at:%Y%m%d%H%M%S}"
            drafts = [Draft(f"{key}:{to.address}", to, {"reply": made.id}) for to in repliers(made)]
            new += queue_many("match_reminded", drafts, now, about=f"need:{made.need_id}")
    return new


def is_late(joined: MatchOrganization, now: datetime, zone: tzinfo) -> bool:
    """Whether five working days have gone by since a partner was asked."""
    if joined.asked_at is None:
        return False
    due = working_days_from(joined.asked_at.astimezone(zone).date(), WORKING_DAYS_TO_CONFIRM)
    return now.astimezone(zone).date() >= due


def late_before(now: datetime) -> datetime:
    """Whoever was asked before that moment, and has not spoken, is late."""
    today = local(now).date()
    day = today
    while working_days_from(day, WORKING_DAYS_TO_CONFIRM) > today:
        day -= timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(), local(now).tzinfo)


def ask_for_progress(now: datetime) -> int:
    """Ask both sides of the matches whose half year is over how it goes, once; how many mails were new."""
    new = 0
    for found in matches_to_ask(now):
        match = match_of(found.need)
        if match is None:
            continue
        drafts = [
            Draft(f"match_progress_asked:{match.id}:owner:{place}", to, {"need": match.need_id})
            for place, to in enumerate(owners_of(match.need))
        ]
        ids = [joined.organization_id for joined in match.standing]
        of_partners = (ParticipationReply.need_id == match.need_id, ParticipationReply.organization_id.in_(ids))
        for made in db.session.scalars(select(ParticipationReply).where(*of_partners)):
            key, about = f"match_progress_asked:{match.id}:{made.id}", {"need": match.need_id, "reply": made.id}
            drafts += [Draft(f"{key}:{to.address}", to, about) for to in repliers(made)]
        new += queue_many("match_progress_asked", drafts, now, about=f"need:{match.need_id}")
    return new


def number_unconfirmed(now: datetime) -> int:
    """How many partners were asked to confirm a match five working days ago or longer, and have not spoken."""
    waiting = MatchOrganization.asked_at < late_before(now)
    return db.session.scalars(select(func.count()).select_from(MatchOrganization).where(waiting)).one()


def number_objected() -> int:
    """In how many matches a partner says that it was otherwise than recorded."""
    objects = MatchOrganization.objected_at.is_not(None)
    return db.session.scalars(select(func.count(MatchOrganization.match_id.distinct())).where(objects)).one()


def _with_replies(condition: ColumnElement[bool]) -> Select[MatchOrganization, ParticipationReply]:
    of_it = (ParticipationReply.need_id == Match.need_id) & (
        ParticipationReply.organization_id == MatchOrganization.organization_id
    )
    found = select(MatchOrganization, ParticipationReply).join(Match).join(ParticipationReply, of_it)
    with_need = joinedload(ParticipationReply.need).joinedload(Need.organization)
    return found.where(condition).options(with_need).order_by(MatchOrganization.match_id)
