"""StoredFile."""

import secrets
from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base
from briefings.files.kinds import Kind, in_words, kind_with


def new_file_id() -> str:
    """128 random bits: who does not know the address of a file does not find it."""
    return secrets.token_hex(16)


class StoredFile(Base):
    """One file with its bytes, kept in the database: written with what it belongs to, there for every web process."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(32), unique=True, default=new_file_id)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]

    @property
    def kind(self) -> Kind:
        """What it is."""
        return kind_with(self.media_type)

    @property
    def size_in_words(self) -> str:
        """Its size as people read it: `1.2MB`."""
        return in_words(self.size)
