"""Attendance."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base
from briefings.schedule.registration_models import Registration


class Attendance(Base):
    """When a registered person pressed the button that leads into the room, first and last."""

    __tablename__ = "attendances"

    registration_id: Mapped[int] = mapped_column(ForeignKey(Registration.id), primary_key=True)
    first_seen_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]

    registration: Mapped[Registration] = relationship()
