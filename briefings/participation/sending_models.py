"""When replies that were taken back and sent again had stood before."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from briefings.db import Base
from briefings.participation.models import ParticipationReply


class EarlierSending(Base):
    """One time a reply stood before it was sent anew: the figures of a day that is past go on counting it."""

    __tablename__ = "earlier_sendings"
    __table_args__ = (CheckConstraint("withdrawn_at >= sent_at", name="withdrawn_after_sent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reply_id: Mapped[int] = mapped_column(ForeignKey(ParticipationReply.id, ondelete="CASCADE"), index=True)
    sent_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime]

    reply: Mapped[ParticipationReply] = relationship()
