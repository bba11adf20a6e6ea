"""The result report in short, for everybody: counts alone, small groups hidden."""

from datetime import datetime
from zoneinfo import ZoneInfo

from briefings.afterwards.survey_results import results_of
from briefings.afterwards.surveys import TOO_LATE, closed_reason
from briefings.archive.boxes import Box
from briefings.schedule.models import Briefing
from briefings.statistics.funnel import Step
from briefings.statistics.hiding import hidden, hidden_kinds
from briefings.statistics.outcome import outcome_of

PEOPLE = (Step.REGISTERED, Step.ATTENDED)


def in_numbers(briefing: Briefing, zone: ZoneInfo, now: datetime) -> Box | None:
    """Who came, by kind, and what came of it; None of what nobody registered for."""
    outcome = outcome_of(briefing, zone, now)
    counts = outcome.funnel
    if not counts[Step.REGISTERED].of:
        return None
    people = {step: counts[step].number for step in PEOPLE}
    bodies = {step: counts[step].organizations for step in PEOPLE}
    shown = hidden(people, total_known=False)
    results, whole = results_of(briefing, now), None
    if results.is_shown and closed_reason(results.survey, briefing, now) == TOO_LATE and results.outcomes:
        whole = results.outcomes[0].mean
    kinds = hidden_kinds(outcome.registered_by_kind)
    values = {
        "people": shown,
        "bodies": {step: bodies[step] if shown[step] is not None else None for step in PEOPLE},
        "before": outcome.replies_before,
        "after": counts[Step.REPLIES].number,
        "matched": counts[Step.MATCHED].number,
        "satisfaction": whole,
        "answered": results.answered,
        "kinds": {kind: number for kind, number in kinds.by_kind.items() if number != 0},
        "hides": kinds.hides or None in shown.values(),
    }
    return Box("statistics/archive_box.html", values)
