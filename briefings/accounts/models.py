"""An account, its sessions, and what proves its owner besides the password."""

import hashlib
import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base, words


class Role(StrEnum):
    """What an account may do."""

    ADMINISTRATOR = "administrator"
    OFFICER = "officer"
    OWNER = "owner"
    EXPERT = "expert"


class User(Base):
    """Somebody who signs in. `session_version` is in every link that sets a password: raising it ends them all."""

    __tablename__ = "users"
    __table_args__ = (Index("uq_users_oidc_subject", "oidc_subject", unique=True),)

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
    totp_secret: Mapped[str | None] = mapped_column(String(200))
    """Shared with the authenticator app, sealed by the secret key; it counts once `totp_since` is set."""
    totp_since: Mapped[datetime | None]
    totp_step: Mapped[int | None]
    """The last time step whose code was used: a code read over somebody's shoulder is worth nothing (RFC 6238, 5.2)."""
    oidc_subject: Mapped[str | None] = mapped_column(String(255))
    """Who this is for the sign-in service of their agency (OpenID Connect `sub`)."""

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
    def has_second_factor(self) -> bool:
        """Whether an authenticator app is asked for besides the password."""
        return self.totp_since is not None

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


def new_session_id() -> str:
    """128 random bits."""
    return secrets.token_hex(16)


class UserSession(Base):
    """One browser in which somebody has signed in; it may be ended from any other."""

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_session_id)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), index=True)
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    network: Mapped[str] = mapped_column(String(45), default="")
    browser: Mapped[str] = mapped_column(String(200), default="")
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    @property
    def handle(self) -> str:
        """What it is called in addresses and forms, where its id has no business."""
        return hashlib.sha256(self.id.encode()).hexdigest()[:16]


class RecoveryCode(Base):
    """One of the codes that stand in once for a lost authenticator; only its digest is kept."""

    __tablename__ = "recovery_codes"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id, ondelete="CASCADE"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None]
