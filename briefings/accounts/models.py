"""An account."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base, words


class Role(StrEnum):
    """What an account may do."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    OWNER = "owner"
    EXPERT = "expert"


class User(Base):
    """Somebody who signs in. `session_version` is in every session: raising it ends them all, and every reset link."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(320), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(30), default="")
    role: Mapped[Role] = mapped_column(words(Role))
    locale: Mapped[str] = mapped_column(String(5), default="ko")
    password_hash: Mapped[str | None]
    session_version: Mapped[int] = mapped_column(default=1)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]

    @property
    def is_staff(self) -> bool:
        """Ministry officer or administrator."""
        return self.role in (Role.ADMINISTRATOR, Role.OFFICER)

    @property
    def is_administrator(self) -> bool:
        """May manage accounts and settings."""
        return self.role is Role.ADMINISTRATOR

    @property
    def is_member(self) -> bool:
        """Acts for an organization that registers needs."""
        return self.role is Role.OWNER

    @property
    def is_expert(self) -> bool:
        """Scores needs; may belong to an organization, whose needs are then not theirs to score."""
        return self.role is Role.EXPERT

    @property
    def has_password(self) -> bool:
        """Whether its person has set one yet."""
        return self.password_hash is not None

    # Flask-Login's interface, without its mixin: this file stays free of Flask.
    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may sign in."""
        return self.active

    def get_id(self) -> str:
        """What the session remembers."""
        return f"{self.id}.{self.session_version}"
