"""How joint work goes on: written by both sides, public or not, asked for half a year later."""

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.participation.match_models import Match, MatchProgress
from briefings.participation.matching import match_of


def add_progress(
    need: Need, organization_id: int, happened_on: date, text: str, public: bool, by: str, today: date, now: datetime
) -> MatchProgress:
    """Keep what an organization says of the joint work; Refused for one that is not in it, or for a day to come."""
    if happened_on > today:
        raise Refused(N_("오늘이거나 지난 날을 적어 주세요."), field="happened_on")
    lock(need)
    match = match_of(need)
    if match is None or organization_id not in {joined.organization_id for joined in match.standing}:
        raise Refused(N_("성사를 두 기관이 확인한 뒤에 진행 소식을 적을 수 있습니다."))
    if happened_on < match.matched_on:
        raise Refused(N_("성사된 날보다 앞선 날입니다."), field="happened_on")
    said = MatchProgress(
        match_id=match.id,
        organization_id=organization_id,
        happened_on=happened_on,
        text=text,
        public=public,
        written_by=by,
        written_at=now,
    )
    db.session.add(said)
    return said


def progress_of(match: Match | None, public_only: bool = False) -> list[MatchProgress]:
    """What was said of it, the latest first; for everybody only what is public, of those who are in it still."""
    if match is None:
        return []
    found = select(MatchProgress).where(MatchProgress.match_id == match.id)
    if public_only:
        standing = [joined.organization_id for joined in match.standing]
        found = found.where(MatchProgress.public, MatchProgress.organization_id.in_(standing))
    in_order = found.order_by(MatchProgress.happened_on.desc(), MatchProgress.id.desc())
    return list(db.session.scalars(in_order.options(joinedload(MatchProgress.organization))))


def take_away(need: Need, organization_id: int, progress_id: int) -> None:
    """An organization takes back what it said itself; Refused for what another said, or what is gone."""
    lock(need)
    said = _said(need, progress_id)
    if said is None or said.organization_id != organization_id:
        raise Refused(N_("그사이 지워진 소식입니다."))
    db.session.delete(said)


def hide(need: Need, progress_id: int, reason: str, by: User, now: datetime) -> None:
    """Staff let the two sides alone read it, for a reason that is kept."""
    lock(need)
    said = _said(need, progress_id)
    if said is None or not said.public:
        raise Refused("공개한 소식이 아닙니다.")
    said.public = False
    record(by, "need.match_progress_hidden", need, now, reason=reason)


def _said(need: Need, progress_id: int) -> MatchProgress | None:
    found = select(MatchProgress).join(Match).where(MatchProgress.id == progress_id, Match.need_id == need.id)
    return db.session.scalar(found)


AFTER = timedelta(days=182)
"""So long after a match was confirmed both sides are asked how it goes, unless they have told it lately."""
STILL = timedelta(days=30)
"""So long after that moment nobody is asked any more: the program was away."""


def matches_to_ask(now: datetime) -> list[Match]:
    """The matches whose half year is over these days and of which nobody has told anything meanwhile."""
    told = exists().where(MatchProgress.match_id == Match.id, MatchProgress.written_at > now - AFTER)
    due = Match.confirmed_at.between(now - AFTER - STILL, now - AFTER)
    return list(db.session.scalars(select(Match).where(due, ~told).options(joinedload(Match.need))))
