"""Finding needs: one organization's, the public ones, all of them for staff; and the themes and audiences."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.db import db
from briefings.needs.models import (
    Audience,
    Need,
    NeedState,
    NeedStatus,
    Region,
    Round,
    Stage,
    Theme,
    need_audiences,
    need_themes,
)
from briefings.needs.search_index import says
from briefings.organizations.models import Organization

PER_PAGE = 10
STAFF_PER_PAGE = 20
MOST_FOUND = 1000
"""Nobody leafs further through what a search finds, and to count on would cost as much as there is."""
FEW_ABOUT_BOTH = 2000
"""So many needs are named one by one."""
PUBLIC = (NeedState.PUBLISHED, NeedState.CLOSED)


class Returned(StrEnum):
    """A need that was sent back, by the day until which it is to be put right."""

    LATE = "returned-late"
    AHEAD = "returned-ahead"


@dataclass(frozen=True)
class Search:
    """What to look for; what is None does not matter."""

    q: str = ""
    theme: Theme | None = None
    audience: Audience | None = None
    region: Region | None = None
    stage: Stage | None = None
    status: NeedStatus | None = None
    state: NeedState | None = None
    round: Round | None = None
    key: bool = False
    """Only the key needs of their rounds."""
    by_title: bool = False
    page: int = 1
    own_themes: tuple[int, ...] = ()
    """Numbers of the themes of which a need must have one; none: all."""
    late: tuple[date, bool] | None = None
    """Of needs that were sent back: whether the day until which to put them right is over on this day."""


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


class Page(Pagination):
    """A page of needs. What a search finds is counted up to MOST_FOUND; there may be `more`."""

    def __init__(self, page: int, per_page: int, needs: list[Need], total: int) -> None:
        self.needs, self.found = needs, total
        self.more = False
        super().__init__(page=page, per_page=per_page, error_out=False)

    def _query_items(self) -> list[Need]:
        return self.needs

    def _query_count(self) -> int:
        return self.found


def public_needs(search: Search, per_page: int = PER_PAGE) -> Page:
    """A page of the needs anyone may read, newest first or by title."""
    order = (Need.title, Need.id) if search.by_title else (Need.published_at.desc(), Need.id.desc())
    found = select(Need.id).where(Need.state.in_(PUBLIC), *conditions_of(search))
    return _page(found, [found.order_by(*order)], search, per_page)


def all_needs(search: Search) -> Page:
    """A page of all needs for staff: what waits for a decision first, longest wait on top; then the last changed."""
    conditions, waits = conditions_of(search), Need.state == NeedState.SUBMITTED
    found = select(Need.id).where(*conditions)
    first = select(Need.id).where(waits, *conditions).order_by(Need.submitted_at, Need.id)
    then = select(Need.id).where(~waits, *conditions).order_by(Need.changed_at.desc(), Need.id.desc())
    of_one_state = [first] if search.state is NeedState.SUBMITTED else [then]
    return _page(found, of_one_state if search.state else [first, then], search, STAFF_PER_PAGE)


def every_need(search: Search) -> Select[Need]:
    """All of what `all_needs` shows page by page, in the same order."""
    waits = Need.state == NeedState.SUBMITTED
    waiting_first = (case((waits, 0), else_=1), case((waits, Need.submitted_at)), case((waits, Need.id)))
    return select(Need).where(*conditions_of(search)).order_by(*waiting_first, Need.changed_at.desc(), Need.id.desc())


def counts_by_state() -> dict[NeedState, int]:
    """How many needs there are in each state, 0 included."""
    # All at once while an index is walked: to group them, SQLite would sort them. Most needs are published; those are
    # what the others leave of all, which are counted without a look at their states.
    others = [state for state in NeedState if state is not NeedState.PUBLISHED]
    of_all = select(func.count()).select_from(Need).correlate(None).scalar_subquery()
    of_each = select(*(func.count().filter(Need.state == state) for state in others), of_all)
    *numbers, total = db.session.execute(of_each.where(Need.state != NeedState.PUBLISHED)).one()
    found = dict(zip(others, numbers, strict=True)) | {NeedState.PUBLISHED: total - sum(numbers)}
    return {state: found[state] for state in NeedState}


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


def conditions_of(search: Search) -> list[ColumnElement[bool]]:
    """What an index says at once comes first: SQLite asks in this order."""
    exactly = {Need.stage: search.stage, Need.state: search.state, Need.round_id: search.round and search.round.id}
    conditions = [column == value for column, value in exactly.items() if value]
    if search.region:
        # What is meant for the whole country is meant for this province too.
        conditions.append(Need.region.in_((search.region, Region.NATIONWIDE)))
    if search.status:
        conditions.append(with_status(search.status))
    if search.key:
        conditions.append(Need.key_since.is_not(None))
    if search.own_themes:
        conditions.append(_among(select(need_themes.c.need_id).where(need_themes.c.theme_id.in_(search.own_themes))))
    if search.late and search.state is NeedState.RETURNED:
        today, is_over = search.late
        conditions.append(is_overdue(today) if is_over else ~func.coalesce(is_overdue(today), False))
    return conditions + _about(search) + says(search.q.split())


def is_overdue(today: date) -> ColumnElement[bool]:
    """Of a need that was sent back: it was not put right in time."""
    return Need.return_due_on < today


def _about(search: Search) -> list[ColumnElement[bool]]:
    """Conditions for theme and audience. Of few needs about both each is named: nothing else has to be gone through."""
    wanted = [
        column == topic.id
        for column, topic in ((need_themes.c.theme_id, search.theme), (need_audiences.c.audience_id, search.audience))
        if topic
    ]
    if len(wanted) == 2:
        together = need_themes.join(need_audiences, need_audiences.c.need_id == need_themes.c.need_id)
        about_both = select(need_themes.c.need_id).select_from(together).where(*wanted).limit(FEW_ABOUT_BOTH + 1)
        few = list(db.session.scalars(about_both))
        if len(few) <= FEW_ABOUT_BOTH:
            return [Need.id.in_(few)]
    return [_among(select(each.left.table.c.need_id).where(each)) for each in wanted]


def _among(ids: Any) -> ColumnElement[bool]:
    """In a list of ids that may be long: the index of needs is walked and the list asked, never the other way round.

    Fetching tens of thousands of rows one by one takes longer than going through all keys; the sum keeps SQLite off.
    """
    return (Need.id + 0).in_(ids)


def _complete(found: Select[Need]) -> Select[Need]:
    """With everything a page shows, in a fixed number of queries."""
    return found.options(joinedload(Need.organization), selectinload(Need.themes), selectinload(Need.audiences))


def _page(found: Select[int], lists: list[Select[int]], search: Search, per_page: int) -> Page:
    """A page of what is `found`, out of lists of ids that are it one after the other.

    Ids come out of indexes alone: among a hundred thousand needs only those shown are read.
    """
    start, chosen, before, many = (search.page - 1) * per_page, list[int](), 0, False
    for ids in lists:
        offset, wanted = max(start - before, 0), per_page - len(chosen)
        # Looking for a few among many takes longest: those are found and counted at once.
        first = list(db.session.scalars(ids.limit(MOST_FOUND + 1)))
        many = many or len(first) > MOST_FOUND
        if search.q or len(first) <= MOST_FOUND or offset + wanted <= len(first):
            chosen += first[offset : offset + wanted]
            before += len(first)
        else:
            chosen += db.session.scalars(ids.limit(wanted).offset(offset))
            before += _number(ids) if len(chosen) < per_page else 0
        if many and len(chosen) == per_page:
            break
    rows = {need.id: need for need in db.session.scalars(_complete(select(Need)).where(Need.id.in_(chosen)))}
    page = Page(search.page, per_page, [rows[need_id] for need_id in chosen], before)
    if many:
        page.more = bool(search.q)
        page.total = MOST_FOUND if page.more else _number(found)
    return page


def _number(ids: Select[int]) -> int:
    return db.session.scalars(select(func.count()).select_from(ids.order_by(None).subquery())).one()
