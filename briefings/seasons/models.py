"""Season, SeasonTime, Lane, Card, BoardStep, AvailabilityRequest."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.needs.models import Audience, Need, Round, Theme
from briefings.schedule.models import Briefing


class SeasonState(StrEnum):
    """A season is planned until its briefings were made drafts, or it was given up."""

    PLANNING = "planning"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


class Season(Base):
    """A plan for several briefings (편성안): which needs, which times, by which rules, and what the solver made of it.

    `version` rises with every change of the board: who moves a card says which version they saw.
    """

    __tablename__ = "seasons"
    __table_args__ = (
        CheckConstraint("min_slots > 0 AND max_slots >= min_slots", name="slots_in_order"),
        CheckConstraint("talk_minutes > 0 AND question_minutes >= 0", name="minutes_positive"),
        CheckConstraint("opening_minutes >= 0 AND closing_minutes >= 0", name="margins_not_negative"),
        CheckConstraint("capacity IS NULL OR capacity >= 0", name="capacity_not_negative"),
        CheckConstraint("parallel IS NULL OR parallel > 0", name="parallel_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120))
    state: Mapped[SeasonState] = mapped_column(words(SeasonState), default=SeasonState.PLANNING)
    version: Mapped[int] = mapped_column(default=0)
    round_id: Mapped[int | None] = mapped_column(ForeignKey(Round.id))
    min_slots: Mapped[int] = mapped_column(default=4)
    max_slots: Mapped[int] = mapped_column(default=6)
    talk_minutes: Mapped[int] = mapped_column(default=9)
    question_minutes: Mapped[int] = mapped_column(default=6)
    opening_minutes: Mapped[int] = mapped_column(default=10)
    closing_minutes: Mapped[int] = mapped_column(default=10)
    capacity: Mapped[int | None]
    parallel: Mapped[int | None]
    """How many briefings may run at the same time; None: as many as clash with nothing."""
    organization_once: Mapped[bool] = mapped_column(default=True)
    """Whether an organization, too, is in one briefing at a time only, and not merely each of its presenters."""
    sharing: Mapped[list[list[int]]] = mapped_column(JSON, default=list)
    """Groups of audiences (their ids) that may share a briefing; an audience in none has briefings of its own."""
    solved_at: Mapped[datetime | None]
    solved_version: Mapped[int | None]
    objective: Mapped[float | None]
    bound: Mapped[float | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What else the solver said: what the objective is made of, why needs are left over, what would free them."""
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]

    round: Mapped[Round | None] = relationship()
    created_by: Mapped[User] = relationship()
    times: Mapped[list["SeasonTime"]] = relationship(
        order_by="SeasonTime.starts_at", cascade="all, delete-orphan", back_populates="season"
    )
    lanes: Mapped[list["Lane"]] = relationship(
        order_by="Lane.position", cascade="all, delete-orphan", back_populates="season"
    )
    cards: Mapped[list["Card"]] = relationship(
        order_by="Card.position", cascade="all, delete-orphan", back_populates="season"
    )


class SeasonTime(Base):
    """When a briefing of the season may begin."""

    __tablename__ = "season_times"
    __table_args__ = (UniqueConstraint("season_id", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey(Season.id, ondelete="CASCADE"))
    starts_at: Mapped[datetime]

    season: Mapped[Season] = relationship(back_populates="times")


class Lane(Base):
    """A briefing that the season may hold; locked: the solver leaves its topic, time and needs as they are."""

    __tablename__ = "season_lanes"

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey(Season.id, ondelete="CASCADE"), index=True)
    position: Mapped[int]
    theme_id: Mapped[int] = mapped_column(ForeignKey(Theme.id))
    audience_id: Mapped[int] = mapped_column(ForeignKey(Audience.id))
    title: Mapped[str] = mapped_column(String(120), default="")
    """What staff call it; empty: named after theme and audience."""
    starts_at: Mapped[datetime | None]
    locked: Mapped[bool] = mapped_column(default=False)
    why: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Why the solver holds it, and then; empty for one that staff made."""
    briefing_id: Mapped[int | None] = mapped_column(ForeignKey(Briefing.id, ondelete="SET NULL"))
    """The draft it became."""

    season: Mapped[Season] = relationship(back_populates="lanes")
    theme: Mapped[Theme] = relationship()
    audience: Mapped[Audience] = relationship()
    briefing: Mapped[Briefing | None] = relationship()


class Card(Base):
    """A need on the board: in a lane, or in none yet; locked: the solver leaves it in its lane."""

    __tablename__ = "season_cards"
    __table_args__ = (UniqueConstraint("season_id", "need_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey(Season.id, ondelete="CASCADE"))
    need_id: Mapped[int] = mapped_column(ForeignKey(Need.id), index=True)
    lane_id: Mapped[int | None] = mapped_column(ForeignKey(Lane.id, ondelete="SET NULL"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    locked: Mapped[bool] = mapped_column(default=False)
    why: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Why the solver put it there, or left it over; what staff moved since has none."""

    season: Mapped[Season] = relationship(back_populates="cards")
    need: Mapped[Need] = relationship()
    lane: Mapped[Lane | None] = relationship()


class BoardStep(Base):
    """One change of the board: who made it, what it was in words, and the state to go back to."""

    __tablename__ = "season_steps"
    __table_args__ = (UniqueConstraint("season_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    season_id: Mapped[int] = mapped_column(ForeignKey(Season.id, ondelete="CASCADE"))
    version: Mapped[int]
    """The version of the board that it made."""
    by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone: Mapped[bool] = mapped_column(default=False)

    by: Mapped[User] = relationship()


class AvailabilityRequest(Base):
    """Somebody who may present is asked at which of a season's times they can."""

    __tablename__ = "availability_requests"
    __table_args__ = (UniqueConstraint("season_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    season_id: Mapped[int] = mapped_column(ForeignKey(Season.id, ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(320), index=True)
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    link_version: Mapped[int] = mapped_column(default=1)
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")

    season: Mapped[Season] = relationship()
