"""What the question desk lists: all questions of a briefing by what is to be done with them, and who asked."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import select

from briefings.db import db
from briefings.organizations.models import Organization
from briefings.questions.board import Asked, asked_where, in_order
from briefings.questions.models import Question, QuestionState
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

PER_PAGE = 30


class Tab(StrEnum):
    """What is to be done with questions."""

    OPEN = "open"
    TO_WRITE = "to_write"
    DONE = "done"
    OFF = "off"

    @classmethod
    def named(cls, name: str | None) -> "Tab":
        """The tab of that name; what is open for any other."""
        return cls(name) if name in set(cls) else cls.OPEN


STATES = {
    Tab.OPEN: (QuestionState.ON_AIR, QuestionState.WAITING),
    Tab.TO_WRITE: (QuestionState.TO_WRITE,),
    Tab.DONE: (QuestionState.ANSWERED, QuestionState.WRITTEN),
    Tab.OFF: (QuestionState.HIDDEN, QuestionState.MERGED),
}


class Asker(NamedTuple):
    """Who asked a question, for staff alone."""

    name: str
    organization: str
    registration: str
    """Its public id."""


class Page(Pagination):
    """A page of questions out of all there are."""

    def __init__(self, page: int, found: Sequence[Asked]) -> None:
        self.found = found
        super().__init__(page=page, per_page=PER_PAGE, max_per_page=PER_PAGE, error_out=False)

    def _query_items(self) -> list[Asked]:
        return list(self.found[self._query_offset : self._query_offset + self.per_page])

    def _query_count(self) -> int:
        return len(self.found)


def listed(briefing: Briefing, tab: Tab, slot: str, page: int) -> tuple[dict[Tab, int], Page]:
    """How many questions there are under each tab, and a page of those under one.

    `slot` is the number of a slot, `none` for what is about the briefing as a whole, or empty for everything.
    """
    of_slot: dict[str, tuple[Any, ...]] = {"": (), "none": (Question.slot_id.is_(None),)}
    which = of_slot[slot] if slot in of_slot else (Question.slot_id == int(slot),)
    asked = sorted(asked_where(Question.briefing_id == briefing.id, *which), key=in_order)
    by_tab = {each: [one for one in asked if one.state in states] for each, states in STATES.items()}
    return {each: len(found) for each, found in by_tab.items()}, Page(page, by_tab[tab])


def askers_of(ids: Sequence[int]) -> dict[int, Asker]:
    """Who asked each question."""
    found = select(Question.id, Registration.name, Organization.name, Registration.public_id)
    found = found.join(Question.registration).join(Registration.organization).where(Question.id.in_(ids))
    return {number: Asker(*who) for number, *who in db.session.execute(found)}
