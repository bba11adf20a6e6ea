"""Who is asked for needs in a round: one by one, by pasted lines, as in an earlier round, or all with an account."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import email_validator
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import Role, User
from briefings.audit.recording import record
from briefings.db import db, lock, new_public_id
from briefings.errors import Refused
from briefings.needs.models import Round
from briefings.organizations.finding import kinds_named, name_key, named
from briefings.organizations.models import Membership, Organization, OrganizationKind
from briefings.organizations.words import KINDS
from briefings.rounds import asking
from briefings.rounds.models import RoundContact

PER_PAGE = 50
MOST_LINES = 1000
COLUMNS = 4
HEADINGS = ("기관", "기관이름", "기관명")
"""A first line that begins with one of these is the headings of a sheet, not an organization."""
KINDS_BY_NAME = {name_key(word): kind for kind, word in KINDS.items()}


@dataclass(frozen=True)
class Person:
    """Somebody to be asked, for an organization that may be new."""

    organization: str
    kind: OrganizationKind
    name: str
    email: str
    locale: str = "ko"


@dataclass(frozen=True)
class Fault:
    """What is wrong with one pasted line, and what to do."""

    line: int
    text: str
    why: str


@dataclass(frozen=True)
class Added:
    """How many are new on the list, and how many addresses were on it already."""

    new: int
    known: int


def contacts_of(round: Round, page: int, answering: bool | None = None) -> Pagination:
    """A page of the list."""
    return db.paginate(listed_contacts(round, answering), page=page, per_page=PER_PAGE, error_out=False)


def listed_contacts(round: Round, answering: bool | None = None) -> Select[RoundContact]:
    """The list, who was not written to first; `answering`: only those who have, or have not, answered."""
    found = select(RoundContact).join(RoundContact.organization).where(RoundContact.round_id == round.id)
    if answering is not None:
        found = found.where(~asking.silent() if answering else asking.silent())
    unasked_first = case((RoundContact.asked_at.is_(None), 0), else_=1)
    found = found.options(joinedload(RoundContact.organization))
    return found.order_by(unasked_first, Organization.name, RoundContact.id)


def contact_of(round: Round, contact_id: int) -> RoundContact | None:
    """One of those who are asked in this round; None for another's."""
    found = select(RoundContact).where(RoundContact.id == contact_id, RoundContact.round_id == round.id)
    return db.session.scalar(found)


def add(round: Round, person: Person, by: User, now: datetime) -> None:
    """Put one person on the list; Refused where the address is on it."""
    lock(round)
    if _add_all(round, [person], now).known:
        raise Refused("이미 명단에 있는 전자우편 주소입니다.", field="email")
    record(by, "round.contacts_added", round, now, number=1)


def read_lines(text: str) -> tuple[list[Person], list[Fault]]:
    """What pasted lines say (organization, kind, contact, address; by tab or comma), and what is wrong with which.

    A line whose kind is left empty takes the kind of the only organization of that name.
    """
    people: list[Person] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        cells = _cells(line)
        if not any(cells) or (number == 1 and name_key(cells[0]) in HEADINGS):
            continue
        try:
            person = _read(cells)
            if (earlier := seen.setdefault(person.email.lower(), number)) != number:
                raise Refused(f"{earlier}째 줄과 전자우편 주소가 같습니다. 한 줄만 남겨 주세요.")
            people.append(person)
        except Refused as error:
            faults.append(Fault(number, line.strip(), error.message))
    return people, faults


def add_lines(round: Round, people: Sequence[Person], by: User, now: datetime) -> Added:
    """Put everybody on the list who is not on it."""
    if len(people) > MOST_LINES:
        raise Refused(f"한 번에 {MOST_LINES:,}줄까지 넣을 수 있습니다. 나누어 넣어 주세요.", field="lines")
    lock(round)
    return _noted(round, _add_all(round, people, now), "round.contacts_added", by, now)


def take_over(round: Round, earlier: Round, by: User, now: datetime) -> Added:
    """Put everybody on the list who was asked in an earlier round."""
    lock(round)
    found = select(RoundContact).where(RoundContact.round_id == earlier.id).order_by(RoundContact.id)
    asked = db.session.scalars(found.options(joinedload(RoundContact.organization))).all()
    people = [(each.organization, each.name, each.email, each.locale) for each in asked]
    return _noted(round, _add_rows(round, people, now), "round.contacts_taken_over", by, now, source=earlier.name)


def take_members(round: Round, by: User, now: datetime) -> Added:
    """Put everybody on the list who acts for an organization with an account."""
    lock(round)
    found = select(User, Organization).join(Membership, Membership.user_id == User.id).join(Membership.organization)
    owners = found.where(User.active, User.role == Role.OWNER)  # reviewers belong to organizations too
    rows = db.session.execute(owners.order_by(User.id)).all()
    people = [(organization, user.name, user.email, user.locale) for user, organization in rows]
    return _noted(round, _add_rows(round, people, now), "round.members_added", by, now)


def correct(contact: RoundContact, name: str, email: str, locale: str, by: User, now: datetime) -> bool:
    """Change who is asked; whether it is another address, which then has to be asked, by a link of its own."""
    lock(contact.round)
    lock(contact)
    same = email.lower() == contact.email
    taken = select(RoundContact.id).where(RoundContact.round_id == contact.round_id, RoundContact.id != contact.id)
    if db.session.scalar(taken.where(RoundContact.email == email.lower())):
        raise Refused("이미 명단에 있는 전자우편 주소입니다.", field="email")
    contact.name, contact.email, contact.locale = name, email.lower(), locale
    if not same:
        contact.public_id, contact.asked_at = new_public_id(), None
        contact.reminders, contact.reminded_at = 0, None
        contact.nothing_at, contact.nothing_reason = None, ""  # another person answers for themselves
    record(by, "round.contact_corrected", contact.round, now, organization=contact.organization.name)
    return not same


def remove(contact: RoundContact, by: User, now: datetime) -> None:
    """Take somebody off the list: their link opens nothing any more, and nothing more is sent to them."""
    lock(contact.round)
    record(by, "round.contact_removed", contact.round, now, organization=contact.organization.name)
    db.session.delete(contact)


def _noted(round: Round, added: Added, action: str, by: User, now: datetime, **detail: str) -> Added:
    if added.new:
        record(by, action, round, now, number=added.new, **detail)
    return added


def _add_all(round: Round, people: Iterable[Person], now: datetime) -> Added:
    bodies: dict[tuple[str, OrganizationKind], Organization] = {}
    for person in people:
        key = (name_key(person.organization), person.kind)
        if key not in bodies:
            bodies[key] = named(person.organization, person.kind, now)
    rows = [(bodies[name_key(each.organization), each.kind], each.name, each.email, each.locale) for each in people]
    return _add_rows(round, rows, now)


def _add_rows(round: Round, people: Iterable[tuple[Organization, str, str, str]], now: datetime) -> Added:
    """Whoever holds the round adds: nobody else does so meanwhile."""
    listed = set(db.session.scalars(select(func.lower(RoundContact.email)).where(RoundContact.round_id == round.id)))
    new = known = 0
    for organization, name, email, locale in people:
        if email.lower() in listed:
            known += 1
            continue
        listed.add(email.lower())
        given = {"name": name, "email": email.lower(), "locale": locale, "added_at": now}
        db.session.add(RoundContact(round_id=round.id, organization_id=organization.id, **given))
        new += 1
    db.session.flush()
    return Added(new, known)


def _cells(line: str) -> list[str]:
    parted = line.split("\t") if "\t" in line else next(csv.reader([line], skipinitialspace=True), [])
    return [" ".join(cell.split()) for cell in parted] or [""]


def _read(cells: list[str]) -> Person:
    if len(cells) != COLUMNS:
        raise Refused(
            f"칸이 {COLUMNS}개여야 하는데 {len(cells)}개입니다. "
            "기관 이름, 기관 유형, 담당자, 전자우편 순서로 적어 주세요."
        )
    organization, kind, name, email = cells
    if not organization:
        raise Refused("기관 이름이 비어 있습니다.")
    if len(organization) > 120 or len(name) > 120:
        raise Refused("기관 이름과 담당자 이름은 120자 이하로 줄여 주세요.")
    return Person(organization, _kind(organization, kind), name, _address(email))


def _kind(organization: str, kind: str) -> OrganizationKind:
    if found := KINDS_BY_NAME.get(name_key(kind)):
        return found
    if kind:
        kinds = ", ".join(KINDS.values())
        raise Refused(f"‘{kind}’은(는) 없는 기관 유형입니다. 다음 가운데 하나로 적어 주세요: {kinds}")
    known = kinds_named([name_key(organization)]).get(name_key(organization), set())
    if len(known) != 1:
        raise Refused("기관 유형이 비어 있습니다. 아직 모르는 기관이라 유형을 적어 주셔야 합니다.")
    return known.pop()


def _address(email: str) -> str:
    if not email:
        raise Refused("전자우편 주소가 비어 있습니다.")
    try:
        return email_validator.validate_email(email, check_deliverability=False).normalized
    except email_validator.EmailNotValidError:
        raise Refused(f"‘{email}’은(는) 전자우편 주소의 모양이 아닙니다. 예: name@example.kr") from None
