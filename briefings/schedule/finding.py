"""Looking briefings and registrations up for the pages, in few statements: places are counted, never stored."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from flask_sqlalchemy.pagination import Pagination, SelectPagination
from sqlalchemy import ScalarSelect, and_, bindparam, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload
from sqlalchemy.sql.base import ExecutableOption

from briefings.audit.models import AuditEntry
from briefings.db import db, looked_up
from briefings.needs.models import Audience, Theme
from briefings.schedule.models import Briefing, BriefingState, Visibility
from briefings.schedule.registration_models import STANDING, Registration, RegistrationState

PER_PAGE = 20
LISTED = and_(Briefing.state != BriefingState.DRAFT, Briefing.visibility == Visibility.LISTED)
"""What stands in public lists, feeds, search and the sitemap; pages by their address show what is unlisted as well."""
_PLACES_NUMBERED = """
SELECT id, capacity,
  (SELECT count(*) FROM registrations WHERE briefing_id = briefings.id AND state = 'confirmed'),
  (SELECT count(*) FROM registrations WHERE briefing_id = briefings.id AND state = 'waitlisted')
FROM briefings WHERE id {among}"""


class Places(NamedTuple):
    """How many places there are (None: no limit), how many are taken, and how many people wait."""

    capacity: int | None
    confirmed: int
    waiting: int

    @property
    def free(self) -> int | None:
        """Places a newcomer may take; None where there is no limit.

        The line leaves none free that anybody in it could have: who waits there waits for several at once.
        """
        return None if self.capacity is None else max(self.capacity - self.confirmed, 0)

    @property
    def full(self) -> bool:
        """Whether a newcomer would have to wait."""
        return self.free == 0


class Seen(NamedTuple):
    """A briefing with its places, as a list or a page shows it."""

    briefing: Briefing
    places: Places


@dataclass(frozen=True)
class Search:
    """Which briefings to list; what is None does not matter."""

    past: bool = False
    theme_id: int | None = None
    audience_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Those that start from `since` on and before `until`."""


def published(public_id: str) -> Seen | None:
    """A briefing everybody may see, with its places, in one statement; None for drafts and unknown ids."""
    row = db.session.execute(_PUBLISHED, {"public_id": public_id}).first()
    return None if row is None else _seen(row)


def start_before(briefing: Briefing) -> datetime | None:
    """When it was to begin before staff moved it last; None where it begins as it was announced."""
    if not briefing.sequence:  # neither moved nor called off: nothing to look up
        return None
    moves = select(AuditEntry.detail).where(AuditEntry.about_type == Briefing.__tablename__)
    moves = moves.where(AuditEntry.about_id == briefing.id, AuditEntry.action == "briefing.moved")
    for detail in db.session.scalars(moves.order_by(AuditEntry.id.desc())):
        if starts := detail.get("changed", {}).get("starts_at"):
            return datetime.fromisoformat(starts[0])
    return None


class _PageOfSeen(SelectPagination):
    """Briefings with their places, by one statement that counts for those of the page alone."""

    def _query_items(self) -> list[Seen]:
        page = self._query_args["select"].limit(self.per_page).offset(self._query_offset).subquery()
        found = select(Briefing, *_counts()).join(page, page.c.id == Briefing.id).order_by(*self._query_args["order"])
        return [_seen(row) for row in db.session.execute(found.options(*_with_names()))]


def _seen(row: Any) -> Seen:
    briefing, confirmed, waiting = row
    return Seen(briefing, Places(briefing.capacity, confirmed, waiting))


def listed(search: Search, now: datetime, page: int, per_page: int = PER_PAGE) -> Pagination:
    """A page of `Seen`: briefings to come, the next first; or those that are over, the latest first."""
    which = Briefing.ends_at <= now if search.past else Briefing.ends_at > now
    found = select(Briefing.id).where(LISTED, which)
    if search.theme_id:
        found = found.where(Briefing.theme_id == search.theme_id)
    if search.audience_id:
        found = found.where(Briefing.audience_id == search.audience_id)
    if search.since:
        found = found.where(Briefing.starts_at >= search.since)
    if search.until:
        found = found.where(Briefing.starts_at < search.until)
    at = Briefing.starts_at.desc() if search.past else Briefing.starts_at.asc()
    order = at, Briefing.id
    asked: dict[str, Any] = {"select": found.order_by(*order), "order": order, "session": db.session}
    return _PageOfSeen(page=page, per_page=per_page, max_per_page=None, error_out=False, **asked)


def starting_between(first: datetime, last: datetime) -> list[Briefing]:
    """Listed briefings that start from `first` on and before `last`, in order."""
    found = select(Briefing).where(LISTED, Briefing.starts_at >= first, Briefing.starts_at < last)
    return list(db.session.scalars(found.order_by(Briefing.starts_at, Briefing.id).options(*_with_names())))


def topics(theme_id: int | None = None, audience_id: int | None = None) -> tuple[list[Theme], list[Audience]]:
    """The themes and the audiences that have listed briefings, in the order staff gave them; those named as well."""
    found = select(Theme, Audience).select_from(Briefing).join(Briefing.theme).join(Briefing.audience)
    pairs = db.session.execute(found.where(LISTED).distinct()).all()
    themes, audiences = {theme for theme, _ in pairs}, {audience for _, audience in pairs}
    if theme_id is not None and (theme := db.session.get(Theme, theme_id)):
        themes.add(theme)
    if audience_id is not None and (audience := db.session.get(Audience, audience_id)):
        audiences.add(audience)
    return sorted(themes, key=lambda row: row.position), sorted(audiences, key=lambda row: row.position)


def places_of(briefing: Briefing) -> Places:
    """The places of one briefing, as they are in this transaction."""
    return places_of_each([briefing])[briefing.id]


def places_of_each(briefings: Sequence[Briefing]) -> dict[int, Places]:
    """By the id of each briefing its places, by one statement."""
    columns = (Registration.briefing_id, Registration.state, func.count())
    of_these = Registration.briefing_id.in_([briefing.id for briefing in briefings])
    found = select(*columns).where(of_these, Registration.state.in_(STANDING))
    grouped = db.session.execute(found.group_by(Registration.briefing_id, Registration.state))
    counts = {(briefing_id, state): count for briefing_id, state, count in grouped}
    return {
        briefing.id: Places(briefing.capacity, *(counts.get((briefing.id, state), 0) for state in STANDING))
        for briefing in briefings
    }


def places_numbered(numbers: Sequence[int]) -> dict[int, Places]:
    """By number the places of briefings as they are at this moment, by one statement of its own."""
    return {number: Places(*places) for number, *places in looked_up(_PLACES_NUMBERED, numbers)}


def coming_of(email: str, now: datetime) -> list[Registration]:
    """What an address is registered for and is still to come, the next first, each with its briefing."""
    found = select(Registration).join(Registration.briefing).options(contains_eager(Registration.briefing))
    coming = found.where(
        Registration.email == email,
        Registration.state != RegistrationState.CANCELLED,
        Briefing.state == BriefingState.PUBLISHED,
        Briefing.ends_at > now,
    )
    return list(db.session.scalars(coming.order_by(Briefing.starts_at, Briefing.id)))


def place_in_line(registration: Registration) -> int:
    """1 for whoever gets the next free place, and so on; only for people on the waiting list."""
    before = or_(
        Registration.waiting_since < registration.waiting_since,
        and_(Registration.waiting_since == registration.waiting_since, Registration.id <= registration.id),
    )
    of_briefing = (Registration.briefing_id == registration.briefing_id, before)
    waiting = select(func.count()).where(*of_briefing, Registration.state == RegistrationState.WAITLISTED)
    return db.session.scalars(waiting).one()


def party_of(registration: Registration) -> int:
    """How many wait together with a registration that came with colleagues, itself counted."""
    of_party = (Registration.briefing_id == registration.briefing_id, Registration.party == registration.party)
    waiting = select(func.count()).where(*of_party, Registration.state == registration.state)
    return db.session.scalars(waiting).one()


def _counts() -> list[ScalarSelect[int]]:
    """Columns for a statement about briefings: how many have a place, how many wait."""
    of_briefing = Registration.briefing_id == Briefing.id
    counted = select(func.count()).select_from(Registration).where(of_briefing)
    return [counted.where(Registration.state == state).correlate(Briefing).scalar_subquery() for state in STANDING]


def _with_names() -> tuple[ExecutableOption, ...]:
    return joinedload(Briefing.theme), joinedload(Briefing.audience)


_PUBLISHED = (
    select(Briefing, *_counts())
    .where(Briefing.public_id == bindparam("public_id"), Briefing.state != BriefingState.DRAFT)
    .options(*_with_names())
)
