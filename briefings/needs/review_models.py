"""Criterion, Review, Score, Selection: how the few key needs of a round are chosen."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, words
from briefings.needs.models import Need, NeedState, Round

REVIEWED = (NeedState.SUBMITTED, NeedState.PUBLISHED)
"""Only needs that stand so are scored, and chosen from."""


class Criterion(Base):
    """What needs of a round are scored by, and how much it counts."""

    __tablename__ = "criteria"
    __table_args__ = (CheckConstraint("weight > 0", name="weight_positive"), UniqueConstraint("round_id", "name"))

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey(Round.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    description: Mapped[str] = mapped_column(String(300), default="")
    weight: Mapped[int]
    position: Mapped[int]


SET_ASIDE = "담당자가 제외: "
"""Before the reason of a sheet from which not its reviewer stepped back, but which staff leave out."""


class ReviewState(StrEnum):
    """Where one reviewer's view of one need stands."""

    ASSIGNED = "assigned"
    SUBMITTED = "submitted"
    RECUSED = "recused"


class Review(Base):
    """One reviewer scores one need. Recused: they are too near to it to judge, and say why, or staff do."""

    __tablename__ = "reviews"
    __table_args__ = (
        UniqueConstraint("need_id", "reviewer_id"),
        CheckConstraint("state <> 'recused' OR recusal_reason <> ''", name="recusal_has_reason"),
        CheckConstraint("(state = 'submitted') = (submitted_at IS NOT NULL)", name="submitted_when_submitted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id))
    reviewer_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[ReviewState] = mapped_column(words(ReviewState), default=ReviewState.ASSIGNED)
    comment: Mapped[str] = mapped_column(Text, default="")
    recusal_reason: Mapped[str] = mapped_column(Text, default="")
    assigned_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    reviewer: Mapped[User] = relationship()
    scores: Mapped[list["Score"]] = relationship(back_populates="review", cascade="all, delete-orphan")

    @property
    def is_set_aside(self) -> bool:
        """Whether it was staff who left it out."""
        return self.state is ReviewState.RECUSED and self.recusal_reason.startswith(SET_ASIDE)


class Score(Base):
    """Points for one criterion, 0 to 5; a 0 says why."""

    __tablename__ = "scores"
    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 5", name="points_0_to_5"),
        CheckConstraint("points > 0 OR reason <> ''", name="zero_has_reason"),
    )

    review_id: Mapped[int] = mapped_column(ForeignKey(Review.id, ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey(Criterion.id, ondelete="CASCADE"), primary_key=True)
    points: Mapped[int]
    reason: Mapped[str] = mapped_column(Text, default="")

    review: Mapped[Review] = relationship(back_populates="scores")
    criterion: Mapped[Criterion] = relationship()


class Outcome(StrEnum):
    """What was decided about a need in its round."""

    SELECTED = "selected"
    RESERVE = "reserve"
    NOT_SELECTED = "not_selected"


class Selection(Base):
    """The decision about a need of a round, with its reason; may be changed until its owner was told."""

    __tablename__ = "selections"
    __table_args__ = (CheckConstraint("reason <> '' OR outcome = 'not_selected'", name="selected_has_reason"),)

    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(words(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    need: Mapped[Need] = relationship()
    decided_by: Mapped[User] = relationship()
