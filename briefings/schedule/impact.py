"""What a step of the staff sets off, said before it is taken: who gets mail, who gets a place."""

from briefings.schedule.finding import places_of
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.planning import Details, places_at
from briefings.schedule.presenters import Affected, affected
from briefings.schedule.slots import Plan, SlotPlan, plan_of


def of_editing(briefing: Briefing, details: Details, after: Plan) -> list[str]:
    """Sentences about an edit of a published briefing; none when nobody will hear of it."""
    if briefing.state is not BriefingState.PUBLISHED:
        return []
    found = _to_presenters(affected(plan_of(briefing), after))
    now, then = places_of(briefing), places_at(briefing, details.capacity)
    if then.confirmed > now.confirmed:
        promoted = then.confirmed - now.confirmed
        found.append(f"대기 {now.waiting:,}명 가운데 {promoted:,}명이 확정되고, 일정 초대를 받습니다.")
    if details.title != briefing.title and now.confirmed:
        found.append(f"확정된 {now.confirmed:,}명의 달력에 새 제목을 보냅니다.")
    return found


def of_publishing(briefing: Briefing) -> list[str]:
    """Sentences about publishing a draft."""
    plan = plan_of(briefing)
    nobody = Plan(plan.starts_at, plan.ends_at, plan.opening_minutes, plan.room_url, ())
    return _to_presenters(affected(nobody, plan))


def of_moving(briefing: Briefing, after: Plan) -> list[str]:
    """Sentences about another time."""
    return _to_registrants(briefing, "일정 초대를 다시 보냅니다", "바뀐 일시를 알립니다") + (
        _to_presenters(affected(plan_of(briefing), after)) if briefing.state is BriefingState.PUBLISHED else []
    )


def of_cancelling(briefing: Briefing) -> list[str]:
    """Sentences about calling a briefing off."""
    released = [slot for slot in plan_of(briefing).slots if slot.presenter_email]
    return _to_registrants(briefing, "취소를 알리고 달력에서 일정을 지웁니다", "취소를 알립니다") + (
        _to_presenters(Affected([], [], released))
    )


def _to_registrants(briefing: Briefing, confirmed: str, waiting: str) -> list[str]:
    places = places_of(briefing)
    return [
        f"{who} {number:,}명에게 {what}."
        for who, number, what in (("확정된", places.confirmed, confirmed), ("대기 중인", places.waiting, waiting))
        if number
    ]


def _to_presenters(who: Affected) -> list[str]:
    return [
        f"발표자 {_named(slots)}에게 {what}."
        for slots, what in (
            (who.new, "발표 시각을 알립니다"),
            (who.moved, "바뀐 발표 시각을 알립니다"),
            (who.released, "발표가 취소되었다고 알립니다"),
        )
        if slots
    ]


def _named(slots: list[SlotPlan]) -> str:
    return f"{len(slots)}명({', '.join(slot.presenter_name or slot.presenter_email for slot in slots)})"
