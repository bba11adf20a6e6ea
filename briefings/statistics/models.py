"""BriefingReport, BriefingTally; what says that a count of people or of needs holds no longer."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, Table, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base
from briefings.schedule.models import Briefing


class BriefingReport(Base):
    """The words of staff in the result report of a briefing; every figure in it is counted when it is read."""

    __tablename__ = "briefing_reports"

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    remarks: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))

    briefing: Mapped[Briefing] = relationship()
    changed_by: Mapped[User] = relationship()


class BriefingTally(Base):
    """The people of a briefing, counted ahead by the worker; it holds until the briefing is among `overtaken_tallies`.

    `by_kind` (JSON) has for each kind of organization how many applied, have a place, were there, or either of both;
    bit n of the bytes, the lowest first, is the organization with the number n.
    """

    __tablename__ = "briefing_tallies"

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    by_kind: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(BigInteger)
    """A number that no other tally has, nor this one once it is counted again; before the bytes, which SQLite would
    have to go through."""
    registered: Mapped[bytes] = mapped_column(LargeBinary)
    attended: Mapped[bytes] = mapped_column(LargeBinary)


overtaken_tallies = Table(
    "overtaken_tallies",
    Base.metadata,
    # Triggers write it in the transaction that changes what is counted; no two writers ever wait for each other here.
    Column("briefing_id", ForeignKey(Briefing.id, ondelete="CASCADE"), nullable=False, index=True),
)

BODIES_OF_A_PART = 16
"""What is counted of needs stands in parts: that of organizations whose numbers, divided by this, are the same."""
need_changes = Table(
    "need_changes",
    Base.metadata,
    # Triggers write it in the transaction that changes what is counted; no two writers ever wait for each other here.
    # The version of a part is the sum of all that stand here.
    Column("part", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Index("ix_need_changes_part_version", "part", "version"),
)
