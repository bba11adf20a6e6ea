"""The result report (결과보고) of a briefing: every figure of it, counted when it is read."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.afterwards.survey_results import Results, results_of
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.live.attendance import Counters, bounds_of, counters
from briefings.live.days import closes_at
from briefings.live.running import DayState, state_of
from briefings.outbox.models import Medium
from briefings.participation.match_models import Match
from briefings.schedule import support
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.registration_models import SupportState
from briefings.statistics.behind import behind
from briefings.statistics.comparing import Comparison, compared
from briefings.statistics.funnel import Step
from briefings.statistics.models import BriefingReport
from briefings.statistics.outcome import Outcome, outcome_of
from briefings.statistics.report_counts import (
    Day,
    Minutes,
    Presented,
    Questions,
    Sent,
    Talks,
    certificates_of,
    days_of_signing_up,
    messages_about,
    minutes_of,
    needs_presented,
    questions_asked,
    talks_over,
)
from briefings.statistics.scope import Scope

LONGEST = 10_000
"""Letters of the remarks."""
NONE_YET = {
    BriefingState.DRAFT: "아직 공개하지 않은 설명회여서 보고할 결과가 없습니다. 공개하면 신청부터 여기에 쌓입니다.",
    BriefingState.CANCELLED: "취소한 설명회여서 보고할 결과가 없습니다. 취소한 까닭은 설명회 화면에 있습니다.",
}


@dataclass(frozen=True)
class Report:
    """What is reported of a briefing as of `now`."""

    briefing: Briefing
    now: datetime
    outcome: Outcome
    signing_up: list[Day]
    attendance: Counters
    minutes: Minutes
    day: DayState
    questions: Questions
    survey: Results
    needs: list[Presented]
    talks: Talks
    matches: list[Match]
    messages: dict[Medium, Sent]
    support: dict[SupportState, int]
    certificates: int
    comparison: Comparison
    remarks: BriefingReport | None

    @property
    def no_shows(self) -> int:
        """Who was expected and did not come."""
        attended = self.outcome.funnel[Step.ATTENDED]
        return (attended.of or 0) - attended.number

    @property
    def requested(self) -> int:
        """Who still waits for staff to decide."""
        registered = self.outcome.funnel[Step.REGISTERED]
        return (registered.of or 0) - registered.number - self.outcome.waitlisted - self.outcome.cancelled

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to report of the day."""
        return self.now >= self.briefing.starts_at


def report_of(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Report:
    """Of a published briefing; by a constant number of queries."""
    outcome, day = outcome_of(briefing, zone, now), state_of(briefing, now)
    closed_at = day.ended_at or min(closes_at(briefing, day.day), max(now, briefing.ends_at))
    matches = behind(Scope(briefing_id=briefing.id), Step.MATCHED, zone, now)
    return Report(
        briefing=briefing,
        now=now,
        outcome=outcome,
        signing_up=days_of_signing_up(briefing, zone),
        attendance=counters(briefing, bounds_of(briefing, now)),
        minutes=minutes_of(briefing, now),
        day=day,
        questions=questions_asked(briefing, closed_at, zone, now),
        survey=results_of(briefing, now),
        needs=needs_presented(briefing, programme_of(briefing), zone, now),
        talks=talks_over(briefing, zone, now),
        matches=list(db.session.scalars(matches)),
        messages=messages_about(briefing),
        support=support.counts(briefing),
        certificates=certificates_of(briefing),
        comparison=compared(briefing, outcome.funnel, zone, now),
        remarks=remarks_on(briefing),
    )


def none_yet(briefing: Briefing) -> str | None:
    """Why there is no report of it, or None."""
    return NONE_YET.get(briefing.state)


def remarks_on(briefing: Briefing) -> BriefingReport | None:
    """What staff wrote, and who did last."""
    return db.session.get(BriefingReport, briefing.id, options=[joinedload(BriefingReport.changed_by)])


def write_remarks(briefing: Briefing, words: str, seen: datetime | None, by: User, now: datetime) -> bool:
    """Keep what staff say of it, whether it is new; Refused where a colleague changed it since it was `seen`."""
    lock(briefing)
    if reason := none_yet(briefing):
        raise Refused(reason)
    kept = db.session.get(BriefingReport, briefing.id, populate_existing=True)
    if words == (kept.remarks if kept else ""):
        return False
    if kept is not None and kept.changed_by_id != by.id and kept.changed_at != seen:
        name = kept.changed_by.name
        raise Refused(
            "그사이 %(name)s 님이 의견을 고쳤습니다. 아래의 지금 내용을 보고, 합친 글로 다시 저장해 주세요.",
            field="remarks",
            name=name,
        )
    if kept is None:
        db.session.add(BriefingReport(briefing_id=briefing.id, remarks=words, changed_at=now, changed_by_id=by.id))
    else:
        kept.remarks, kept.changed_at, kept.changed_by_id = words, now, by.id
    record(by, "report.remarked", briefing, now)
    return True
