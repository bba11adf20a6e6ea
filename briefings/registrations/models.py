"""PeopleList."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.organizations.models import OrganizationKind
from briefings.schedule.models import Briefing


class ListPurpose(StrEnum):
    """What becomes of the people in a list: they are invited to register, or registered."""

    INVITE = "invite"
    REGISTER = "register"


class ListState(StrEnum):
    """A list is checked; then its people are taken in, all of them, or it is thrown away."""

    CHECKED = "checked"
    TAKEN = "taken"
    DISCARDED = "discarded"


class PeopleList(Base):
    """People from a spreadsheet or pasted lines, as they were read: looked at by staff before anything is done.

    The first of `rows` says what the columns hold; each of the others is a person, with its number and its cells.
    `rows` and `faults` are emptied once the list is taken or thrown away: the people stand elsewhere then, or nowhere.
    """

    __tablename__ = "people_lists"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), index=True)
    purpose: Mapped[ListPurpose] = mapped_column(words(ListPurpose))
    state: Mapped[ListState] = mapped_column(words(ListState), default=ListState.CHECKED)
    file_name: Mapped[str] = mapped_column(String(255), default="")
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    faults: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What is wrong, each with its row and column."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """How many of which kind it became."""
    made_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    made_by: Mapped[User] = relationship()

    @property
    def fields(self) -> list[str]:
        """What each column holds; "" for what is not taken in."""
        return list(self.rows[0]["fields"]) if self.rows else []

    @property
    def headings(self) -> list[str]:
        """What stands above each column."""
        return list(self.rows[0]["headings"]) if self.rows else []

    @property
    def kind_of_all(self) -> OrganizationKind | None:
        """The kind of organizations whose kind is neither written down nor known."""
        return OrganizationKind(self.rows[0]["kind"]) if self.rows and self.rows[0]["kind"] else None

    @property
    def people_rows(self) -> list[dict[str, Any]]:
        """The rows below the headings, a person each."""
        return self.rows[1:]

    def rows_at(self, level: str) -> set[int]:
        """The numbers of rows in which something of this level was found."""
        return {each["row"] for each in self.faults if each["level"] == level}
