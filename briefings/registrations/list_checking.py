"""What each row of a list says of a person, and what is wrong with it, cell by cell; against what is there already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from briefings.db import db
from briefings.errors import Refused
from briefings.imports.cells import FORBIDDEN, Wrong, key_of, mail_in, nearest, phone_in, shown
from briefings.imports.workbook_parts import column_name
from briefings.organizations.finding import kinds_named, name_key
from briefings.organizations.models import OrganizationKind
from briefings.organizations.words import KINDS
from briefings.outbox.finding import undeliverable_among
from briefings.registrations.list_columns import FIELDS, KIND_BY_NAME, LANGUAGE_BY_NAME
from briefings.registrations.models import ListPurpose, PeopleList
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState

LONGEST = {"organization": 120, "name": 120, "department": 100, "rank": 100}
LONGEST_PHONE = 30
LINES_NAMED = 10
AT_A_TIME = 500
"""So many values go into one statement: databases take no more than some thousands."""


class Level(StrEnum):
    """How bad it is: the row must be mended, or is passed over, or is only pointed out."""

    ERROR = "error"
    SKIPPED = "skipped"
    NOTE = "note"


@dataclass(frozen=True)
class Found:
    """Something about one cell of the list, or about a row (no field)."""

    row: int
    field: str
    cell: str
    value: str
    says: str
    level: Level

    def kept(self) -> dict[str, Any]:
        """As JSON can have it."""
        return {**self.__dict__, "level": self.level.value}


@dataclass
class Person:
    """Whom a row speaks of, as far as it can be read."""

    row: int
    email: str = ""
    name: str = ""
    organization: str = ""
    kind: OrganizationKind | None = None
    department: str = ""
    rank: str = ""
    phone: str = ""
    locale: str = "ko"


@dataclass
class Checked:
    """Everybody in a list who can be taken in, and everything found in it."""

    people: list[Person] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything must be mended first."""
        return any(each.level is Level.ERROR for each in self.found)


def check(list_: PeopleList) -> Checked:
    """The whole list against itself and against what is there, in a few statements however long it is."""
    readers = [RowReader(list_, row) for row in list_.people_rows]
    for reader in readers:
        reader.read()
    _tell_what_is_left_out(list_, readers)
    _tell_kinds(list_, readers)
    _compare_with_each_other(readers)
    _compare_with_what_is_there(list_, readers)
    people = [reader.person for reader in readers if not reader.is_out]
    return Checked(people, [each for reader in readers for each in reader.found])


class RowReader:
    """One row: reads the cells, and collects what is wrong with them."""

    def __init__(self, list_: PeopleList, row: Mapping[str, Any]) -> None:
        self.number: int = row["row"]
        self.cells: Sequence[str] = row["cells"]
        self.odd: Mapping[str, str] = row.get("odd", {})
        self.places = {field: column for column, field in enumerate(list_.fields) if field}
        self.registers = list_.purpose is ListPurpose.REGISTER
        self.person = Person(self.number)
        self.found: list[Found] = []

    @property
    def is_out(self) -> bool:
        """Whether nobody is taken in from it."""
        return any(each.level is not Level.NOTE for each in self.found)

    def find(self, name: str, says: str, level: Level = Level.ERROR) -> None:
        """Something is found in the cell of a field."""
        column = self.places.get(name)
        cell = f"{column_name(column + 1)}{self.number}" if column is not None else ""
        self.found.append(Found(self.number, name, cell, shown(self.value(name)), says, level))

    def value(self, name: str) -> str:
        """What stands in the cell of a field."""
        column = self.places.get(name)
        return self.cells[column] if column is not None and column < len(self.cells) else ""

    def read(self) -> None:
        """Everything that can be told from the row alone."""
        for name, column in self.places.items():
            if str(column) in self.odd:
                self.find(name, "수식이나 계산 오류가 들어 있습니다. 값만 붙여 넣어 주세요.")
            elif FORBIDDEN.search(self.value(name)):
                self.find(name, "보이지 않는 글자가 섞여 있습니다. 지우고 직접 입력해 주세요.")
            else:
                self._read(name, self.value(name))
        self._ask_for_what_is_missing()

    def _read(self, name: str, words: str) -> None:
        if not words:
            return
        try:
            match name:
                case "email":
                    self.person.email = mail_in(words)
                case "phone":
                    self.person.phone = self._phone(words)
                case "kind":
                    self.person.kind = self._kind(words)
                case "locale":
                    self.person.locale = LANGUAGE_BY_NAME.get(key_of(words), "ko")
                case _:
                    self._read_text(name, words)
        except Wrong as wrong:
            self.find(name, wrong.says)

    def _read_text(self, name: str, words: str) -> None:
        setattr(self.person, name, words)
        if len(words) > LONGEST[name]:
            self.find(name, f"{LONGEST[name]}자까지 적을 수 있습니다. 줄여 주세요.")
        elif name == "name" and len(words) < 2:
            self.find(name, "이름을 두 글자 이상 적어 주세요.")

    def _phone(self, words: str) -> str:
        """As it is written; a spreadsheet that took it for a number has lost its first 0."""
        lost = words.isdecimal() and not words.startswith("0") and 8 <= len(words) <= 10
        return phone_in(f"0{words}" if lost and words.startswith(("1", "2")) else words, LONGEST_PHONE)

    def _kind(self, words: str) -> OrganizationKind | None:
        found = KIND_BY_NAME.get(key_of(words))
        if found is None:
            near = nearest(words, KINDS.values())
            meant = f"혹시 ‘{near}’입니까?" if near else f"쓸 수 있는 말: {', '.join(KINDS.values())}"
            self.find("kind", f"없는 기관 유형입니다. {meant}")
        return found

    def _ask_for_what_is_missing(self) -> None:
        needed = ("email", "name", "organization") if self.registers else ("email",)
        asked = {each.field for each in self.found}
        for name in needed:
            if not getattr(self.person, name) and name not in asked:
                self.find(name, f"{FIELDS[name]}이 비어 있습니다." if name != "email" else "전자우편이 비어 있습니다.")


def _tell_what_is_left_out(list_: PeopleList, readers: Sequence[RowReader]) -> None:
    """Of each column that has no heading and is not read, at its first cell that holds something: that it is left out.

    Lines written in different ways make such columns (`김가온 <gaon@example.kr>` among lines of more cells).
    """
    for column, (heading, field_) in enumerate(zip(list_.headings, list_.fields, strict=True)):
        holding = [each for each in readers if column < len(each.cells) and each.cells[column]]
        if heading or field_ or not holding:
            continue
        first, lines = holding[0], ", ".join(str(each.number) for each in holding[:LINES_NAMED])
        more = f" 그 밖에 {len(holding) - LINES_NAMED:,}줄" if len(holding) > LINES_NAMED else ""
        cell = f"{column_name(column + 1)}{first.number}"
        says = f"이 칸에 적힌 것은 넣지 않습니다. 적힌 줄: {lines}{more}. 넣으려면 위에서 무엇으로 읽을지 골라 주세요."
        first.found.append(Found(first.number, "", cell, shown(first.cells[column]), says, Level.NOTE))


def _tell_kinds(list_: PeopleList, readers: Sequence[RowReader]) -> None:
    """Where a row says nothing of the kind: that of the only organization of the name, or the one given for all."""
    without = [each for each in readers if each.person.kind is None and each.person.organization]
    known = _kinds_known({name_key(each.person.organization) for each in without})
    for reader in without:
        kinds = known.get(name_key(reader.person.organization), set())
        reader.person.kind = next(iter(kinds)) if len(kinds) == 1 else list_.kind_of_all
        if reader.person.kind is None and reader.registers and not any(each.field == "kind" for each in reader.found):
            reader.find(
                "kind", "기관 유형을 알 수 없습니다. 적어 주시거나, 위에서 적지 않은 기관의 유형을 골라 주세요."
            )


def _compare_with_each_other(readers: Sequence[RowReader]) -> None:
    """An address twice: passed over where it is the same person, to be mended where it is another."""
    first: dict[str, RowReader] = {}
    for reader in readers:
        address = reader.person.email.lower()
        earlier = first.setdefault(address, reader) if address else reader
        if earlier is reader:
            continue
        if name_key(earlier.person.name) == name_key(reader.person.name):
            says = f"{earlier.number}번째 줄과 같은 사람입니다. 한 번만 넣습니다."
            reader.find("email", says, Level.SKIPPED)
        else:
            says = f"{earlier.number}번째 줄과 주소가 같은데 이름이 다릅니다. 한 주소로는 한 사람만 넣을 수 있습니다."
            reader.find("email", says)


def _compare_with_what_is_there(list_: PeopleList, readers: Sequence[RowReader]) -> None:
    addresses = {each.person.email.lower() for each in readers if each.person.email}
    there = _registered(list_.briefing_id, addresses)
    listed = _invited(list_.briefing_id, addresses) if list_.purpose is ListPurpose.INVITE else set()
    returned = {found for part in in_parts(addresses) for found in undeliverable_among(set(part))}
    for reader in readers:
        address = reader.person.email.lower()
        if address in listed:
            reader.find("email", "이미 초대 명단에 있습니다. 그대로 둡니다.", Level.SKIPPED)
        elif there.get(address) is RegistrationState.REQUESTED:
            reader.find("email", "이미 신청해 승인을 기다리고 있습니다. 그대로 둡니다.", Level.SKIPPED)
        elif address in there:
            reader.find("email", "이미 신청한 사람입니다. 그대로 둡니다.", Level.SKIPPED)
        if address in returned:
            reader.find("email", "전자우편이 되돌아온 주소입니다. 넣어도 전자우편이 가지 않습니다.", Level.NOTE)


def _kinds_known(keys: set[str]) -> dict[str, set[OrganizationKind]]:
    return {key: kinds for part in in_parts(keys) for key, kinds in kinds_named(part).items()}


def _registered(briefing_id: int, addresses: set[str]) -> dict[str, RegistrationState]:
    found: dict[str, RegistrationState] = {}
    for part in in_parts(addresses):
        columns = select(Registration.email, Registration.state).where(Registration.briefing_id == briefing_id)
        standing = columns.where(Registration.email.in_(part), Registration.state != RegistrationState.CANCELLED)
        found |= {email: state for email, state in db.session.execute(standing)}
    return found


def _invited(briefing_id: int, addresses: set[str]) -> set[str]:
    of_briefing = select(Invitee.email).where(Invitee.briefing_id == briefing_id)
    return {
        email
        for part in in_parts(addresses)
        for email in db.session.scalars(of_briefing.where(Invitee.email.in_(part)))
    }


def in_parts(values: Iterable[str]) -> Iterable[list[str]]:
    """The same values, some at a time."""
    all_ = sorted(values)
    return (all_[start : start + AT_A_TIME] for start in range(0, len(all_), AT_A_TIME))


def refuse_columns(fields: Sequence[str]) -> None:
    """Refused where one thing stands in two columns, or the addresses in none."""
    twice = {FIELDS[each] for each in fields if each and fields.count(each) > 1}
    if twice:
        again = next(place for place, each in enumerate(fields) if each and each in fields[:place])
        said = f"‘{', '.join(sorted(twice))}’을 두 칸에서 골랐습니다. 한 칸만 골라 주세요."
        raise Refused(said, field=f"column_{again}")
    if "email" not in fields:
        raise Refused("전자우편이 든 칸을 골라 주세요.", field="column_0")
