"""Counted for the result report alone: what no other page counts of one briefing, by a statement for each part."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import mean, median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, case, distinct, func, select

from briefings.afterwards.models import Certificate
from briefings.db import db
from briefings.live.attendance import bounds_of, minutes_in
from briefings.live.attending import was_there
from briefings.live.models import Attendance
from briefings.needs.models import Need
from briefings.outbox.finding import Search, Standing, counts
from briefings.outbox.models import Medium
from briefings.participation.models import Appointment, AppointmentState, Consultation, ParticipationReply
from briefings.questions.models import Question, QuestionState
from briefings.schedule.models import Briefing
from briefings.schedule.programme import ProgrammeEntry
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests
from briefings.statistics.scope import Scope, consulted, in_time, needs_in, replies_in, stands, was_due

MINUTES = (30, 60, 90)
"""Where the groups of how long people stayed end."""


@dataclass(frozen=True)
class Day:
    """How many signed up on one day, and how many had by its end."""

    day: date
    number: int
    so_far: int


@dataclass(frozen=True)
class Minutes:
    """How long those stayed of whom it is known: their mean and median, and how many for how long."""

    known: int
    unknown: int
    mean: float | None
    median: float | None
    groups: list[tuple[int | None, int]]
    """Shorter than so many minutes, and not so short as the group before; None: however long."""


@dataclass(frozen=True)
class Questions:
    """What was asked, by when it was and what became of it; what was merged or hidden is counted apart."""

    before: int
    during: int
    after: int
    live: int
    written: int
    in_time: int
    """Of those answered in writing, by the day that was promised."""
    open: int
    late: int
    """Of those still open, past their day."""
    merged: int
    hidden: int
    by_slot: dict[int | None, tuple[int, int]]
    """By the id of the slot, how many stand and how many of them are answered; None: about the briefing as a whole."""

    @property
    def number(self) -> int:
        """Everything asked."""
        return self.before + self.during + self.after

    @property
    def standing(self) -> int:
        """What wanted an answer of its own."""
        return self.live + self.written + self.open

    @property
    def answered(self) -> int:
        """By word of mouth or in writing."""
        return self.live + self.written


@dataclass(frozen=True)
class Presented:
    """What came of one need: replies before and since the briefing began, and those since by what became of them."""

    entry: ProgrammeEntry
    interested: int
    before: int
    after: int
    answered: int
    due: int
    consulted: int

    @property
    def need(self) -> Need:
        """The need that was presented."""
        return self.entry.need


@dataclass(frozen=True)
class Talks:
    """Talks arranged over replies since the briefing began, and how often one was noted."""

    agreed: int
    held: int
    called_off: int
    noted: int


@dataclass(frozen=True)
class Sent:
    """Messages about the briefing by one way: how many left, came back, were refused, and still wait."""

    sent: int
    bounced: int
    failed: int
    waiting: int


def days_of_signing_up(briefing: Briefing, zone: ZoneInfo) -> list[Day]:
    """From the first day on which anybody signed up to the last, days on which nobody did included.

    Everybody who ever signed up counts on the day they last did, whatever became of it.
    """
    moments = db.session.scalars(select(Registration.registered_at).where(Registration.briefing_id == briefing.id))
    counted = Counter(moment.astimezone(zone).date() for moment in moments)
    if not counted:
        return []
    first, last = min(counted), max(counted)
    days, so_far = [], 0
    for place in range((last - first).days + 1):
        day = first + timedelta(days=place)
        so_far += counted[day]
        days.append(Day(day, counted[day], so_far))
    return days


def minutes_of(briefing: Briefing, now: datetime) -> Minutes:
    """How long everybody took part who was there."""
    bounds = bounds_of(briefing, now)
    there = select(Attendance).join(Attendance.registration)
    there = there.where(Registration.briefing_id == briefing.id, was_there())
    every = [minutes_in(attendance, bounds) for attendance in db.session.scalars(there)]
    known = [each for each in every if each is not None]
    groups: list[tuple[int | None, int]] = []
    for since, until in zip((0, *MINUTES), (*MINUTES, None), strict=True):
        groups.append((until, sum(since <= each and (until is None or each < until) for each in known)))
    return Minutes(
        known=len(known),
        unknown=len(every) - len(known),
        mean=round(mean(known), 1) if known else None,
        median=median(known) if known else None,
        groups=groups,
    )


def questions_asked(briefing: Briefing, closed_at: datetime, zone: ZoneInfo, now: datetime) -> Questions:
    """What was asked before, during and after it, which was over at `closed_at`."""
    columns = Question.state, Question.slot_id, Question.asked_at, Question.answered_at, Question.due_on
    rows = db.session.execute(select(*columns).where(Question.briefing_id == briefing.id)).all()
    states = Counter(row.state for row in rows)
    written = [row for row in rows if row.state is QuestionState.WRITTEN]
    answered = (QuestionState.ANSWERED, QuestionState.WRITTEN)
    open_ = (QuestionState.WAITING, QuestionState.ON_AIR, QuestionState.TO_WRITE)
    today = now.astimezone(zone).date()
    by_slot: dict[int | None, tuple[int, int]] = {}
    for row in rows:
        if row.state in (*answered, *open_):
            asked, done = by_slot.get(row.slot_id, (0, 0))
            by_slot[row.slot_id] = asked + 1, done + (row.state in answered)
    return Questions(
        before=sum(row.asked_at < briefing.starts_at for row in rows),
        during=sum(briefing.starts_at <= row.asked_at < closed_at for row in rows),
        after=sum(row.asked_at >= max(closed_at, briefing.starts_at) for row in rows),
        live=states[QuestionState.ANSWERED],
        written=len(written),
        in_time=sum(_was_in_time(row, zone) for row in written),
        open=sum(states[state] for state in open_),
        late=sum(row.state is QuestionState.TO_WRITE and row.due_on is not None and row.due_on < today for row in rows),
        merged=states[QuestionState.MERGED],
        hidden=states[QuestionState.HIDDEN],
        by_slot=by_slot,
    )


def _was_in_time(question: Any, zone: ZoneInfo) -> bool:
    """Nobody promised a day for what staff wrote by themselves."""
    if question.due_on is None or question.answered_at is None:
        return True
    return bool(question.answered_at.astimezone(zone).date() <= question.due_on)


def needs_presented(
    briefing: Briefing, programme: Sequence[ProgrammeEntry], zone: ZoneInfo, now: datetime
) -> list[Presented]:
    """In the order of the programme; together they are what the funnel of the briefing counts of replies."""
    interested, before = _by_need(_interested(briefing)), _by_need(_before(briefing, zone, now))
    since = {row[0]: row for row in db.session.execute(_since(briefing, zone, now))}
    return [
        Presented(entry, interested.get(entry.need.id, 0), before.get(entry.need.id, 0), *_numbers(since, entry))
        for entry in programme
    ]


def _numbers(since: dict[int, Any], entry: ProgrammeEntry) -> tuple[int, ...]:
    return tuple(int(number or 0) for number in tuple(since[entry.need.id])[1:]) if entry.need.id in since else (0,) * 4


def _by_need(counted: Select[Any]) -> dict[int, int]:
    return {need_id: number for need_id, number in db.session.execute(counted)}


def _interested(briefing: Briefing) -> Select[Any]:
    of_need = registration_interests.c.need_id
    counted: Select[Any] = select(of_need, func.count()).join(
        Registration, Registration.id == registration_interests.c.registration_id
    )
    stands_there = (Registration.briefing_id == briefing.id, Registration.state != RegistrationState.CANCELLED)
    return counted.where(*stands_there).group_by(of_need)


def _before(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Select[Any]:
    counted: Any = select(Need.id, func.count()).join(ParticipationReply, ParticipationReply.need_id == Need.id)
    counted = counted.where(*needs_in(Scope(briefing_id=briefing.id), zone, now), stands())
    before: Select[Any] = counted.where(ParticipationReply.sent_at < briefing.starts_at).group_by(Need.id)
    return before


def _since(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Select[Any]:
    each = (in_time(), was_due(now), consulted())
    sums: list[Any] = [func.sum(case((condition, 1), else_=0)) for condition in each]
    return _of_replies(select(Need.id, func.count(), *sums), briefing, zone, now).group_by(Need.id)


def _of_replies(columns: Any, briefing: Briefing, zone: ZoneInfo, now: datetime) -> Select[Any]:
    """From the replies that the funnel of the briefing counts."""
    scope = Scope(briefing_id=briefing.id)
    found = columns.select_from(ParticipationReply).join(Need, Need.id == ParticipationReply.need_id)
    return found.where(*needs_in(scope, zone, now), *replies_in(scope))


def talks_over(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Talks:
    """What was arranged and noted over those replies."""
    agreed = Appointment.state == AppointmentState.AGREED
    held = agreed & (Appointment.starts_at <= now)
    off = Appointment.state == AppointmentState.CANCELLED
    columns: Any = select(*(func.count().filter(each) for each in (agreed, held, off)))
    arranged = _of_replies(columns, briefing, zone, now).join(
        Appointment, Appointment.reply_id == ParticipationReply.id
    )
    noted = _of_replies(select(func.count(distinct(Consultation.id))), briefing, zone, now)
    noted = noted.join(Consultation, Consultation.reply_id == ParticipationReply.id)
    agreed_on, past, called_off = db.session.execute(arranged).one()
    return Talks(agreed_on, past, called_off, db.session.scalars(noted).one())


def messages_about(briefing: Briefing) -> dict[Medium, Sent]:
    """By the way they went."""
    return {medium: _sent(counts(Search(about=f"briefing:{briefing.id}", medium=medium))) for medium in Medium}


def _sent(found: dict[Standing, int]) -> Sent:
    waiting = (Standing.QUEUED, Standing.DEFERRED, Standing.HELD, Standing.SENDING)
    return Sent(
        sent=found[Standing.SENT] + found[Standing.BOUNCED],
        bounced=found[Standing.BOUNCED],
        failed=found[Standing.FAILED],
        waiting=sum(found[each] for each in waiting),
    )


def certificates_of(briefing: Briefing) -> int:
    """How many hold that were issued for it."""
    found = select(func.count(Certificate.id)).join(Certificate.registration)
    holds = (Certificate.replaced_at.is_(None), Certificate.revoked_at.is_(None))
    return db.session.scalars(found.where(Registration.briefing_id == briefing.id, *holds)).one()
