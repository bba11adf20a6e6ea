"""When each step of the ladder goes, from the clock alone; no database is asked."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from briefings.schedule.ladder import RUNGS, QuietHours, Rung, climbs, due_at, is_due, latest, sends_at, told_by
from briefings.schedule.models import USUAL_STEPS, Briefing, Step

SEOUL = ZoneInfo("Asia/Seoul")
NIGHT = QuietHours(SEOUL, 21, 8)
NONE = QuietHours(SEOUL, 0, 0)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of December 2026 in Seoul."""
    return datetime(2026, 12, day, hour, minute, tzinfo=SEOUL)


def starting(starts_at: datetime, minutes: int = 90, reminders: tuple[str, ...] = tuple(Step)) -> Briefing:
    ends_at = starts_at + timedelta(minutes=minutes)
    return Briefing(starts_at=starts_at.astimezone(UTC), ends_at=ends_at.astimezone(UTC), reminders=list(reminders))


@pytest.mark.parametrize(
    ("step", "goes", "too_late"),
    [
        (Step.WEEK, at(9, 14), at(11, 14)),
        (Step.THREE_DAYS, at(13, 14), at(14, 14)),
        (Step.RECONFIRM, at(14, 14), at(15, 14)),
        (Step.DAY, at(15, 14), at(16, 10)),
        (Step.TWO_HOURS, at(16, 12), at(16, 13, 30)),
        (Step.MISSED, at(16, 14, 10), at(16, 14, 40)),
        (Step.THANKS, at(17, 10), at(23, 15, 30)),
        (Step.ABSENT, at(17, 10), at(23, 15, 30)),
    ],
)
def test_each_step_goes_at_its_moment_and_is_not_sent_stale(step, goes, too_late):
    briefing, rung, second = starting(at(16, 14)), Rung(step), timedelta(seconds=1)
    assert sends_at(rung, briefing, NIGHT) == due_at(step, briefing, SEOUL) == goes
    assert latest(step, briefing) == too_late
    moments = (goes - second, goes, too_late - second, too_late)
    assert [is_due(rung, briefing, each, NONE) for each in moments] == [False, True, True, False]


def test_the_quiet_hours_are_waited_out_and_not_counted_as_an_excuse_for_staleness():
    early, night = starting(at(16, 9)), starting(at(16, 23))
    assert sends_at(Rung(Step.TWO_HOURS), early, NIGHT) == at(16, 8)
    assert sends_at(Rung(Step.TWO_HOURS), starting(at(16, 8)), NIGHT) is None
    assert sends_at(Rung(Step.DAY), night, NIGHT) == at(16, 8)
    assert sends_at(Rung(Step.DAY), night, NONE) == at(15, 23)
    assert not is_due(Rung(Step.DAY), starting(at(16, 14)), at(15, 22), NIGHT)
    assert is_due(Rung(Step.DAY), starting(at(16, 14)), at(16, 8), NIGHT)


def test_who_misses_a_briefing_at_night_hears_of_it_by_mail_and_not_by_text():
    night = starting(at(16, 21))
    assert is_due(Rung(Step.MISSED), night, at(16, 21, 10), NIGHT)
    assert not is_due(Rung(Step.MISSED, by_text=True), night, at(16, 21, 10), NIGHT)


def test_a_short_briefing_is_missed_only_until_its_end():
    assert latest(Step.MISSED, starting(at(16, 14), minutes=20)) == at(16, 14, 20)


def test_thanks_go_in_the_morning_after_the_day_on_which_it_ended():
    over_midnight = starting(at(16, 23), minutes=120)
    assert due_at(Step.THANKS, over_midnight, SEOUL) == at(18, 10)
    late = QuietHours(SEOUL, 21, 11)
    assert sends_at(Rung(Step.THANKS), starting(at(16, 14)), late) == at(17, 11)


@pytest.mark.parametrize(
    ("first", "last", "hours"), [(21, 8, [21, 22, 23, *range(8)]), (0, 7, list(range(7))), (0, 0, [])]
)
def test_quiet_hours_are_whole_hours_of_the_local_clock(first, last, hours):
    quiet = QuietHours(SEOUL, first, last)
    assert sorted(hours) == [hour for hour in range(24) if quiet.cover(at(16, hour, 59))]
    for hour in range(24):
        over = quiet.over_at(at(16, hour, 30))
        assert not quiet.cover(over)
        assert over - at(16, hour, 30) < timedelta(days=1)


def test_whoever_has_just_been_told_is_spared():
    briefing = starting(at(16, 14))
    assert told_by(Step.WEEK, briefing, SEOUL) == at(9, 14)
    assert told_by(Step.MISSED, briefing, SEOUL) == at(16, 14)
    assert told_by(Step.THANKS, briefing, SEOUL) == at(16, 15, 30)


def test_a_text_is_ticked_beside_its_mail_and_never_without():
    assert [rung.value for rung in RUNGS if rung.by_text] == ["day:text", "two_hours:text", "missed:text"]
    both, alone = starting(at(16, 14), reminders=("day", "day:text")), starting(at(16, 14), reminders=("day:text",))
    text = Rung(Step.DAY, by_text=True)
    assert climbs(both, text) and climbs(both, Rung(Step.DAY))
    assert not climbs(alone, text) and not climbs(alone, Rung(Step.DAY))
    assert not any(climbs(starting(at(16, 14), reminders=USUAL_STEPS), rung) for rung in RUNGS if rung.by_text)
