"""Question, QuestionVote."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id, words
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration


class QuestionState(StrEnum):
    """Where a question stands."""

    WAITING = "waiting"
    ON_AIR = "on_air"
    ANSWERED = "answered"
    """Answered by word of mouth in the briefing."""
    TO_WRITE = "to_write"
    """To be answered in writing, by `due_on`."""
    WRITTEN = "written"
    HIDDEN = "hidden"
    MERGED = "merged"


_ADVANCE = text("advance")


class Question(Base):
    """Something somebody asks in a briefing, about one presented need or all of it.

    Nobody but staff learns who asked: others see the organization, or nothing where it is anonymous. `advance` is what
    was asked with the registration, one each. Whoever changes questions holds the lock on the briefing.
    """

    __tablename__ = "questions"
    __table_args__ = (
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged_into_another"),
        CheckConstraint("state <> 'written' OR answer <> ''", name="written_has_answer"),
        CheckConstraint("state <> 'to_write' OR due_on IS NOT NULL", name="to_write_has_due_day"),
        Index("ix_questions_briefing_id_state", "briefing_id", "state"),
        Index("ix_questions_state_due_on", "state", "due_on"),
        Index(
            "uq_questions_advance",
            "registration_id",
            unique=True,
            sqlite_where=_ADVANCE,
            postgresql_where=_ADVANCE,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey(PresenterSlot.id, ondelete="SET NULL"), index=True)
    """What it is about; None: the briefing as a whole, or not assigned yet."""
    registration_id: Mapped[int | None] = mapped_column(ForeignKey(Registration.id), index=True)
    text: Mapped[str] = mapped_column(Text)
    anonymous: Mapped[bool] = mapped_column(default=False)
    advance: Mapped[bool] = mapped_column(default=False)
    state: Mapped[QuestionState] = mapped_column(words(QuestionState), default=QuestionState.WAITING)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("questions.id"), index=True)
    hidden_reason: Mapped[str] = mapped_column(String(200), default="")
    due_on: Mapped[date | None] = mapped_column(Date)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str] = mapped_column(String(120), default="")
    """The organization that answered, or staff."""
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    slot: Mapped[PresenterSlot | None] = relationship()
    registration: Mapped[Registration | None] = relationship()
    merged_into: Mapped["Question | None"] = relationship(remote_side=[id])


class QuestionVote(Base):
    """One person wants a question answered too."""

    __tablename__ = "question_votes"

    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), primary_key=True, index=True)
    voted_at: Mapped[datetime]
