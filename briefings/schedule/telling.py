"""What staff set about the mails of one briefing: which reminders it sends and when its presenters rehearse."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.outbox.models import Message, MessageState
from briefings.outbox.quiet import QuietHours
from briefings.schedule import presenters
from briefings.schedule.changes import differences, refuse_stale
from briefings.schedule.items import concerning
from briefings.schedule.ladder import RUNGS, Rung, climbs, due_at, latest, sends_at
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.planning import settled_reason
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminders import KINDS, last_moves, to_tell

SENT = (MessageState.SENT, MessageState.BOUNCED)
WAITING = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True)
class Standing:
    """One rung of a briefing's ladder as staff see it.

    `at` is when it goes, None where the quiet hours last until it is too late; `put_off` by them; `past` when it is too
    late in any case. `readers` are those whom it would reach now, by the language they read.
    """

    rung: Rung
    wanted: bool
    at: datetime | None
    put_off: bool
    past: bool
    readers: Mapping[str, int]
    sent: int
    waiting: int
    other: int

    @property
    def concerned(self) -> int:
        """How many it would reach now."""
        return sum(self.readers.values())


def ladder_of(briefing: Briefing, now: datetime, quiet: QuietHours) -> list[Standing]:
    """Every rung in the order of the day, by three statements."""
    readers, messages = _readers(briefing, quiet), _messages(briefing)
    return [_standing(rung, briefing, now, quiet, readers[rung], messages.get(KINDS[rung], {})) for rung in RUNGS]


def set_ladder(
    briefing: Briefing, wanted: Collection[str], offered: Collection[Rung], *, seen: datetime, by: Actor, now: datetime
) -> bool:
    """Send those of the `offered` rungs that are `wanted` (`day`, `day:text`), leave the others; whether any changed.

    What waits to be sent for a rung that is not wanted any more is dropped when its turn comes.
    """
    lock(briefing)
    refuse_stale(briefing, seen)
    if briefing.state is BriefingState.CANCELLED:
        raise Refused("취소된 설명회라 알림을 보내지 않습니다.")
    before = briefing.reminders
    values = [rung.value for rung in RUNGS if rung.value in (wanted if rung in offered else before)]
    for rung in RUNGS:
        if rung.by_text and rung in offered and rung.value in values and rung.step.value not in values:
            raise Refused("문자는 전자우편과 함께 보냅니다. 같은 때의 전자우편도 골라 주세요.", field="rungs")
    return _write_down(briefing, {"reminders": values}, by, now)


def set_rehearsal(
    briefing: Briefing, times: tuple[datetime, datetime] | None, *, seen: datetime, by: Actor, now: datetime
) -> bool:
    """When presenters try the room out, or that they do not; whether it is new. Those who know hear at once."""
    lock(briefing)
    refuse_stale(briefing, seen)
    if reason := settled_reason(briefing, now):
        raise Refused(reason)
    starts_at, ends_at = times or (None, None)
    if times and times != (briefing.rehearsal_starts_at, briefing.rehearsal_ends_at):
        _refuse_rehearsal(briefing, times, now)
    changed = _write_down(briefing, {"rehearsal_starts_at": starts_at, "rehearsal_ends_at": ends_at}, by, now)
    if changed:
        presenters.keep_calendars(briefing, now)
    return changed


def _refuse_rehearsal(briefing: Briefing, times: tuple[datetime, datetime], now: datetime) -> None:
    starts_at, ends_at = times
    if starts_at <= now:
        raise Refused("리허설 시작이 이미 지났습니다. 앞으로의 일시를 넣어 주세요.", field="rehearsal_starts_at")
    if ends_at <= starts_at:
        raise Refused("리허설 끝이 리허설 시작보다 뒤여야 합니다.", field="rehearsal_ends_at")
    if ends_at > briefing.starts_at:
        raise Refused("리허설은 설명회가 시작하기 전에 끝나야 합니다.", field="rehearsal_ends_at")


def _write_down(briefing: Briefing, values: Mapping[str, Any], by: Actor, now: datetime) -> bool:
    changed = differences(briefing, values)
    if not changed:
        return False
    for name, value in values.items():
        setattr(briefing, name, value)
    briefing.changed_at = now
    db.session.flush()
    record(by, "briefing.edited", briefing, now, changed=changed)
    return True


def _standing(
    rung: Rung,
    briefing: Briefing,
    now: datetime,
    quiet: QuietHours,
    readers: Mapping[str, int],
    messages: Mapping[MessageState, int],
) -> Standing:
    at = sends_at(rung, briefing, quiet)
    sent = sum(messages.get(state, 0) for state in SENT)
    waiting = sum(messages.get(state, 0) for state in WAITING)
    return Standing(
        rung=rung,
        wanted=climbs(briefing, rung),
        at=at,
        put_off=at is not None and at != due_at(rung.step, briefing, quiet.zone),
        past=now >= latest(rung.step, briefing),
        readers=readers,
        sent=sent,
        waiting=waiting,
        other=sum(messages.values()) - sent - waiting,
    )


def _readers(briefing: Briefing, quiet: QuietHours) -> dict[Rung, dict[str, int]]:
    """How many people each rung is for, by language; whether they are in the room only the hour will tell."""
    moved = last_moves([briefing.id]).get(briefing.id)
    counts = (func.count().filter(to_tell(rung, briefing, moved, quiet)) for rung in RUNGS)
    of_briefing = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
    counted = select(Registration.locale, *counts).where(*of_briefing).group_by(Registration.locale)
    found = db.session.execute(counted).all()
    return {rung: {row[0]: int(row[place]) for row in found if row[place]} for place, rung in enumerate(RUNGS, 1)}


def _messages(briefing: Briefing) -> dict[str, dict[MessageState, int]]:
    """Of each kind how many stand in which state, of those about the briefing."""
    about = Message.about == concerning(briefing)["about"]
    counted = select(Message.kind, Message.state, func.count()).where(about, Message.kind.in_(KINDS.values()))
    found: dict[str, dict[MessageState, int]] = {}
    for kind, state, number in db.session.execute(counted.group_by(Message.kind, Message.state)):
        found.setdefault(kind, {})[state] = number
    return found
