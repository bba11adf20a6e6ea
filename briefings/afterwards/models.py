"""Survey, SurveyAnswer, SurveyTaker, CertificateRule, Certificate."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, new_public_id
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration


class Survey(Base):
    """What is asked of those who were there; a briefing without a row asks the usual questions."""

    __tablename__ = "surveys"

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    offered: Mapped[bool] = mapped_column(default=True)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    """Each with `key`, and its words by language (`ko`, `en`); answered by 1 to 5 points."""
    apart: Mapped[bool] = mapped_column(default=False)
    """Whether answers are kept apart from who gave them."""
    closes_at: Mapped[datetime | None]
    changed_at: Mapped[datetime]

    briefing: Mapped[Briefing] = relationship()


class SurveyAnswer(Base):
    """What one person answered. Where answers are kept apart, nothing here tells who: no person, no order, no hour."""

    __tablename__ = "survey_answers"

    public_id: Mapped[str] = mapped_column(String(12), primary_key=True, default=new_public_id)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id), index=True)
    registration_id: Mapped[int | None] = mapped_column(ForeignKey(Registration.id), unique=True)
    points: Mapped[dict[str, int]] = mapped_column(JSON)
    comment: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date] = mapped_column(Date)


class SurveyTaker(Base):
    """Who has answered the survey of a briefing; not what, nor when."""

    __tablename__ = "survey_takers"

    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), primary_key=True)
    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id), index=True)


class CertificateRule(Base):
    """Who gets a certificate of attendance; a briefing without a row gives them to everybody who was there."""

    __tablename__ = "certificate_rules"
    __table_args__ = (CheckConstraint("minutes >= 0", name="minutes_not_negative"),)

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    offered: Mapped[bool] = mapped_column(default=True)
    minutes: Mapped[int] = mapped_column(default=0)
    """So long somebody must have been there."""
    survey: Mapped[bool] = mapped_column(default=False)
    """Whether the survey must be answered first."""

    briefing: Mapped[Briefing] = relationship()


_NOT_REPLACED = text("replaced_at IS NULL")


class Certificate(Base):
    """A certificate of attendance as it was issued: its words do not change with what they came from.

    Whoever's name or organization was put right gets another one; the number of the earlier one then says so.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        Index(
            "uq_certificates_current",
            "registration_id",
            unique=True,
            sqlite_where=_NOT_REPLACED,
            postgresql_where=_NOT_REPLACED,
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), index=True)
    name: Mapped[str] = mapped_column(String(120))
    organization: Mapped[str] = mapped_column(String(120))
    title: Mapped[str] = mapped_column(String(120))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int | None]
    issued_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str] = mapped_column(String(200), default="")
    replaced_at: Mapped[datetime | None]

    registration: Mapped[Registration] = relationship()
