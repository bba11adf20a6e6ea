"""What the need's owner does with a reply: acknowledge, decline, consult, record a match."""

from collections.abc import Iterable, Mapping
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
from briefings.participation.models import Consultation, Match, MatchOrganization, ParticipationReply, ReplyState


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
    _tell_sender(made, "reply_acknowledged", now)


def decline(made: ParticipationReply, reason: str, now: datetime) -> None:
    """Say no with a reason; the sender hears it."""
    lock(made)
    made.decline(reason, now)
    _tell_sender(made, "reply_declined", now)


def note_consultation(
    made: ParticipationReply, held_on: date, notes: str, next_step: str, by: User, today: date, now: datetime
) -> Consultation:
    """Keep what was talked about; Refused for a day to come."""
    if held_on > today:
        raise Refused(N_("협의한 날은 오늘이거나 지난 날이어야 합니다."), field="held_on")
    lock(made.need)  # before the reply, as in `record_match`: neither waits for the other
    lock(made)
    made.begin_consultation(now)
    made.need.consulting_since = made.need.consulting_since or now
    noted = Consultation(held_on=held_on, notes=notes, next_step=next_step, noted_by_id=by.id, noted_at=now)
    made.consultations.append(noted)
    return noted


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
            _tell_sender(made, "reply_matched", now)
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


def late_replies(found: Select[Any], now: datetime) -> Select[Any]:
    """Of the replies in `found`, those nobody acknowledged in time."""
    return found.where(ParticipationReply.state == ReplyState.SENT, ParticipationReply.due_at < now)


def number_of_late_replies(now: datetime) -> int:
    """How many replies nobody acknowledged in time."""
    return db.session.scalars(late_replies(select(func.count(ParticipationReply.id)), now)).one()


def _join(match: Match, organization_id: int, contributions: Mapping[int, str]) -> None:
    known = {joined.organization_id: joined for joined in match.organizations}
    joined = known.get(organization_id)
    if joined is None:
        joined = MatchOrganization(organization_id=organization_id)
        match.organizations.append(joined)
    joined.contribution = contributions.get(organization_id, joined.contribution or "")


def _tell_sender(made: ParticipationReply, kind: str, now: datetime) -> None:
    queue(
        kind,
        f"{kind}:{made.id}:{now:%Y%m%d%H%M%S%f}",
        Recipient(made.email, made.name, made.locale),
        now,
        reply=made.id,
    )
