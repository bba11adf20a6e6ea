"""Who is being erased right now: asked by the slices that would take somebody in again meanwhile."""

from sqlalchemy import select

from briefings.db import db
from briefings.privacy.models import Erasure


def is_being_erased(address: str) -> bool:
    """Whether what stands was given up for this address, and the rest of it is about to go."""
    open_ = (Erasure.finished_at.is_(None), Erasure.account_id.is_(None))
    found = select(Erasure.id).where(Erasure.address == address.lower(), *open_)
    return db.session.scalar(found.limit(1)) is not None
