"""What the run sheet shows at a moment: how the day goes, who is there, what was pressed last."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.live.counting import Headcount, headcount_of, total_of
from briefings.live.cueing import Part, parts_of
from briefings.live.days import OVERRUN
from briefings.live.leading import BEFORE, Press, mark_of, mark_of_line, no_replies_reason, settled_reason
from briefings.live.running import DayState, SlotState, state_of
from briefings.organizations.models import OrganizationKind
from briefings.schedule.changes import described
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, registration_interests

PRESSES_SHOWN = 6


@dataclass(frozen=True)
class Sheet:
    """The run sheet of a briefing; `settled` says why nothing can be pressed, or is None."""

    state: DayState
    moment: datetime
    settled: str | None
    may_open: bool
    """Whether word of interest can be opened and closed."""
    counts: dict[OrganizationKind, Headcount]
    parts: dict[str, Part]
    raised: dict[int, int]
    """How many said during the day that they are interested, by the id of the need."""
    course: list[tuple[AuditEntry, str]]

    @property
    def total(self) -> Headcount:
        """Everybody, whatever their kind."""
        return total_of(self.counts)

    @property
    def may_resume(self) -> bool:
        """Whether it can go on after it was ended by hand."""
        return self.moment < self.state.briefing.ends_at + OVERRUN

    @property
    def expected_end(self) -> datetime:
        """When it ends as things go, with what the talk that is on has overrun by now."""
        current = self.state.now
        beyond = max(self.moment - current.until, timedelta()) if current and self.state.is_led else timedelta()
        return self.state.expected_end + beyond

    @property
    def late_minutes(self) -> int:
        """How much later than planned that is; negative: earlier."""
        return round((self.expected_end - self.state.briefing.ends_at) / timedelta(minutes=1))

    @property
    def line_mark(self) -> str:
        """What saying something to everybody has to send along."""
        return mark_of_line(self.state.day)

    def value(self, what: str, slot: SlotState | None = None) -> str:
        """What a button sends: what it does, to which talk, and what the page showed."""
        return f"{what}:{slot.slot.public_id if slot else ''}:{mark_of(self.state, Press(what), slot)}"

    def note(self, key: str) -> str:
        """What stands on the cue sheet beside a part."""
        return self.parts[key].note if key in self.parts else ""


def sheet_of(briefing: Briefing, now: datetime) -> Sheet:
    """The run sheet at `now`, by a constant number of queries."""
    state = state_of(briefing, now)
    return Sheet(
        state=state,
        moment=now,
        settled=settled_reason(briefing, now),
        may_open=no_replies_reason(briefing, now) is None,
        counts=headcount_of(briefing, now),
        parts={part.key: part for part in parts_of(briefing, state.day, [slot.entry for slot in state.slots])},
        raised=_raised(briefing),
        course=_course(briefing),
    )


def _raised(briefing: Briefing) -> dict[int, int]:
    raised = registration_interests.c
    counted = (
        select(raised.need_id, func.count())
        .join(Registration, Registration.id == raised.registration_id)
        .where(Registration.briefing_id == briefing.id, raised.raised_at.is_not(None))
        .group_by(raised.need_id)
    )
    return dict(db.session.execute(counted).all())


def _course(briefing: Briefing) -> list[tuple[AuditEntry, str]]:
    """What was pressed last on the day, the latest first; not who took lists away meanwhile, or what came later."""
    of_day = (
        AuditEntry.about_type == Briefing.__tablename__,
        AuditEntry.about_id == briefing.id,
        AuditEntry.at >= briefing.starts_at - BEFORE,
        AuditEntry.at < briefing.ends_at + OVERRUN,
        AuditEntry.action.not_like("%.exported"),
    )
    found = select(AuditEntry).where(*of_day).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PRESSES_SHOWN)
    return [(entry, ", ".join(described(entry))) for entry in db.session.scalars(found)]
