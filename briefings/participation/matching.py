"""Joint work agreed on a need: recorded by its owner with every organization in it."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.participation.answering import tell_sender
from briefings.participation.models import Match, MatchOrganization, ParticipationReply, ReplyState


def record_match(
    need: Need,
    replies: Iterable[ParticipationReply],
    contributions: Mapping[int, str],
    matched_on: date,
    summary: str,
    by: User,
    today: date,
    now: datetime,
) -> Match:
    """Joint work was agreed between the owner and the organizations of `replies`.

    `contributions` says by organization id what each brings. A need has one match; organizations that join later are
    added to it. Refused without a partner.
    """
    partners = list(replies)
    if not partners:
        raise Refused(N_("함께하기로 한 기관을 하나 이상 골라 주세요."), field="partners")
    if matched_on > today:
        raise Refused(N_("성사된 날은 오늘이거나 지난 날이어야 합니다."), field="matched_on")
    lock(need)
    match = match_of(need) or Match(need=need, matched_on=matched_on, recorded_by_id=by.id, recorded_at=now)
    match.summary, match.matched_on = summary, matched_on
    _join(match, need.organization_id, contributions)
    for made in partners:
        lock(made)
        if made.state is not ReplyState.MATCHED:
            made.match(now)
            tell_sender(made, "reply_matched", now)
        _join(match, made.organization_id, contributions)
    match.confirmed_at = match.confirmed_at or now
    db.session.add(match)
    need.matched_at = need.matched_at or now
    return match


def match_of(need: Need) -> Match | None:
    """The match of a need with its organizations, if there is one."""
    found = select(Match).where(Match.need_id == need.id)
    return db.session.scalar(
        found.options(selectinload(Match.organizations).joinedload(MatchOrganization.organization))
    )


def partners_possible(need: Need) -> list[ParticipationReply]:
    """The replies a match on this need can name, oldest first."""
    refused = (ReplyState.DECLINED, ReplyState.WITHDRAWN)
    found = select(ParticipationReply).where(
        ParticipationReply.need_id == need.id, ParticipationReply.state.not_in(refused)
    )
    return list(
        db.session.scalars(
            found.options(joinedload(ParticipationReply.organization)).order_by(ParticipationReply.sent_at)
        )
    )


def _join(match: Match, organization_id: int, contributions: Mapping[int, str]) -> None:
    known = {joined.organization_id: joined for joined in match.organizations}
    joined = known.get(organization_id)
    if joined is None:
        joined = MatchOrganization(organization_id=organization_id)
        match.organizations.append(joined)
    joined.contribution = contributions.get(organization_id, joined.contribution or "")
