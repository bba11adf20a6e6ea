"""ExportPiece."""

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from briefings.db import Base
from briefings.tasks.models import Task


class ExportPiece(Base):
    """A part of a file that the worker writes: put down as it grows and sent as it lies, so that nobody holds it all.

    The pieces of a task in the order of their numbers, which begin with 0, are the file.
    """

    __tablename__ = "export_pieces"
    __table_args__ = (UniqueConstraint("task_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey(Task.id, ondelete="CASCADE"))
    number: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
