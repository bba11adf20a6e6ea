"""What staff changed about a published briefing and have not published yet.

Everybody goes on seeing the published version. A draft holds only what differs from the version it was made from: key →
[that version's value, the wanted one], where a key is a detail, `times`, `order`, or `presenter:<need>` and
`minutes:<need>` of a slot. What happens to the briefing meanwhile is merged key by key: what the draft does not touch
stands as it has become, what it touches stands as staff wrote it down, and where both changed the same there is a
conflict that staff settle before anything is published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.schedule.changes import LOOK_AGAIN, TYPED, refuse_another_draft, refuse_stale
from briefings.schedule.editing import Details, details_of, refuse_what_is_new, refuse_window, write_down
from briefings.schedule.models import Briefing, BriefingState, Eligibility, Visibility
from briefings.schedule.slots import SlotPlan, arrange, plan_of

State = dict[str, Any]
"""A version of a briefing, key → value as JSON keeps it."""
Changes = dict[str, list[Any]]

MOMENTS = ("registration_opens_at", "registration_closes_at", "materials_due_at")
NONE_KEPT = "공개하지 않은 내용이 없습니다. 그사이 공개했거나 버렸습니다."


@dataclass(frozen=True)
class Conflict:
    """What staff and somebody else both changed: what it was, what the draft says, what stands there now."""

    key: str
    was: Any
    ours: Any
    theirs: Any


@dataclass(frozen=True)
class Draft:
    """A draft as it would be published now: the whole version, what is new in it, what is contested.

    `kept` is what it was when it was put aside.
    """

    kept: Changes
    state: State
    changes: Changes
    conflicts: list[Conflict]
    by: str
    at: datetime

    def details(self) -> Details:
        """Everything beside the order."""
        values = {name: self.state[name] for name in Details.__dataclass_fields__ if name in self.state}
        values |= {name: _moment(values[name]) for name in MOMENTS}
        starts_at, ends_at = (_moment(each) for each in self.state["times"])
        values["visibility"] = Visibility(values["visibility"])
        values["eligibility"] = Eligibility(values["eligibility"])
        return Details(**values, starts_at=starts_at, ends_at=ends_at)

    def slots(self) -> tuple[SlotPlan, ...]:
        """The order; of needs that are gone for good nothing is left."""
        numbers = self.state["order"]
        found = db.session.execute(select(Need.id, Need.title).where(Need.id.in_(numbers)))
        titles: dict[int, str] = {number: title for number, title in found}
        return tuple(
            SlotPlan(
                number,
                titles[number],
                *self.state[f"minutes:{number}"],
                *self.state[f"presenter:{number}"],
            )
            for number in numbers
            if number in titles
        )


def draft_of(briefing: Briefing) -> Draft | None:
    """What is kept to be published later, merged with what the briefing has become; None where nothing is."""
    if briefing.pending is None or briefing.pending_at is None:
        return None
    kept = briefing.pending["changes"]
    state, changes, conflicts = _merged(published(briefing), kept)
    return Draft(kept, state, changes, conflicts, briefing.pending["by"], briefing.pending_at)


def published(briefing: Briefing) -> State:
    """The version everybody sees."""
    return state_of(details_of(briefing), plan_of(briefing).slots)


def state_of(details: Details, slots: Sequence[SlotPlan]) -> State:
    """A version as JSON keeps it."""
    values: State = asdict(details)
    values["times"] = [_written(values.pop(name)) for name in ("starts_at", "ends_at")]
    values |= {name: _written(values[name]) for name in MOMENTS}
    values["visibility"], values["eligibility"] = details.visibility.value, details.eligibility.value
    values["order"] = [slot.need_id for slot in slots]
    for slot in slots:
        values[f"presenter:{slot.need_id}"] = list(slot.presenter)
        values[f"minutes:{slot.need_id}"] = [slot.talk_minutes, slot.question_minutes]
    return values


def keep(
    briefing: Briefing,
    details: Details,
    slots: Sequence[SlotPlan],
    *,
    seen: datetime,
    seen_draft: datetime | None,
    by: Actor,
    now: datetime,
) -> bool:
    """Put it aside to be published later, in place of what was kept; whether it differs from what is published.

    Refused as `edit` is where somebody was quicker. What cannot be published yet may be kept all the same.
    """
    _lock(briefing, seen, seen_draft)
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        raise Refused("공개되어 있고 끝나지 않은 설명회만 임시 저장할 수 있습니다.")
    refuse_window(details)
    refuse_what_is_new(briefing, details, slots, by)
    if len({slot.need_id for slot in slots}) < len(slots):
        raise Refused("같은 수요가 두 번 들어 있습니다. 하나를 빼 주세요.")
    there, wanted = published(briefing), state_of(details, slots)
    base = there | {f"presenter:{slot.need_id}": list(slot.seen) for slot in slots if slot.seen is not None}
    changes: Changes = {key: [base.get(key), value] for key, value in wanted.items() if base.get(key) != value}
    if not changes and briefing.pending is None:
        return False
    _put(briefing, changes, by, now)
    record(by, "briefing.draft_kept" if changes else "briefing.draft_discarded", briefing, now)
    return bool(changes)


def settle(
    briefing: Briefing,
    theirs: Mapping[str, bool],
    *,
    seen: datetime,
    seen_draft: datetime | None,
    by: Actor,
    now: datetime,
) -> None:
    """Decide each conflict by its key: as it has become (True), or as the draft says. What is not named stays open."""
    _lock(briefing, seen, seen_draft, LOOK_AGAIN)
    draft = _draft(briefing)
    contested = {conflict.key for conflict in draft.conflicts}
    changes: Changes = {}
    for key, change in draft.changes.items():
        if key in contested and key not in theirs:
            changes[key] = draft.kept[key]
        elif not theirs.get(key):
            changes[key] = change
    _put(briefing, changes, by, now)
    record(by, "briefing.draft_kept" if changes else "briefing.draft_discarded", briefing, now)


def discard(briefing: Briefing, *, seen_draft: datetime | None, by: Actor, now: datetime) -> None:
    """Throw away what was kept; what is published stays as it is."""
    lock(briefing)
    refuse_another_draft(briefing, seen_draft, LOOK_AGAIN)
    if briefing.pending is None:
        raise Refused(NONE_KEPT)
    briefing.pending = briefing.pending_at = None
    record(by, "briefing.draft_discarded", briefing, now)


def publish(briefing: Briefing, *, seen: datetime, seen_draft: datetime | None, by: Actor, now: datetime) -> None:
    """Let everybody see it and tell each person once; Refused while anything is contested or cannot be."""
    _lock(briefing, seen, seen_draft, LOOK_AGAIN)
    draft = _draft(briefing)
    if draft.conflicts:
        raise Refused("그사이 바뀐 것과 겹치는 곳이 있습니다. 먼저 어느 쪽을 따를지 정해 주세요.")
    write_down(briefing, draft.details(), draft.slots(), by=by, now=now)


def settle_what_stands(briefing: Briefing) -> None:
    """Of what is kept to be published later, let go of what the briefing has become anyhow; for who holds the lock."""
    if briefing.pending is None:
        return
    there = published(briefing)
    changes = {key: change for key, change in briefing.pending["changes"].items() if there.get(key) != change[1]}
    if changes == briefing.pending["changes"]:
        return
    briefing.pending = {"by": briefing.pending["by"], "changes": changes} if changes else None
    briefing.pending_at = briefing.pending_at if changes else None


def try_on(briefing: Briefing, details: Details, slots: Sequence[SlotPlan]) -> None:
    """Let it be as it would be published, for a look that is undone afterwards; nobody is told."""
    for name, value in asdict(details).items():
        setattr(briefing, name, value)
    arrange(briefing, slots)
    briefing.state = BriefingState.PUBLISHED
    db.session.flush()


def _lock(briefing: Briefing, seen: datetime, seen_draft: datetime | None, then: str = TYPED) -> None:
    lock(briefing)
    refuse_stale(briefing, seen, then)
    refuse_another_draft(briefing, seen_draft, then)


def _draft(briefing: Briefing) -> Draft:
    draft = draft_of(briefing)
    if draft is None:
        raise Refused(NONE_KEPT)
    return draft


def _put(briefing: Briefing, changes: Changes, by: Actor, now: datetime) -> None:
    briefing.pending = {"by": by.name, "changes": changes} if changes else None
    briefing.pending_at = now if changes else None


def _merged(there: State, changes: Mapping[str, Sequence[Any]]) -> tuple[State, Changes, list[Conflict]]:
    """The version that `changes` make of what stands `there`, those that still change anything, and the contested."""
    state, standing, conflicts = dict(there), dict[str, list[Any]](), list[Conflict]()
    order = there["order"]
    if "order" in changes:
        was, ours = changes["order"]
        order, contested = _merged_order(was, ours, there["order"])
        if contested:
            conflicts.append(Conflict("order", was, ours, there["order"]))
    if order != there["order"]:
        state["order"], standing["order"] = order, [there["order"], order]
    for key, (was, ours) in changes.items():
        part, _, number = key.partition(":")
        if part == "order" or (number and int(number) not in order) or there.get(key) == ours:
            continue
        state[key], standing[key] = ours, [there.get(key), ours]
        if there.get(key) != was:
            conflicts.append(Conflict(key, was, ours, there.get(key)))
    return state, standing, conflicts


def _merged_order(was: list[int], ours: list[int], theirs: list[int]) -> tuple[list[int], bool]:
    """One order of both, and whether both sides rearranged what they have in common.

    What either side took out is out; what either put in is in, theirs at the end of ours or ours at the end of theirs.
    """
    if theirs == was:
        return ours, False
    common = [number for number in was if number in ours and number in theirs]
    by_us, by_them = ([number for number in side if number in common] for side in (ours, theirs))
    if by_us == common:  # only put in and taken out by us
        left = [number for number in theirs if number in ours or number not in was]
        return left + [number for number in ours if number not in was and number not in theirs], False
    left = [number for number in ours if number in theirs or number not in was]
    merged = left + [number for number in theirs if number not in was and number not in ours]
    return merged, by_them not in (common, by_us)


def _written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat() if moment else None


def _moment(written: str | None) -> Any:
    return datetime.fromisoformat(written) if written else None
