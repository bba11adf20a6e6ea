"""The people on a meeting tool's list: rows of one person added up, and who of those registered each of them is."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.imports.cells import key_of
from briefings.live import tool_times
from briefings.live.models import AttendanceList
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState

Span = tuple[datetime, datetime]
_PARTS = re.compile(r"[\s()（）\[\]<>/_,|·:;@-]+")
ALIKE = 0.5
"""From so much on (of 1) names are shown as like each other."""
LONG_ENOUGH = 5
"""A name of so many letters may be found inside of another text; a shorter one must stand alone there."""


class Certainty(StrEnum):
    """How sure it is who somebody on the list is."""

    SURE = "sure"
    CHOSEN = "chosen"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"
    LEFT_OUT = "left_out"


@dataclass
class Participant:
    """One person on the list, with all of their rows; `row` is the number of the first."""

    row: int
    name: str = ""
    email: str = ""
    organization: str = ""
    rows: int = 0
    spans: list[Span] = field(default_factory=list)
    """When they came and went, within the time of the briefing."""
    given: int | None = None
    """The minutes that the tool names, added up."""
    unread: int = 0
    """Rows whose times cannot be read, or lie at another time than the briefing."""

    @property
    def shown(self) -> str:
        """What they are called on the list."""
        return self.name or self.email


class Found(NamedTuple):
    """Who somebody on the list is, or may be, and why that is not sure."""

    participant: Participant
    certainty: Certainty
    registration: Registration | None
    candidates: list[Registration]
    why: str = ""


class Reading(NamedTuple):
    """All people of a list, and by which clock its times were read, if it has any."""

    people: list[Participant]
    clock: tzinfo | None
    unread: int
    """Rows whose times do not fit or cannot be read."""


@dataclass
class _Row:
    """What one row says, its times still without a zone."""

    number: int
    name: str
    email: str
    organization: str
    joined: datetime | None
    left: datetime | None
    minutes: int | None


def people_on(list_: AttendanceList, zone: tzinfo) -> Reading:
    """Everybody on the list, as its columns are explained; whoever has neither name nor address is left out."""
    briefing = list_.briefing
    begins, ends = tool_times.around(briefing.starts_at, briefing.ends_at)
    near = briefing.starts_at.astimezone(zone).date()
    rows = [_read(number, cells, list_.fields, near) for number, cells in enumerate(list_.rows)]
    moments = [moment for row in rows for moment in (row.joined, row.left) if moment]
    clock = tool_times.clock_of(moments, begins, ends, zone) if moments else None
    people: dict[str, Participant] = {}
    for row in rows:
        key = row.email.lower() or key_of(row.name)
        if key:
            _add(people.setdefault(key, Participant(row.number)), row, clock, (begins, ends))
    found = list(people.values())
    return Reading(found, clock, sum(each.unread for each in found))


def together(participants: Iterable[Participant]) -> tuple[Span | None, int | None]:
    """First and last moment of several entries of one person, and how many minutes they were there altogether.

    Where two devices were there at once that time counts once.
    """
    participants = list(participants)
    spans = sorted(span for each in participants for span in each.spans)
    given = [each.given for each in participants if each.given is not None]
    if not spans:
        return None, sum(given) if given else None
    seconds, reached = 0.0, spans[0][0]
    for first, last in spans:
        seconds += max((last - max(first, reached)).total_seconds(), 0)
        reached = max(reached, last)
    minutes = int(seconds // 60) or (sum(given) if given else None)
    return (spans[0][0], reached), minutes


class Directory:
    """Everybody who registered for one briefing, to be found by address or name."""

    def __init__(self, briefing: Briefing) -> None:
        of_briefing = select(Registration).where(Registration.briefing_id == briefing.id)
        found = of_briefing.options(joinedload(Registration.organization)).order_by(Registration.name, Registration.id)
        self.all = list(db.session.scalars(found))
        self.by_public_id = {each.public_id: each for each in self.all}
        self._by_email = {each.email.lower(): each for each in self.all}
        self._named = [(key_of(each.name), key_of(each.organization.name), each) for each in self.all]

    def find(self, participant: Participant, chosen: Mapping[str, str]) -> Found:
        """Who it is: whom staff chose, else by address, else by name and organization; else who it may be."""
        choice = chosen.get(str(participant.row))
        if choice is not None:
            registration = self.by_public_id.get(choice)
            certainty = Certainty.CHOSEN if registration else Certainty.LEFT_OUT
            return Found(participant, certainty, registration, self._namesakes(participant))
        if by_address := self._by_email.get(participant.email.lower()):
            return self._sure(participant, by_address)
        namesakes = self._namesakes(participant)
        said = key_of(participant.name + participant.organization)
        of_body = [each for each in namesakes if _names_body(said, key_of(each.organization.name))]
        if len(of_body) == 1:
            return self._sure(participant, of_body[0])
        if not namesakes:
            return Found(participant, Certainty.UNKNOWN, None, [], "같은 전자우편도 같은 이름도 신청자에 없습니다.")
        several = of_body or namesakes
        why = f"같은 이름이 {len(several)}명 있습니다." if len(several) > 1 else "이름만 같습니다."
        return Found(participant, Certainty.DOUBTFUL, None, several, why)

    def near(self, found: Found, words: str) -> list[Registration]:
        """Those in whom all these words are found; without any, those it may be and those with the likest names."""
        if words:
            return [each for each in self.all if all(word.casefold() in _text_of(each) for word in words.split())]
        said = key_of(found.participant.name)

        def unlikeness(each: Registration) -> float:
            return -SequenceMatcher(None, said, key_of(each.name)).ratio()

        alike = sorted((each for each in self.all if each not in found.candidates), key=unlikeness)
        return [*found.candidates, *(each for each in alike if -unlikeness(each) >= ALIKE)]

    def _sure(self, participant: Participant, registration: Registration) -> Found:
        if registration.state is RegistrationState.CONFIRMED:
            return Found(participant, Certainty.SURE, registration, [registration])
        return Found(participant, Certainty.DOUBTFUL, None, [registration], "자리가 확정되지 않은 신청자입니다.")

    def _namesakes(self, participant: Participant) -> list[Registration]:
        """Those whose name stands in the name somebody gave themselves."""
        whole = key_of(participant.name)
        parts = {key_of(part) for part in _PARTS.split(participant.name)}
        found = []
        for name, body, registration in self._named:
            within = name in whole and (len(name) >= LONG_ENOUGH or _names_body(whole, body))
            if name and (name == whole or name in parts or within):
                found.append(registration)
        return found


def found_on(list_: AttendanceList, reading: Reading) -> list[Found]:
    """Everybody on the list with who they are, those staff have to look at first."""
    directory = Directory(list_.briefing)
    found = [directory.find(each, list_.chosen) for each in reading.people]
    order = list(ORDER)
    return sorted(found, key=lambda each: (order.index(each.certainty), each.participant.row))


ORDER: Sequence[Certainty] = (
    Certainty.DOUBTFUL,
    Certainty.UNKNOWN,
    Certainty.CHOSEN,
    Certainty.SURE,
    Certainty.LEFT_OUT,
)


def _text_of(registration: Registration) -> str:
    return f"{registration.name} {registration.organization.name} {registration.email}".casefold()


def _names_body(said: str, body: str) -> bool:
    return len(body) > 1 and body in said


def _read(number: int, cells: Sequence[str], fields: Sequence[str], near: date) -> _Row:
    said = {field: cell for field, cell in zip(fields, cells, strict=False) if field}
    return _Row(
        number,
        said.get("name", ""),
        said.get("email", "") if "@" in said.get("email", "") else "",
        said.get("organization", ""),
        tool_times.moment(said.get("joined", ""), near),
        tool_times.moment(said.get("left", ""), near),
        tool_times.minutes(said.get("minutes", "")),
    )


def _add(person: Participant, row: _Row, clock: tzinfo | None, bounds: Span) -> None:
    person.rows += 1
    person.name, person.email = person.name or row.name, person.email or row.email
    person.organization = person.organization or row.organization
    if clock is None:
        person.given = row.minutes if person.given is None else person.given + (row.minutes or 0)
        return
    joined, left = (tool_times.on(each, clock) if each else None for each in (row.joined, row.left))
    if joined and not left and row.minutes:
        left = joined + timedelta(minutes=row.minutes)
    first, last = joined or left, left or joined
    if first is None or last is None or last < bounds[0] or first > bounds[1]:
        person.unread += 1
        return
    person.spans.append((max(first, bounds[0]), min(max(last, first), bounds[1])))
    if row.minutes is not None:
        person.given = (person.given or 0) + row.minutes
