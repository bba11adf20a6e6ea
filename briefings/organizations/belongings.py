"""What names an organization: told by the slices it belongs to (`BELONGINGS`), collected in app.py.

All of it goes along when two organizations turn out to be one; a foreign key that nobody tells of fails a test.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, or_, select, update
from sqlalchemy.orm import aliased

from briefings.accounts.models import User
from briefings.db import db
from briefings.organizations.models import Membership, OtherName, ToldApart


class Hindrance(NamedTuple):
    """Why two organizations cannot be one, and the page on which that is put right."""

    words: str
    endpoint: str = ""
    values: Mapping[str, Any] = {}


class Pair(NamedTuple):
    """Two organizations that are to be one, by their ids."""

    gone: int
    stays: int


def _no_hindrance(pair: Pair) -> Iterable[Hindrance]:
    return ()


def _nothing_double(pair: Pair, now: datetime) -> None:
    """Every row may simply name the other."""


def _nothing_kept(organization_id: int) -> None:
    """The name stands nowhere else."""


@dataclass(frozen=True)
class Belonging:
    """Rows that name an organization in `column`, under the `key` by which the audit log counts them.

    `hinders` says what forbids it; `join` makes one row of each two that would be double, before all others are moved;
    `renamed` is called when the name reads otherwise, for whatever has kept it. With `through`, rows of another table
    that name an organization only by way of this one: they are counted, and go along by themselves.
    """

    key: str
    title: str
    column: Any
    unit: str = "건"
    listed: bool = field(default=False, kw_only=True)
    """Whether lists of organizations show how many there are."""
    page: str = field(default="", kw_only=True)
    """The endpoint of the list in which staff find them by the organization's name."""
    through: Any = field(default=None, kw_only=True)
    counts: bool = field(default=True, kw_only=True)
    """Whether people who look at what an organization has read how many there are."""
    hinders: Callable[[Pair], Iterable[Hindrance]] = field(default=_no_hindrance, kw_only=True)
    join: Callable[[Pair, datetime], None] = field(default=_nothing_double, kw_only=True)
    renamed: Callable[[int], None] = field(default=_nothing_kept, kw_only=True)

    def counted(self, ids: Iterable[int]) -> Select[Any]:
        """(id of the organization, number of rows) for those of `ids` that have any."""
        rows = select(self.column, func.count()).select_from(self.column.class_)
        if self.through is not None:
            rows = rows.join(self.through)
        return rows.where(self.column.in_(list(ids))).group_by(self.column)

    def move(self, pair: Pair) -> None:
        """Have all rows of the one name the other."""
        if self.through is None:
            rows = update(self.column.class_).where(self.column == pair.gone)
            db.session.execute(rows.values({self.column: pair.stays}), execution_options={"synchronize_session": False})


Belongings = tuple[Belonging, ...]


def _one_word_each(pair: Pair, now: datetime) -> None:
    """Nothing is told apart from itself, and of two words about the same other body one is enough."""
    stays = aliased(ToldApart)
    known = select(stays.other_id).where(stays.organization_id == pair.stays)
    for ours, others in (
        (ToldApart.organization_id, ToldApart.other_id),
        (ToldApart.other_id, ToldApart.organization_id),
    ):
        double = delete(ToldApart).where(ours == pair.gone, or_(others == pair.stays, others.in_(known)))
        db.session.execute(double, execution_options={"synchronize_session": False})


# An account belongs to one organization, a name means one: none can be double.
BELONGINGS: Belongings = (
    Belonging("accounts", "계정", Membership.organization_id, "개", listed=True),
    Belonging("other_names", "다른 이름", OtherName.organization_id, "개"),
    Belonging("told_apart", "다른 기관으로 정한 곳", ToldApart.organization_id, counts=False, join=_one_word_each),
    Belonging("told_apart_from", "다른 기관으로 정한 곳", ToldApart.other_id, counts=False),
)


def numbers_of(ids: Iterable[int], belongings: Belongings) -> dict[int, dict[str, int]]:
    """How much names each organization, by the key of what it is; by one statement for each kind."""
    ids = list(ids)
    found = {number: {each.key: 0 for each in belongings} for number in ids}
    for each in [each for each in belongings if each.counts] if ids else ():
        for number, count in db.session.execute(each.counted(ids)):
            found[number][each.key] = count
    return found


def all_members_of(organization_id: int) -> list[User]:
    """The accounts that belong to it, also those switched off, by name."""
    found = select(User).join(Membership, Membership.user_id == User.id)
    return list(
        db.session.scalars(found.where(Membership.organization_id == organization_id).order_by(User.name, User.id))
    )
