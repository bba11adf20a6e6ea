"""Story, StoryConsent, Booklet."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id, words
from briefings.files.models import StoredFile
from briefings.organizations.models import Organization
from briefings.participation.match_models import Match
from briefings.schedule.models import Briefing


class StoryState(StrEnum):
    """A story is written, shown to both sides, and published once all of them agree."""

    DRAFT = "draft"
    ASKED = "asked"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Story(Base):
    """The success story of a match, written by staff and published with the consent of every organization in it.

    `version` rises with every change of its words: a consent is to one version.
    """

    __tablename__ = "stories"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    match_id: Mapped[int] = mapped_column(ForeignKey(Match.id), unique=True)
    title: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(200), default="")
    text: Mapped[str] = mapped_column(Text)
    picture_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id))
    picture_alt: Mapped[str] = mapped_column(String(200), default="")
    state: Mapped[StoryState] = mapped_column(words(StoryState), default=StoryState.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    changed_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    match: Mapped[Match] = relationship()
    picture: Mapped[StoredFile | None] = relationship()
    consents: Mapped[list["StoryConsent"]] = relationship(back_populates="story", cascade="all, delete-orphan")


class StoryConsent(Base):
    """What one organization says to the publication of a story, and to which version of it."""

    __tablename__ = "story_consents"

    story_id: Mapped[int] = mapped_column(ForeignKey(Story.id, ondelete="CASCADE"), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey(Organization.id), primary_key=True)
    version: Mapped[int]
    agreed: Mapped[bool]
    words: Mapped[str] = mapped_column(Text, default="")
    said_by: Mapped[str] = mapped_column(String(120))
    said_at: Mapped[datetime]

    story: Mapped[Story] = relationship(back_populates="consents")
    organization: Mapped[Organization] = relationship()


class Booklet(Base):
    """The booklet (자료집) of a briefing, as it was last bound; everybody may fetch it once staff have published it."""

    __tablename__ = "booklets"

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    made_at: Mapped[datetime]
    made_of: Mapped[str] = mapped_column(String(64))
    """SHA-256 of what went into it: where that is another now, it is out of date."""
    pages: Mapped[int]
    left_out: Mapped[list[str]] = mapped_column(JSON, default=list)
    """What could not be bound and is attached instead, each as a sentence for staff."""
    holds: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The presenters' files (public ids) and the needs (`need-7`) in it: once one is kept back, nobody gets it."""
    published_at: Mapped[datetime | None]

    briefing: Mapped[Briefing] = relationship()
    file: Mapped[StoredFile] = relationship(cascade="all, delete-orphan", single_parent=True)
