"""The times at which the briefings of a season may begin: made from patterns, holidays left out, kept in rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import delete

from briefings.audit.recording import Actor, record
from briefings.calendar.holidays import holiday_on
from briefings.db import db, insert_new
from briefings.errors import Refused
from briefings.seasons.making import open_for_change
from briefings.seasons.models import Season, SeasonTime

MOST_TIMES = 200
"""So many times are more than a ministry holds briefings in years, and all that the solver is measured with."""
MOST_FOUND = 500
"""More than this nobody looks through."""
LONGEST = timedelta(days=400)


@dataclass(frozen=True)
class Pattern:
    """Some days of the week at some hours, from one day to another, both included; `every`: each so many weeks."""

    weekdays: frozenset[int]
    hours: tuple[time, ...]
    first: date
    last: date
    every: int = 1


@dataclass(frozen=True)
class Candidate:
    """A time that came out of a pattern; why it is left out (a sentence), if so."""

    starts_at: datetime
    left_out: str = ""


def candidates(pattern: Pattern, taken: Iterable[datetime], now: datetime, zone: tzinfo) -> list[Candidate]:
    """What comes out of a pattern in order of time, with what is left out and why; Refused where it is too much."""
    if pattern.last < pattern.first:
        raise Refused("끝나는 날이 시작하는 날보다 앞섭니다. 두 날을 바꾸어 적어 주세요.", field="last")
    if pattern.last - pattern.first > LONGEST:
        raise Refused("한 번에 13개월까지만 만들 수 있습니다. 끝나는 날을 앞당겨 주세요.", field="last")
    known = set(taken)
    moments = [datetime.combine(day, hour, zone) for day in _days(pattern) for hour in sorted(set(pattern.hours))]
    if len(moments) > MOST_FOUND:
        raise Refused(f"시각이 {len(moments):,}개나 나옵니다. 요일이나 시각, 기간을 줄여 주세요.", field="weekdays")
    return [Candidate(moment, _left_out(moment, known, now)) for moment in moments]


def _days(pattern: Pattern) -> Iterable[date]:
    monday = pattern.first - timedelta(days=pattern.first.weekday())
    for offset in range((pattern.last - pattern.first).days + 1):
        day = pattern.first + timedelta(days=offset)
        if day.weekday() in pattern.weekdays and (day - monday).days // 7 % pattern.every == 0:
            yield day


def _left_out(moment: datetime, known: set[datetime], now: datetime) -> str:
    if moment <= now:
        return "이미 지난 시각입니다."
    if holiday := holiday_on(moment.date()):
        return f"공휴일입니다({holiday})."
    return "이미 들어 있습니다." if moment in known else ""


def add_times(season: Season, moments: Iterable[datetime], by: Actor, now: datetime) -> int:
    """Take the moments in; how many were new. Refused where one is past, or there would be too many."""
    open_for_change(season)
    wanted = sorted(set(moments))
    if wanted and wanted[0] <= now:
        raise Refused("이미 지난 시각은 넣을 수 없습니다. 앞으로의 시각을 적어 주세요.")
    known = {each.starts_at for each in season.times}
    new = [moment for moment in wanted if moment not in known]
    if len(known) + len(new) > MOST_TIMES:
        raise Refused(
            f"시각은 {MOST_TIMES}개까지 넣을 수 있습니다. 지금 {len(known)}개가 들어 있으니 "
            f"{MOST_TIMES - len(known)}개 이하로 골라 주세요."
        )
    insert_new(SeasonTime.__table__, [{"season_id": season.id, "starts_at": moment} for moment in new])
    db.session.expire(season, ["times"])
    if new:
        season.changed_at = now
        record(by, "season.times_added", season, now, times=[moment.isoformat() for moment in new])
    return len(new)


def remove_times(season: Season, ids: Iterable[int], by: Actor, now: datetime) -> int:
    """Take times out; how many there were. A briefing already planned there stays until the season is solved again."""
    open_for_change(season)
    wanted = set(ids)
    gone = [each for each in season.times if each.id in wanted]
    if gone:
        record(by, "season.times_removed", season, now, times=[each.starts_at.isoformat() for each in gone])
        db.session.execute(delete(SeasonTime).where(SeasonTime.id.in_([each.id for each in gone])))
        db.session.expire(season, ["times"])
        season.changed_at = now
    return len(gone)


def parsed_hours(text: str) -> tuple[time, ...]:
    """Hours written as `14:00, 16:00`, `14시 30분` or `9`; Refused where one cannot be read."""
    found = []
    for part in text.replace("、", ",").replace("·", ",").replace(";", ",").split(","):
        if not (typed := part.strip()):
            continue
        hour, _, minute = typed.replace("시", ":").replace("분", "").replace(" ", "").partition(":")
        if not (hour.isascii() and hour.isdigit() and (not minute or (minute.isascii() and minute.isdigit()))):
            raise _unreadable(typed)
        try:
            found.append(time(int(hour), int(minute or 0)))
        except (ValueError, OverflowError):
            raise _unreadable(typed) from None
    if not found:
        raise Refused("시작 시각을 적어 주세요. 예: 14:00", field="hours")
    return tuple(sorted(set(found)))


def _unreadable(typed: str) -> Refused:
    return Refused(
        "‘%(typed)s’은(는) 시각으로 읽을 수 없습니다. 24시간으로 적어 주세요. 예: 14:00, 16:00",
        field="hours",
        typed=typed,
    )
