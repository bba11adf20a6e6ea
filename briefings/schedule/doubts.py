"""What staff should look at again about a briefing, stored or only thought of: one rule for every page that shows it.

Nothing of it is refused: staff may want it so. Who presents in two places at once is (`slots.refuse_clashes`).
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from briefings.calendar.holidays import holiday_on
from briefings.db import db
from briefings.needs.models import Need, NeedState
from briefings.schedule.availability import Availability
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.slots import COMING, Plan, SlotPlan

OFFICE_HOURS = (time(9), time(18))
CHANGE_OVER = timedelta(minutes=15)
"""Whoever has less time than this between two briefings may come late to the second."""

Times = tuple[datetime, datetime]


@dataclass(frozen=True)
class Shared:
    """Another coming briefing or draft, and the titles of the needs that stand in it too."""

    other: Briefing
    needs: list[str]


def shared_needs(need_ids: Collection[int], now: datetime, briefing_id: int = 0) -> list[Shared]:
    """Where else these needs are about to be presented than in `briefing_id`, by one statement: staff may want that,
    but two who picked the same needs at once do not know of each other."""
    if not need_ids:
        return []
    found = (
        select(Briefing, Need.title)
        .join(Briefing.slots)
        .join(PresenterSlot.need)
        .where(
            PresenterSlot.need_id.in_(need_ids),
            Briefing.id != briefing_id,
            Briefing.state.in_(COMING),
            Briefing.ends_at > now,
        )
        .order_by(Briefing.starts_at, Briefing.id, PresenterSlot.position)
    )
    titles: dict[Briefing, list[str]] = {}
    for other, title in db.session.execute(found):
        titles.setdefault(other, []).append(title)
    return [Shared(other, needs) for other, needs in titles.items()]


def warnings(plan: Plan, zone: tzinfo) -> list[str]:
    """What looks doubtful, in sentences: first the time, then what else goes on then, then what is missing."""
    others = _near(plan)
    found = (
        about_time((plan.starts_at, plan.ends_at), zone),
        _about_dates(plan),
        _about_length(plan),
        _about_audience(plan, others),
        _about_organizations(plan, others),
        _about_moderator(plan, others),
        _about_change_overs(plan, others),
        _about_availability(plan),
        _about_presenters(plan),
        _about_needs(plan),
        _about_room(plan),
    )
    return list(dict.fromkeys(sentence for sentences in found for sentence in sentences))


def closed_by_moving(briefing: Briefing, plan: Plan, now: datetime) -> list[str]:
    """That a move takes the end of registration, which moves along, to a time that is past: nobody may sign up then."""
    closes_at = plan.registration_closes_at
    open_now = briefing.state is BriefingState.PUBLISHED and briefing.registration_closes_at > now
    if not open_now or closes_at is None or closes_at > now:
        return []
    return [
        "새 신청 마감이 이미 지난 때라 옮기면 신청을 더 받지 않습니다. 더 받으려면 옮긴 뒤에 신청 마감을 고쳐 주세요."
    ]


def _near(plan: Plan) -> Sequence[Briefing]:
    """Other coming briefings that run meanwhile, shortly before or shortly after, with their orders."""
    with_needs = selectinload(Briefing.slots).joinedload(PresenterSlot.need).joinedload(Need.organization)
    found = select(Briefing).where(
        Briefing.id != plan.briefing_id,
        Briefing.state.in_(COMING),
        Briefing.starts_at < _end(plan) + CHANGE_OVER,
        Briefing.starts_at > plan.starts_at - timedelta(days=1),
    )
    return db.session.scalars(found.options(with_needs).order_by(Briefing.starts_at, Briefing.id)).all()


def _end(plan: Plan) -> datetime:
    return max(plan.ends_at, plan.last_end())


def about_time(times: Times, zone: tzinfo) -> Iterator[str]:
    """What is doubtful about a time by itself: a holiday, a weekend, hours in which offices are closed."""
    start, end = (each.astimezone(zone) for each in times)
    if name := holiday_on(start.date()):
        yield f"공휴일입니다: {name}."
    if start.weekday() >= 5:
        yield f"{'토일'[start.weekday() - 5]}요일입니다."
    opening, closing = OFFICE_HOURS
    if start.time() < opening or end.time() > closing or end.date() != start.date():
        yield "업무 시간(09:00~18:00) 밖에 걸쳐 있습니다."


def _about_dates(plan: Plan) -> Iterator[str]:
    if plan.registration_closes_at and plan.registration_closes_at > plan.starts_at:
        yield "신청 마감이 시작보다 늦습니다. 시작한 뒤에도 신청을 받습니다."
    if plan.materials_due_at and plan.materials_due_at > plan.starts_at:
        yield "발표자료 기한이 시작보다 늦습니다."


def _about_length(plan: Plan) -> Iterator[str]:
    over = _minutes(plan.last_end() - plan.ends_at)
    if over > 0:
        yield f"발표 순서가 설명회보다 {over}분 깁니다."


def _about_audience(plan: Plan, others: Iterable[Briefing]) -> Iterator[str]:
    ours = (plan.starts_at, plan.ends_at)
    for other in others:
        if other.audience_id == plan.audience_id and _gap(ours, (other.starts_at, other.ends_at)) < timedelta(0):
            yield f"대상이 같은 ‘{other.title}’도 같은 시간에 열립니다."


def _about_organizations(plan: Plan, others: Iterable[Briefing]) -> Iterator[str]:
    """Of two people of one organization; one person in two places is a clash."""
    of_need = _organizations(plan)
    for slot, times, other, theirs, their_times in _pairs(plan, others):
        if of_need.get(slot.need_id) != theirs.need.organization_id or _same_person(slot, theirs):
            continue
        if _gap(times, their_times) < timedelta(0):
            yield f"{theirs.need.organization.name} 소속이 같은 시간에 ‘{other.title}’에서도 발표합니다."


def _organizations(plan: Plan) -> dict[int, int]:
    found = select(Need.id, Need.organization_id).where(Need.id.in_([slot.need_id for slot in plan.slots]))
    return {need_id: organization_id for need_id, organization_id in db.session.execute(found)}


def _about_moderator(plan: Plan, others: Iterable[Briefing]) -> Iterator[str]:
    who = _plain(plan.moderator)
    for other in others:
        if not who or _plain(other.moderator) != who:
            continue
        gap = _gap((plan.starts_at, plan.ends_at), (other.starts_at, other.ends_at))
        if gap < timedelta(0):
            yield f"사회자 {who} 님은 같은 시간에 ‘{other.title}’의 사회도 봅니다."
        elif gap < CHANGE_OVER:
            yield f"사회자 {who} 님은 ‘{other.title}’의 사회도 봅니다. 그 사이가 {_minutes(gap)}분입니다."


def _about_change_overs(plan: Plan, others: Iterable[Briefing]) -> Iterator[str]:
    for slot, times, other, theirs, their_times in _pairs(plan, others):
        gap = _gap(times, their_times)
        if _same_person(slot, theirs) and timedelta(0) <= gap < CHANGE_OVER:
            yield f"{_named(slot)} 님은 ‘{other.title}’에서도 발표합니다. 그 사이가 {_minutes(gap)}분입니다."


def _about_availability(plan: Plan) -> Iterator[str]:
    places: dict[str, list[tuple[SlotPlan, Times]]] = {}
    for slot, times in zip(plan.slots, plan.times(), strict=True):
        if slot.presenter_email:
            places.setdefault(slot.presenter_email.lower(), []).append((slot, times))
    if not places:
        return
    found = select(Availability).where(
        func.lower(Availability.email).in_(places),
        Availability.starts_at < _end(plan),
        Availability.ends_at > plan.starts_at,
    )
    said = db.session.scalars(found.order_by(Availability.starts_at, Availability.id)).all()
    # What was said of this very start counts before what was said of a time that overlaps, as it does for the planner.
    can = {each.email.lower() for each in said if each.possible and each.starts_at == plan.starts_at}
    for one in said:
        if not one.possible and one.email.lower() not in can:
            yield from _cannot(places[one.email.lower()], (one.starts_at, one.ends_at))


def _cannot(places: Iterable[tuple[SlotPlan, Times]], meanwhile: Times) -> Iterator[str]:
    for slot, times in places:
        if _gap(times, meanwhile) < timedelta(0):
            yield f"{_named(slot)} 님은 이 시간에 발표하기 어렵다고 답했습니다."


def _about_presenters(plan: Plan) -> Iterator[str]:
    for place, slot in enumerate(plan.slots, start=1):
        if not slot.presenter_name:
            yield f"{place}번째 발표의 발표자가 비어 있습니다: ‘{slot.title}’"
        elif not slot.presenter_email:
            yield f"{place}번째 발표자 {slot.presenter_name} 님의 전자우편이 없어 안내를 보낼 수 없습니다."


def _about_needs(plan: Plan) -> Iterator[str]:
    """What has found its partners since it was put into the order, or into that of which this one is a copy.

    A need that takes no replies any more is no doubt: it keeps a draft from being published (`planning.lapsed_needs`).
    """
    matched = (Need.matched_at.is_not(None), Need.state == NeedState.PUBLISHED)
    found = select(Need.title).where(Need.id.in_([slot.need_id for slot in plan.slots]), *matched).order_by(Need.id)
    for title in db.session.scalars(found):
        yield f"‘{title}’ 과제는 이미 협업이 성사되었습니다. 그래도 발표할지 확인해 주세요."


def _about_room(plan: Plan) -> Iterator[str]:
    if not plan.room_url:
        yield "접속 주소가 비어 있습니다. 시작 전까지 넣어 주세요."


def _pairs(plan: Plan, others: Iterable[Briefing]) -> Iterator[tuple[SlotPlan, Times, Briefing, PresenterSlot, Times]]:
    """Each slot of the plan beside each slot of another briefing, with the times of both."""
    ours = list(zip(plan.slots, plan.times(), strict=True))
    for other in others:
        for theirs, their_times in zip(other.slots, other.times_of(other.slots), strict=True):
            for slot, times in ours:
                yield slot, times, other, theirs, their_times


def _same_person(slot: SlotPlan, theirs: PresenterSlot) -> bool:
    return bool(slot.presenter_email) and slot.presenter_email.lower() == theirs.presenter_email.lower()


def _gap(one: Times, other: Times) -> timedelta:
    """What lies between two times; negative where they overlap."""
    return max(one[0], other[0]) - min(one[1], other[1])


def _minutes(span: timedelta) -> int:
    return int(span.total_seconds()) // 60


def _plain(name: str) -> str:
    return " ".join(name.split())


def _named(slot: SlotPlan) -> str:
    return slot.presenter_name or slot.presenter_email
