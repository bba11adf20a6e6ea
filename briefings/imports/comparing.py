"""Rows of a sheet beside what is known already: organizations, accounts, and needs that say nearly the same."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import func, select

from briefings.accounts.models import User
from briefings.db import db
from briefings.imports.alikeness import ALIKE, ALIKE_ANYWHERE, Titles, pairs_of
from briefings.imports.rows import NeedRow
from briefings.imports.words import Mistake
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import name_key
from briefings.organizations.models import Membership, Organization, OrganizationKind, OtherName
from briefings.organizations.words import KINDS

AT_ONCE = 500
"""Values in one statement."""
NEEDS_AT_ONCE = 5_000
MOST_ALIKE = 3
"""So many needs are shown beside a row."""


class KnownOrganization(NamedTuple):
    """An organization that has been here before, and the kind that goes with the name a row has for it."""

    id: int
    name: str
    kind: OrganizationKind


Known = dict[str, list[KnownOrganization]]


def known_organizations(rows: Iterable[NeedRow]) -> Known:
    """Those the rows speak of, by the key of their name."""
    keys = {name_key(row.organization[0]) for row in rows if row.entry}
    known: Known = {}
    named = select(Organization.name_key, Organization.id, Organization.name, Organization.kind)
    otherwise = select(OtherName.name_key, Organization.id, Organization.name, OtherName.kind)
    otherwise = otherwise.join(Organization, Organization.id == OtherName.organization_id)
    for some in in_parts(sorted(keys)):
        for found in named.where(Organization.name_key.in_(some)), otherwise.where(OtherName.name_key.in_(some)):
            for key, number, name, kind in db.session.execute(found):
                known.setdefault(key, []).append(KnownOrganization(number, name, kind))
    return known


def organization_of(row: NeedRow, known: Known) -> KnownOrganization | None:
    """The organization of a row, if it is known."""
    name, kind = row.organization
    return next((each for each in known.get(name_key(name), []) if each.kind is kind), None)


def compare_with_organizations(rows: Iterable[NeedRow], known: Known) -> None:
    """Say of each row whose organization is known, but as one of another kind."""
    for row in rows:
        others = known.get(name_key(row.organization[0]), []) if row.entry else []
        if others and organization_of(row, known) is None:
            kinds = ", ".join(f"‘{KINDS[each.kind]}’" for each in others)
            row.find(
                "kind", Mistake.OTHER_KIND, f"‘{others[0].name}’: {kinds}(으)로 등록되어 있습니다. 유형을 고쳐 주세요."
            )


def compare_with_accounts(rows: Iterable[NeedRow], known: Known) -> None:
    """Say of each row whose contact has an account of another organization."""
    with_entry = [row for row in rows if row.entry]
    acting = _acting({row.entry.contact_email.lower() for row in with_entry if row.entry})
    for row in with_entry:
        number, name = acting.get(row.entry.contact_email.lower(), (0, "")) if row.entry else (0, "")
        organization = organization_of(row, known)
        if number and (organization is None or organization.id != number):
            row.find(
                "contact_email",
                Mistake.OTHERS_CONTACT,
                f"이 주소는 ‘{name}’ 계정의 주소입니다. 맞는지 확인해 주세요.",
            )


def compare_with_rows(rows: Iterable[NeedRow]) -> None:
    """Say of each row that is alike to one before it, of the same organization."""
    of_one: dict[str, list[NeedRow]] = {}
    for row in rows:
        if row.entry:
            of_one.setdefault(name_key(row.organization[0]), []).append(row)
    for group in of_one.values():
        titles = Titles(((row.number, row.values["title"]) for row in group), ALIKE)
        for row in group:
            found = titles.alike(pairs_of(row.values["title"]))
            row.twins = {number: share for number, share in found if number < row.number}
            for number, share in sorted(row.twins.items(), key=lambda one: -one[1])[:1]:
                says = f"{number}번째 줄과 비슷합니다({share:.0%}). 같은 과제인지 확인해 주세요."
                row.find("title", Mistake.ALIKE_IN_FILE, says)


def compare_with_needs(
    rows: Sequence[NeedRow],
    known: Known,
    after: int = 0,
    on_need: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Find for each row the needs that say nearly the same, among those with ids above `after`; the last id there is.

    Needs of the same organization need not be as alike as those of others. `on_need` hears how many were compared.
    """
    with_entry = {row.number: row for row in rows if row.entry}
    own = _own_titles(with_entry.values(), known)
    anywhere = Titles(((row.number, row.values["title"]) for row in with_entry.values()), ALIKE_ANYWHERE)
    total = db.session.scalars(select(func.count()).select_from(Need).where(Need.id > after)).one()
    done = 0
    while with_entry and (some := _needs_after(after)):
        for need_id, organization_id, title in some:
            pairs = pairs_of(title)
            found = dict(anywhere.alike(pairs))
            if organization_id in own:
                found |= dict(own[organization_id].alike(pairs))
            for number, share in found.items():
                _keep(with_entry[number].alike, need_id, share)
        after, done = some[-1][0], done + len(some)
        on_need(done, max(total, done))
    return after


def say_what_is_alike(rows: Iterable[NeedRow]) -> None:
    """Say of each row that needs like it exist."""
    for row in rows:
        if row.alike and row.entry:
            says = f"이미 있는 과제와 비슷합니다({max(row.alike.values()):.0%}). 같은 과제인지 확인해 주세요."
            row.find("title", Mistake.ALIKE, says)


def in_parts(values: Iterable[Any]) -> Iterator[list[Any]]:
    """`values` in lists short enough for one statement."""
    left = iter(values)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _acting(addresses: Iterable[str]) -> dict[str, tuple[int, str]]:
    """The organization (id, name) of each address that belongs to an account of one."""
    found = {}
    columns = (User.email, Organization.id, Organization.name)
    joined = select(*columns).join(Membership, Membership.user_id == User.id).join(Membership.organization)
    for some in in_parts(sorted(addresses)):
        for email, number, name in db.session.execute(joined.where(User.email.in_(some))):
            found[email.lower()] = (number, name)
    return found


def _own_titles(rows: Iterable[NeedRow], known: Known) -> dict[int, Titles]:
    """The titles of the rows of each organization that is known, by its id."""
    of_one: dict[int, list[tuple[int, str]]] = {}
    for row in rows:
        organization = organization_of(row, known)
        if organization:
            of_one.setdefault(organization.id, []).append((row.number, row.values["title"]))
    return {organization_id: Titles(titles, ALIKE) for organization_id, titles in of_one.items()}


def _needs_after(after: int) -> list[tuple[int, int, str]]:
    found = select(Need.id, Need.organization_id, Need.title)
    some = found.where(Need.id > after, Need.state != NeedState.WITHDRAWN).order_by(Need.id).limit(NEEDS_AT_ONCE)
    return [(need_id, organization_id, title) for need_id, organization_id, title in db.session.execute(some)]


def _keep(alike: dict[int, float], need_id: int, share: float) -> None:
    """Remember only those most alike."""
    alike[need_id] = share
    if len(alike) > MOST_ALIKE:
        del alike[min(alike, key=lambda each: (alike[each], -each))]
