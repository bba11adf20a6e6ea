"""Keys of programs that may read what is not public."""

import hashlib
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base, new_public_id
from briefings.errors import Refused


class Scope(StrEnum):
    """What a key opens beside what everybody may read; never anything about a person."""

    STATISTICS = "statistics"
    FUNNEL = "funnel"


class KeyState(StrEnum):
    """Whether a key opens anything."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"


class ApiKey(Base):
    """One program's key; the key itself is shown once, and only its SHA-256 is kept."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(12), unique=True, default=new_public_id)
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    expires_on: Mapped[date | None] = mapped_column(Date)
    """The last day on which it opens anything."""
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    created_by: Mapped[User] = relationship()

    def state(self, today: date) -> KeyState:
        """Whether it opens anything on a day."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        return KeyState.EXPIRED if self.expires_on is not None and self.expires_on < today else KeyState.VALID

    @property
    def opens(self) -> list[Scope]:
        """Its scopes; one that is not known any more opens nothing."""
        return [Scope(scope) for scope in self.scopes if scope in set(Scope)]

    def revoke(self, now: datetime) -> None:
        """It opens nothing from now on, for good."""
        if self.revoked_at is not None:
            raise Refused("이미 거둔 열쇠입니다.")
        self.revoked_at = now


def digest_of(secret: str) -> str:
    """By what a key is recognized; enough for 256 random bits, which nobody tries out."""
    return hashlib.sha256(secret.encode()).hexdigest()
