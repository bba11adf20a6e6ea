"""The programme of a briefing: which need is presented when, and by whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.schedule.models import Briefing, PresenterSlot


@dataclass(frozen=True)
class ProgrammeEntry:
    """One slot with its computed times; its need and the need's organization are loaded."""

    starts_at: datetime
    ends_at: datetime
    slot: PresenterSlot

    @property
    def need(self) -> Need:
        """The presented need."""
        return self.slot.need


def programme_of(briefing: Briefing) -> list[ProgrammeEntry]:
    """The slots in order with their times, by one query."""
    found = select(PresenterSlot).where(PresenterSlot.briefing_id == briefing.id).order_by(PresenterSlot.position)
    with_needs = joinedload(PresenterSlot.need).joinedload(Need.organization)
    slots = db.session.scalars(found.options(with_needs)).all()
    times = briefing.times_of(slots)
    return [ProgrammeEntry(start, end, slot) for slot, (start, end) in zip(slots, times, strict=True)]
