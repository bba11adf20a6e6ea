"""Joint work agreed on a need: recorded by its owner with every organization in it, confirmed by each partner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.outbox.queueing import queue
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.participation.replying import reply_of
from briefings.participation.telling import tell_repliers
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

STALE = N_("그사이 내용이 바뀌었습니다. 바뀐 내용을 읽고 다시 눌러 주세요.")
CONFIRMED_STAY = N_(
    "‘%(organization)s’은(는) 성사를 이미 확인해 뺄 수 없습니다. 사정이 달라졌으면 진행 소식에 적어 주세요."
)


@dataclass(frozen=True)
class Terms:
    """What is agreed on: who brings what by organization id, since when, what everybody may read."""

    contributions: Mapping[int, str]
    matched_on: date
    summary: str
    starts_on: date | None = None


def record_match(
    need: Need, replies: Iterable[ParticipationReply], terms: Terms, by: User, today: date, now: datetime
) -> Match:
    """The owner says what was agreed with the organizations of `replies`, who are asked to confirm it.

    A need has one match, which changes and grows: whoever's part reads otherwise than before, or who objected, is asked
    again; whoever is left out and has not confirmed is in it no more. Refused without a partner.
    """
    partners = {made.organization_id: made for made in replies}
    if not partners:
        raise Refused(N_("함께하기로 한 기관을 하나 이상 골라 주세요."), field="partners")
    if terms.matched_on > today:
        raise Refused(N_("성사된 날은 오늘이거나 지난 날이어야 합니다."), field="matched_on")
    lock(need)
    match = _recorded(need) or _begin(need, terms, by, now)
    changed = _rewrite(match, terms, now)
    for left in [partner for partner in match.partners if partner.organization_id not in partners]:
        _leave_out(match, left, now)
    for made in sorted(partners.values(), key=lambda made: made.id):  # so that nobody waits in a ring
        lock(made)
        if made.state is not ReplyState.MATCHED:
            made.begin_consultation(now)
        _join(match, made, terms, changed, now)
    need.consulting_since = need.consulting_since or now
    _settle(match)
    return match


def confirm(match: Match, organization_id: int, by: str, seen: datetime | None, now: datetime) -> None:
    """A partner says so too; the owner hears it. Refused if it reads otherwise than when it was `seen`."""
    joined, made = _hold(match, organization_id)
    if joined.asked_at != seen and not joined.agrees:
        raise Refused(STALE)
    _confirm(match, joined, made, by, now)


def confirm_on_paper(
    match: Match, organization_id: int, reason: str, by: User, seen: datetime | None, now: datetime
) -> None:
    """Staff have the partner's word in another way, which is kept as the reason; both sides hear that it counts.

    Refused if it reads otherwise than when it was `seen`.
    """
    joined, made = _hold(match, organization_id)
    if joined.asked_at != seen and not joined.agrees:
        raise Refused(STALE)
    _confirm(match, joined, made, by.name, now)
    record(by, "need.match_confirmed_on_paper", match.need, now, reason=reason, organization=organization_id)


def object_to(match: Match, organization_id: int, said: str, seen: datetime | None, now: datetime) -> None:
    """A partner says that it is otherwise; it counts no more for them, and the owner hears why."""
    joined, made = _hold(match, organization_id)
    if joined.asked_at != seen:
        raise Refused(STALE)
    joined.object(said, now)
    made.doubt()
    _settle(match)
    _tell_owner(match, "match_objected", made, now)


def match_of(need: Need) -> Match | None:
    """The match of a need with its organizations, if there is one; one without partners is none."""
    match = _recorded(need)
    return match if match and match.partners else None


def public_match_of(need: Need) -> Match | None:
    """The same once a partner agrees to how it reads."""
    match = match_of(need)
    return match if match and match.is_public else None


def partners_possible(need: Need) -> list[ParticipationReply]:
    """The replies a match on this need can name, oldest first."""
    refused = (ReplyState.DECLINED, ReplyState.ENDED, ReplyState.WITHDRAWN)
    found = select(ParticipationReply).where(
        ParticipationReply.need_id == need.id, ParticipationReply.state.not_in(refused)
    )
    return list(
        db.session.scalars(
            found.options(joinedload(ParticipationReply.organization)).order_by(ParticipationReply.sent_at)
        )
    )


def _recorded(need: Need) -> Match | None:
    found = select(Match).where(Match.need_id == need.id)
    return db.session.scalar(
        found.options(
            joinedload(Match.need), selectinload(Match.organizations).joinedload(MatchOrganization.organization)
        ).execution_options(populate_existing=True)
    )


def _begin(need: Need, terms: Terms, by: User, now: datetime) -> Match:
    match = Match(need=need, matched_on=terms.matched_on, summary="", recorded_by_id=by.id, recorded_at=now)
    db.session.add(match)
    return match


def _rewrite(match: Match, terms: Terms, now: datetime) -> bool:
    """Put what concerns all of them; whether it read otherwise before. Its owner confirms by writing it."""
    own = match.of(match.need.organization_id)
    if own is None:
        own = MatchOrganization(organization_id=match.need.organization_id, confirmed_at=now)
        match.organizations.append(own)
    before = (match.summary, match.matched_on, match.starts_on, own.contribution)
    match.summary, match.matched_on, match.starts_on = terms.summary, terms.matched_on, terms.starts_on
    own.contribution = terms.contributions.get(own.organization_id, own.contribution or "")
    own.confirmed_at = own.confirmed_at or now
    return before != (match.summary, match.matched_on, match.starts_on, own.contribution)


def _join(match: Match, made: ParticipationReply, terms: Terms, changed: bool, now: datetime) -> None:
    joined = match.of(made.organization_id)
    is_new = joined is None
    if joined is None:
        joined = MatchOrganization(organization_id=made.organization_id, contribution="")
        match.organizations.append(joined)
    before = joined.contribution
    joined.contribution = terms.contributions.get(made.organization_id, before)
    if is_new or changed or joined.contribution != before or joined.objected_at:
        joined.ask(now)
        tell_repliers(made, "match_asked", now)


def _leave_out(match: Match, joined: MatchOrganization, now: datetime) -> None:
    if joined.confirmed_at:
        raise Refused(CONFIRMED_STAY, field="partners", organization=joined.organization.name)
    made = reply_of(joined.organization, match.need)
    match.organizations.remove(joined)
    if made is not None and joined.asked_at:
        tell_repliers(made, "match_left_out", now)


def _hold(match: Match, organization_id: int) -> tuple[MatchOrganization, ParticipationReply]:
    """The partner and its reply, held in the order in which everybody takes them, as they are now."""
    lock(match.need)
    held = match_of(match.need)
    joined = held.of(organization_id) if held else None
    made = reply_of(joined.organization, match.need) if joined else None
    if joined is None or made is None:
        raise Refused(STALE)
    lock(made)
    return joined, made


def _confirm(match: Match, joined: MatchOrganization, made: ParticipationReply, by: str, now: datetime) -> None:
    joined.confirm(by, now)
    if made.state is not ReplyState.MATCHED:
        made.match(now)
        tell_repliers(made, "reply_matched", now)
    _settle(match)
    _tell_owner(match, "match_confirmed", made, now)


def _settle(match: Match) -> None:
    before = match.confirmed_at
    match.settle()
    if match.confirmed_at and not before and match.is_public:
        announce(Event.MATCH_CONFIRMED, match, match.confirmed_at)
    match.need.matched_at = match.confirmed_at


def _tell_owner(match: Match, kind: str, made: ParticipationReply, now: datetime) -> None:
    for place, to in enumerate(owners_of(match.need)):
        key = f"{kind}:{made.id}:{now:%Y%m%d%H%M%S%f}:{place}"
        queue(kind, key, to, now, about=f"need:{match.need_id}", reply=made.id)
