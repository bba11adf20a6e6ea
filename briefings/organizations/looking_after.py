"""Organizations as staff look after them: who stands there twice, put right, and made one.

Somebody types a name and picks a kind, and there it is: one body may stand there under two spellings or kinds. Which
two are one is for people to say; everything that names the one then names the other. So is which two are not.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, inspect, select, tuple_
from sqlalchemy.orm import aliased

from briefings.accounts.models import User
from briefings.audit.models import AuditEntry
from briefings.audit.recording import record
from briefings.db import db, insert_new, lock
from briefings.errors import Refused
from briefings.organizations.belongings import Belongings, Hindrance, Pair, numbers_of
from briefings.organizations.finding import name_key, organization_named
from briefings.organizations.models import Organization, OrganizationKind, OtherName, ToldApart
from briefings.organizations.words import KINDS

STALE = "그사이 다른 사람이, 또는 다른 창에서 이 기관을 고쳤습니다. 지금 내용을 확인하고 다시 해 주세요."
TAKEN = "이 이름과 유형의 기관이 이미 있습니다. 같은 기관이면 고치지 말고 그 기관과 합쳐 주세요."
OWN = "이미 이 기관으로 알려진 이름과 유형입니다."
TAKEN_OTHERWISE = "이 이름과 유형은 다른 기관의 것입니다. 같은 기관이면 두 기관을 합쳐 주세요."
SAME = "한 기관을 그 기관과 합칠 수는 없습니다. 다른 기관을 골라 주세요."
MERGED = "organization.merged"
IN_A_NAME = ("(주)", "(유)", "(사)", "(재)", "주식회사", "유한회사", "사단법인", "재단법인", "·")
"""What two spellings of one name may differ by: keys made long ago still hold legal forms, and signs are no letters."""
LIKE_IT = 10


def found(words: str = "", kind: OrganizationKind | None = None, among: Any = Organization) -> Select[Any]:
    """Organizations whose name or other name has `words` in it, however they are spaced, of `kind` only; by name."""
    rows = select(among)
    if words:
        key = name_key(words)
        otherwise = select(OtherName.organization_id).where(OtherName.name_key.contains(key, autoescape=True))
        rows = rows.where(among.name_key.contains(key, autoescape=True) | among.id.in_(otherwise))
    if kind:
        rows = rows.where(among.kind == kind)
    return rows.order_by(among.name, among.id)


def look_double(words: str = "", kind: OrganizationKind | None = None) -> Select[Any]:
    """Those of them beside which another of almost the same name stands, whatever its kind, side by side; not those
    that were told apart from all such others.
    """
    # Counted in one pass: what is joined is read once for each row while PostgreSQL thinks the table small.
    bare = _bare(Organization.name_key)
    counted = select(Organization, bare.label("bare"), func.count().over(partition_by=bare).label("alike")).subquery()
    one, other = aliased(Organization, counted), aliased(Organization)
    bare_of_other = select(_bare(other.name_key)).where(other.id == ToldApart.other_id).scalar_subquery()
    others = select(func.count()).where(ToldApart.organization_id == one.id, bare_of_other == counted.c.bare)
    rows = found(words, kind, one).where(counted.c.bare != "", counted.c.alike > 1)
    rows = rows.where(counted.c.alike - 1 > others.scalar_subquery())
    return rows.order_by(None).order_by(counted.c.bare, one.name, one.id)


def like(organization: Organization) -> list[Organization]:
    """Others of almost the same name, LIKE_IT at most: likely the same body. None that was told apart from it."""
    key = name_key(organization.name)
    for signs in IN_A_NAME:
        key = key.replace(signs, "")
    rows = select(Organization).where(_bare(Organization.name_key) == key, Organization.id != organization.id)
    rows = rows.where(Organization.id.not_in(_others_of(organization)))
    return list(db.session.scalars(rows.order_by(Organization.name, Organization.id).limit(LIKE_IT))) if key else []


def told_apart_from(organization: Organization) -> list[Organization]:
    """Those of which somebody has said that they are not the same body, by name."""
    rows = select(Organization).where(Organization.id.in_(_others_of(organization)))
    return list(db.session.scalars(rows.order_by(Organization.name, Organization.id)))


def are_told_apart(one: Organization, other: Organization) -> bool:
    """Whether somebody has said so of these two."""
    return db.session.get(ToldApart, (one.id, other.id)) is not None


def tell_apart(one: Organization, other: Organization, by: User, now: datetime) -> bool:
    """They are two bodies, and nobody need look at them side by side again; False where that was said already."""
    if one is other:
        raise Refused(SAME)
    _hold(one, other)
    rows = [{"organization_id": a.id, "other_id": b.id, "said_at": now} for a, b in ((one, other), (other, one))]
    new = insert_new(ToldApart.__table__, rows) > 0
    if new:
        _record_of_both(one, other, by, "organization.told_apart", now)
    return new


def take_back_apart(one: Organization, other: Organization, by: User, now: datetime) -> bool:
    """They may be one body after all; False where nobody says otherwise any longer."""
    _hold(one, other)
    both = tuple_(ToldApart.organization_id, ToldApart.other_id).in_([(one.id, other.id), (other.id, one.id)])
    gone: Any = db.session.execute(delete(ToldApart).where(both))
    if gone.rowcount:
        _record_of_both(one, other, by, "organization.apart_taken_back", now)
    return bool(gone.rowcount)


def _record_of_both(one: Organization, other: Organization, by: User, action: str, now: datetime) -> None:
    for about, another in ((one, other), (other, one)):
        record(by, action, about, now, organization=another.id)


def _others_of(organization: Organization) -> Select[Any]:
    return select(ToldApart.other_id).where(ToldApart.organization_id == organization.id)


def _bare(column: Any) -> ColumnElement[str]:
    for signs in IN_A_NAME:
        column = func.replace(column, signs, "")
    return column


def as_read(*organizations: Organization) -> str:
    """What a page says of them, for its form to bring back: whoever acts on something else is told so."""
    return "; ".join(f"{each.id} {each.kind.value} {each.name}" for each in organizations)


def correct(
    organization: Organization,
    name: str,
    kind: OrganizationKind,
    seen: str,
    belongings: Belongings,
    by: User,
    now: datetime,
    keep: bool = False,
) -> bool:
    """Put its name and kind right; False where nothing changed. Refused where another has both, or it reads otherwise
    than when it was `seen`. To `keep` what it was called has whoever writes that mean it still.
    """
    lock(organization)
    if as_read(organization) != seen:
        raise Refused(STALE)
    name = " ".join(name.split())
    if other := another_named(name, kind, organization):
        only_kind = kind is not organization.kind and name_key(organization.name) == other.name_key
        raise Refused(TAKEN, field="kind" if only_kind else "name")
    parts = {"name": [organization.name, name], "kind": [organization.kind.value, kind.value]}
    changed = {part: values for part, values in parts.items() if values[0] != values[1]}
    was = (organization.name, organization.kind)
    organization.name, organization.name_key, organization.kind = name, name_key(name), kind
    db.session.execute(delete(OtherName).where(OtherName.name_key == organization.name_key, OtherName.kind == kind))
    db.session.flush()
    if keep:
        _keep(organization, *was, now)
    for each in belongings if "name" in changed else ():
        each.renamed(organization.id)
    if changed:
        record(by, "organization.renamed", organization, now, changed=changed)
    return bool(changed)


def another_named(name: str, kind: OrganizationKind, than: Organization) -> Organization | None:
    """The other organization that has this name or other name, however it is spaced, and kind."""
    known = organization_named(name, kind)
    return None if known is than else known


def other_names_of(organization: Organization) -> list[OtherName]:
    """By what else it is known, by name."""
    rows = select(OtherName).where(OtherName.organization_id == organization.id)
    return list(db.session.scalars(rows.order_by(OtherName.name, OtherName.id)))


def add_name(organization: Organization, name: str, kind: OrganizationKind, by: User, now: datetime) -> None:
    """From now on whoever writes this name and kind means the organization; Refused where that is somebody's."""
    lock(organization)
    if not _keep(organization, name, kind, now):
        own = organization_named(name, kind) is organization
        raise Refused(OWN if own else TAKEN_OTHERWISE, field="name")
    record(by, "organization.name_added", organization, now, name=name, kind=kind.value)


def remove_name(other: OtherName, by: User, now: datetime) -> None:
    """Whoever writes it means another organization again, a new one if there is none."""
    lock(other)
    organization = db.session.get_one(Organization, other.organization_id)
    db.session.delete(other)
    record(by, "organization.name_removed", organization, now, name=other.name, kind=other.kind.value)


def _keep(organization: Organization, name: str, kind: OrganizationKind, now: datetime) -> bool:
    """Note another name of it, unless some organization is known by it already; whether it was noted."""
    if organization_named(name, kind):
        return False
    known = {"name": " ".join(name.split()), "name_key": name_key(name), "kind": kind}
    row = {"organization_id": organization.id, "created_at": now, **known}
    return insert_new(OtherName.__table__, [row]) == 1  # another's, noted at the same moment, stays


def hindrances(gone: Organization, stays: Organization, belongings: Belongings) -> list[Hindrance]:
    """Everything for which the two cannot be one now."""
    pair = Pair(gone.id, stays.id)
    return [hindrance for each in belongings for hindrance in each.hinders(pair)]


def merge(
    gone: Organization, stays: Organization, seen: str, belongings: Belongings, by: User, now: datetime
) -> dict[str, int]:
    """Make them one: everything that names `gone` names `stays`, and `gone` is no more. How much was moved, by key.

    Whoever writes the name and kind of `gone` from now on means `stays`.

    It cannot be undone: whose was whose is written down nowhere. Refused where something hinders it, or one of them
    reads otherwise than when they were `seen`.
    """
    if gone is stays:
        raise Refused(SAME)
    _hold(gone, stays)
    if as_read(gone, stays) != seen:
        raise Refused(STALE)
    if why := hindrances(gone, stays, belongings):
        raise Refused(why[0].words)
    moved = numbers_of([gone.id], belongings)[gone.id]
    pair = Pair(gone.id, stays.id)
    db.session.flush()
    for each in belongings:
        each.join(pair, now)
    db.session.flush()
    for each in belongings:
        each.move(pair)
    db.session.expire_all()
    for each in belongings:
        each.renamed(stays.id)
    what = {"gone": gone.id, "kept": stays.id, "moved": {key: number for key, number in moved.items() if number}}
    names = {"before": _called(gone), "after": _called(stays)}
    for one in (gone, stays):
        record(by, MERGED, one, now, **names, **what)
    db.session.flush()
    called = (gone.name, gone.kind)
    db.session.delete(gone)
    db.session.flush()
    _keep(stays, *called, now)
    return moved


def successor_of(organization_id: int) -> int:
    """The organization that one is now: itself, or the one it was merged into, as the log has it."""
    rows = select(AuditEntry.detail).where(AuditEntry.action == MERGED, AuditEntry.about_type == "organizations")
    while detail := db.session.scalar(
        rows.where(AuditEntry.about_id == organization_id).order_by(AuditEntry.id.desc()).limit(1)
    ):
        if detail["kept"] == organization_id:
            break
        organization_id = detail["kept"]
    return organization_id


def _called(organization: Organization) -> str:
    return f"{organization.name} ({KINDS[organization.kind]}, {organization.id}번)"


def _hold(*organizations: Organization) -> None:
    """Hold them, in the order in which everybody does, and wholly: whoever is about to name one is waited for.

    `lock` alone lets others name a row that they found before; one that is going must be named by nobody.
    """
    for each in sorted(organizations, key=_number):
        lock(each)
    ids: Sequence[int] = [each.id for each in organizations]
    rows = select(Organization.id).where(Organization.id.in_(ids)).order_by(Organization.id).with_for_update()
    db.session.execute(rows).all()


def _number(organization: Organization) -> int:
    """Without asking for the row, which may be gone by now."""
    identity = inspect(organization).identity
    return int(identity[0]) if identity else 0
