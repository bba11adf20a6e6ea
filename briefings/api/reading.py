"""Finding what other programs ask for: what everybody may see, a page at a time, by a constant number of queries."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.db import db
from briefings.needs.finding import PUBLIC
from briefings.needs.models import Need, Round, need_themes
from briefings.organizations.finding import name_key
from briefings.organizations.models import Organization, OrganizationKind
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.participation.matching import public_match_of


class Part(NamedTuple):
    """Some rows of a list, and how many there are altogether."""

    rows: Sequence[Any]
    total: int


def part_of(found: Select[Any], page: int, per_page: int) -> Part:
    """One page of the rows of a statement."""
    total = db.session.scalar(select(func.count()).select_from(found.order_by(None).options().subquery())) or 0
    return Part(db.session.execute(found.limit(per_page).offset((page - 1) * per_page)).unique().all(), total)


def organizations(words: str, kind: OrganizationKind | None, page: int, per_page: int) -> Part:
    """Organizations everybody may know of, by name, each with the numbers of its public needs and matches."""
    found = select(Organization, *_numbers()).where(_known())
    for word in words.split():
        found = found.where(Organization.name_key.contains(name_key(word), autoescape=True))
    if kind is not None:
        found = found.where(Organization.kind == kind)
    return part_of(found.order_by(Organization.name, Organization.id), page, per_page)


def organization(organization_id: int) -> Any:
    """One of them with its numbers; None for any other: that somebody of it signed up is nobody's business."""
    return db.session.execute(
        select(Organization, *_numbers()).where(_known(), Organization.id == organization_id)
    ).first()


def announced_rounds(page: int, per_page: int) -> Part:
    """Every round that was announced, the latest to close first."""
    found = select(Round).where(Round.announced_at.is_not(None))
    return part_of(found.order_by(Round.closes_at.desc(), Round.id.desc()), page, per_page)


def public_matches(conditions: Sequence[ColumnElement[bool]] = ()) -> Select[Match]:
    """Matches that a partner confirms as they read now, on needs everybody may read, the latest first."""
    found = select(Match).join(Match.need).where(_shown(), *conditions)
    return found.order_by(Match.matched_on.desc(), Match.id.desc())


def matches(conditions: Sequence[ColumnElement[bool]], page: int, per_page: int) -> Part:
    """A page of them, complete."""
    return part_of(complete(public_matches(conditions)), page, per_page)


def complete(found: Select[Match]) -> Select[Match]:
    """With everything that is told of a match but its progress."""
    return found.options(
        joinedload(Match.need).joinedload(Need.organization),
        selectinload(Match.organizations).joinedload(MatchOrganization.organization),
    )


def about_theme(theme_id: int) -> ColumnElement[bool]:
    """Of a match: its need has the theme."""
    return Match.need_id.in_(select(need_themes.c.need_id).where(need_themes.c.theme_id == theme_id))


def match_on(need_id: int) -> Match | None:
    """The match on a public need, once both sides confirm it."""
    need = db.session.scalar(select(Need).where(Need.id == need_id, Need.state.in_(PUBLIC)))
    return public_match_of(need) if need else None


def progress_by_match(matches: Sequence[Match]) -> dict[int, list[MatchProgress]]:
    """By the id of each match what those who are in it tell everybody, the latest first, by one statement."""
    found = select(MatchProgress).where(MatchProgress.public, MatchProgress.match_id.in_([each.id for each in matches]))
    found = found.options(joinedload(MatchProgress.organization))
    standing = {match.id: {each.organization_id for each in match.standing} for match in matches}
    by_match: dict[int, list[MatchProgress]] = {match.id: [] for match in matches}
    for said in db.session.scalars(found.order_by(MatchProgress.happened_on.desc(), MatchProgress.id.desc())):
        if said.organization_id in standing[said.match_id]:
            by_match[said.match_id].append(said)
    return by_match


def _shown() -> ColumnElement[bool]:
    """Of a match with its need: everybody may read it (`Match.is_public`)."""
    is_partner = and_(
        MatchOrganization.match_id == Match.id,
        MatchOrganization.organization_id != Need.organization_id,
        MatchOrganization.confirmed_at.is_not(None),
        MatchOrganization.asked_at.is_(None),
    )
    return and_(Need.state.in_(PUBLIC), exists().where(is_partner))


def _needs_of() -> ColumnElement[bool]:
    return and_(Need.organization_id == Organization.id, Need.state.in_(PUBLIC))


def _joined() -> Select[Any]:
    """Shown matches in which an organization stands."""
    stands = and_(MatchOrganization.organization_id == Organization.id, MatchOrganization.confirmed_at.is_not(None))
    return select(MatchOrganization.match_id).where(stands, MatchOrganization.match_id.in_(_shown_ids()))


def _shown_ids() -> Select[Any]:
    return select(Match.id).join(Match.need).where(_shown())


def _known() -> ColumnElement[bool]:
    return or_(exists().where(_needs_of()), _joined().exists())


def _numbers() -> list[Any]:
    needs = select(func.count()).where(_needs_of()).correlate(Organization).scalar_subquery()
    joined = select(func.count()).select_from(_joined().correlate(Organization).subquery())
    return [needs, joined.scalar_subquery()]
