"""Question, QuestionVote."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id, words
from briefings.errors import N_, Refused
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


OPEN = (QuestionState.WAITING, QuestionState.ON_AIR, QuestionState.TO_WRITE)
"""What still wants an answer."""
SHOWN = (*OPEN, QuestionState.ANSWERED, QuestionState.WRITTEN)
"""What everybody in the room may read."""

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

    @property
    def is_shown(self) -> bool:
        """Whether everybody in the room may read it."""
        return self.state in SHOWN

    def take_live(self) -> None:
        """It is answered by word of mouth right now."""
        self._must_be(*SHOWN)
        self.state = QuestionState.ON_AIR

    def answer_live(self, now: datetime) -> None:
        """It was answered by word of mouth."""
        self._must_be(*OPEN)
        self.state, self.answered_at = QuestionState.ANSWERED, now

    def ask_in_writing(self, due_on: date) -> None:
        """It is to be answered in writing, on `due_on` at the latest."""
        self._must_be(QuestionState.WAITING, QuestionState.ON_AIR, QuestionState.ANSWERED)
        self.state, self.due_on, self.answered_at = QuestionState.TO_WRITE, due_on, None

    def write(self, answer: str, by: str, now: datetime) -> None:
        """Answer it in writing, or put the answer better; `by` is an organization, or empty for staff."""
        self._must_be(*SHOWN)
        self.answer, self.answered_by = answer, by
        self.answered_at = self.answered_at if self.state is QuestionState.WRITTEN else now
        self.state = QuestionState.WRITTEN

    def wait_again(self) -> None:
        """Nothing was done about it after all; a written answer stays one."""
        self._must_be(QuestionState.ON_AIR, QuestionState.ANSWERED, QuestionState.TO_WRITE)
        self.state, self.answered_at = self._as_before(), self.answered_at if self.answer else None

    def hide(self, reason: str) -> None:
        """Show it to nobody but staff."""
        self._must_be(*SHOWN)
        self.state, self.hidden_reason = QuestionState.HIDDEN, reason

    def show(self) -> None:
        """Show it again."""
        self._must_be(QuestionState.HIDDEN)
        self.state, self.hidden_reason = self._as_before(), ""

    def merge(self, into: "Question") -> None:
        """It asks what another asks, which stands for both."""
        self._must_be(*OPEN)
        self.state, self.merged_into = QuestionState.MERGED, into

    def separate(self) -> None:
        """It stands for itself again."""
        self._must_be(QuestionState.MERGED)
        self.merged_into, self.state = None, self._as_before()

    def _as_before(self) -> QuestionState:
        return QuestionState.WRITTEN if self.answer else QuestionState.WAITING

    def _must_be(self, *states: QuestionState) -> None:
        if self.state not in states:
            raise Refused(N_("그사이 질문의 상태가 바뀌었습니다. 지금 상태를 보고 다시 눌러 주세요."))


class QuestionVote(Base):
    """One person wants a question answered too."""

    __tablename__ = "question_votes"

    question_id: Mapped[int] = mapped_column(ForeignKey(Question.id, ondelete="CASCADE"), primary_key=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), primary_key=True, index=True)
    voted_at: Mapped[datetime]
