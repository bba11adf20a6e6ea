"""Finding needs: one organization's, the public ones, all of them for staff; and the themes and audiences."""

from dataclasses import dataclass
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.db import db
from briefings.needs.models import Audience, Need, NeedState, NeedStatus, Region, Round, Theme
from briefings.needs.search_index import says
from briefings.organizations.models import Organization

PER_PAGE = 10
STAFF_PER_PAGE = 20
PUBLIC = (NeedState.PUBLISHED, NeedState.CLOSED)


@dataclass(frozen=True)
class Search:
    """What to look for; what is None does not matter."""

    q: str = ""
    theme: Theme | None = None
    audience: Audience | None = None
    region: Region | None = None
    status: NeedStatus | None = None
    state: NeedState | None = None
    round: Round | None = None
    key: bool = False
    """Only the key needs of their rounds."""
    by_title: bool = False
    page: int = 1


def themes() -> list[Theme]:
    """All themes in the order staff gave them."""
    return list(db.session.scalars(select(Theme).order_by(Theme.position, Theme.id)))


def audiences() -> list[Audience]:
    """All audiences in the order staff gave them."""
    return list(db.session.scalars(select(Audience).order_by(Audience.position, Audience.id)))


def needs_of(organization: Organization) -> list[Need]:
    """Everything one organization ever registered: what waits for the owner first, what has ended last."""
    found = _complete(select(Need)).options(joinedload(Need.round)).where(Need.organization_id == organization.id)
    turn = case({NeedState.RETURNED: 0, NeedState.DRAFT: 1, NeedState.WITHDRAWN: 3}, value=Need.state, else_=2)
    return list(db.session.scalars(found.order_by(turn, Need.changed_at.desc(), Need.id.desc())))


def need_of(organization: Organization, need_id: int) -> Need | None:
    """One need of this organization; None for another's."""
    return db.session.scalar(_complete(select(Need)).where(Need.id == need_id, Need.organization_id == organization.id))


def need_numbered(need_id: int) -> Need | None:
    """Any need, for staff."""
    return db.session.scalar(_complete(select(Need)).where(Need.id == need_id))


def public_need(need_id: int) -> Need | None:
    """A need anyone may read; None for any other."""
    return db.session.scalar(_complete(select(Need)).where(Need.id == need_id, Need.state.in_(PUBLIC)))


def public_needs(search: Search) -> Pagination:
    """A page of the needs anyone may read, newest first or by title."""
    order = (Need.title, Need.id) if search.by_title else (Need.published_at.desc(), Need.id.desc())
    return _page([Need.state.in_(PUBLIC), *_conditions(search)], order, search.page, PER_PAGE)


def all_needs(search: Search) -> Pagination:
    """A page of all needs for staff: what waits for a decision first, longest wait on top; then the last changed."""
    waiting_since = case((Need.state == NeedState.SUBMITTED, Need.submitted_at)).asc().nulls_last()
    order = (waiting_since, Need.changed_at.desc(), Need.id.desc())
    return _page(_conditions(search), order, search.page, STAFF_PER_PAGE)


def counts_by_state() -> dict[NeedState, int]:
    """How many needs there are in each state, 0 included."""
    rows = db.session.execute(select(Need.state, func.count()).group_by(Need.state))
    counted = {state: number for state, number in rows}
    return {state: counted.get(state, 0) for state in NeedState}


def with_status(status: NeedStatus) -> ColumnElement[bool]:
    """The condition for `Need.status` among public needs."""
    if status is NeedStatus.MATCHED:
        return Need.matched_at.is_not(None)
    unmatched = Need.matched_at.is_(None)
    if status is NeedStatus.CLOSED:
        return unmatched & (Need.state == NeedState.CLOSED)
    consulting = (
        Need.consulting_since.is_not(None) if status is NeedStatus.CONSULTING else Need.consulting_since.is_(None)
    )
    return unmatched & (Need.state == NeedState.PUBLISHED) & consulting


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    conditions = says(search.q.split())
    if search.theme:
        conditions.append(Need.themes.contains(search.theme))
    if search.audience:
        conditions.append(Need.audiences.contains(search.audience))
    if search.region:
        # What is meant for the whole country is meant for this province too.
        conditions.append(Need.region.in_((search.region, Region.NATIONWIDE)))
    if search.status:
        conditions.append(with_status(search.status))
    if search.state:
        conditions.append(Need.state == search.state)
    if search.round:
        conditions.append(Need.round_id == search.round.id)
    if search.key:
        conditions.append(Need.key_since.is_not(None))
    return conditions


def _complete(found: Select[Need]) -> Select[Need]:
    """With everything a page shows, in a fixed number of queries."""
    return found.options(joinedload(Need.organization), selectinload(Need.themes), selectinload(Need.audiences))


def _page(conditions: list[ColumnElement[bool]], order: tuple[Any, ...], page: int, per_page: int) -> Pagination:
    found = _complete(select(Need).where(*conditions).order_by(*order))
    shown = db.paginate(found, page=page, per_page=per_page, error_out=False, count=False)
    # Counted here: the library would count over every column of every row found.
    shown.total = db.session.scalar(select(func.count(Need.id)).where(*conditions))
    return shown
