"""When owner and replier can talk: times to offer, what stands in the way of one, which are out of office hours."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.calendar.holidays import is_working_day, working_days_from
from briefings.db import db
from briefings.participation.models import Appointment, AppointmentState, AppointmentTime, ParticipationReply
from briefings.schedule.calendar_models import CalendarItem, ItemState

MINUTES = 20
"""How long a talk is: what people are used to at meetings of this kind."""
FEWEST, MOST = 3, 8
"""So many times are offered at first."""
DAYS = 10
"""So many working days are laid out to choose from, from tomorrow on."""
NOTICE = timedelta(hours=2)
FURTHEST = timedelta(days=90)
STEP = timedelta(minutes=30)
OPEN, CLOSE = time(9), time(18)
LUNCH = (time(12), time(13))


class Place(NamedTuple):
    """One time to offer: free, or why it is better left: `busy` in the owner's calendar, `offered` to somebody else."""

    starts_at: datetime
    busy: bool
    offered: bool


class Day(NamedTuple):
    """The times of one working day."""

    day: date
    places: list[Place]


def days_to_offer(email: str, now: datetime, zone: ZoneInfo) -> list[Day]:
    """The office hours of the coming working days in steps of half an hour, as they stand with the owner `email`."""
    first = now.astimezone(zone).date()
    days = [working_days_from(first, number) for number in range(1, DAYS + 1)]
    begin, end = _at(days[0], OPEN, zone), _at(days[-1], CLOSE, zone)
    taken, offered = _taken(email, begin, end), _offered(email, begin, end)
    return [Day(day, [_place(moment, taken, offered) for moment in _moments(day, zone)]) for day in days]


def in_the_way(email: str, starts_at: datetime, beside: Sequence[CalendarItem] = ()) -> CalendarItem | None:
    """What stands in the calendar of `email` at that time, as far as we put it there; `beside` does not count."""
    length = timedelta(minutes=MINUTES)
    found = [item for item in _taken(email, starts_at, starts_at + length) if item not in beside]
    return found[0] if found else None


def free_times(appointment: Appointment, email: str, now: datetime) -> dict[datetime, bool]:
    """The times offered that are still to come, and whether each is still free on the owner's side, `email`."""
    coming = [each.starts_at for each in appointment.times if each.starts_at > now]
    if not coming:
        return {}
    length = timedelta(minutes=appointment.minutes)
    own = (appointment.owner_item_id, appointment.replier_item_id)
    taken = [each for each in _taken(email, coming[0], coming[-1] + length) if each.id not in own]
    return {moment: not _meets(moment, length, taken) for moment in coming}


def out_of_office(times: Iterable[datetime], zone: ZoneInfo) -> list[datetime]:
    """Those of the times at which offices are closed."""
    return [moment for moment in times if not _is_office_time(moment.astimezone(zone))]


def _moments(day: date, zone: ZoneInfo) -> list[datetime]:
    moments, moment = [], _at(day, OPEN, zone)
    while moment + timedelta(minutes=MINUTES) <= _at(day, CLOSE, zone):
        if _is_office_time(moment):
            moments.append(moment)
        moment += STEP
    return moments


def _is_office_time(local: datetime) -> bool:
    end = (local + timedelta(minutes=MINUTES)).time()
    at_lunch = local.time() < LUNCH[1] and end > LUNCH[0]
    return is_working_day(local.date()) and local.time() >= OPEN and OPEN < end <= CLOSE and not at_lunch


def _place(moment: datetime, taken: Sequence[CalendarItem], offered: set[datetime]) -> Place:
    return Place(moment, _meets(moment, timedelta(minutes=MINUTES), taken), moment in offered)


def _meets(moment: datetime, length: timedelta, taken: Iterable[CalendarItem]) -> bool:
    return any(item.starts_at < moment + length and item.ends_at > moment for item in taken)


def _taken(email: str, begin: datetime, end: datetime) -> list[CalendarItem]:
    found = select(CalendarItem).where(
        CalendarItem.email == email.lower(),
        CalendarItem.state == ItemState.OPEN,
        CalendarItem.starts_at < end,
        CalendarItem.ends_at > begin,
    )
    return list(db.session.scalars(found.order_by(CalendarItem.starts_at)))


def _offered(email: str, begin: datetime, end: datetime) -> set[datetime]:
    """Times that the owner `email` has offered and nobody has chosen among yet."""
    found = (
        select(AppointmentTime.starts_at)
        .join(AppointmentTime.appointment)
        .join(Appointment.offered_by)
        .join(Appointment.reply)
        .where(
            Appointment.state != AppointmentState.CANCELLED,
            AppointmentTime.starts_at >= begin,
            AppointmentTime.starts_at < end,
            Appointment.offered_by.has(email=email),
            ParticipationReply.withdrawn_at.is_(None),
        )
    )
    return set(db.session.scalars(found))


def _at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, clock, zone)
