"""What staff add to the figures of a briefing."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.accounts.models import User
from briefings.db import Base
from briefings.schedule.models import Briefing


class BriefingReport(Base):
    """The words of staff in the result report of a briefing; every figure in it is counted when it is read."""

    __tablename__ = "briefing_reports"

    briefing_id: Mapped[int] = mapped_column(ForeignKey(Briefing.id, ondelete="CASCADE"), primary_key=True)
    remarks: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))

    briefing: Mapped[Briefing] = relationship()
    changed_by: Mapped[User] = relationship()
