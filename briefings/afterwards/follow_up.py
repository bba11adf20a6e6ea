"""What staff have left to do after a briefing, and the mails to everybody before their hour."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import ColumnElement, func, select

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.live.attending import came
from briefings.live.days import closes_at, day_of
from briefings.live.following_up import missing
from briefings.outbox.models import Message, MessageState
from briefings.outbox.quiet import QuietHours
from briefings.schedule.ladder import Rung, climbs, latest, sends_at
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing, BriefingState, Step
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminders import KINDS, queue_early
from briefings.web.erased import is_somebodys

STEPS = (Step.THANKS, Step.ABSENT)


@dataclass(frozen=True)
class Mailing:
    """One of the two mails: to how many it goes, when, and how many of it are on their way."""

    step: Step
    wanted: bool
    concerned: int
    at: datetime | None
    """None where it goes no more."""
    queued: int
    sent: int
    held: int


@dataclass(frozen=True)
class Slides:
    """How many talks there were, of how many everybody may have the slides, and of how many only the organizers."""

    talks: int
    public: int
    kept: int


def mailings_of(briefing: Briefing, now: datetime, quiet: QuietHours) -> list[Mailing]:
    """Thanks to those who came, word to those who did not."""
    counted = select(Message.kind, Message.state, func.count()).where(Message.about == f"briefing:{briefing.id}")
    counted = counted.where(Message.kind.in_([KINDS[Rung(step)] for step in STEPS])).group_by(
        Message.kind, Message.state
    )
    found = {(kind, state): number for kind, state, number in db.session.execute(counted)}
    return [_mailing(briefing, step, found, now, quiet) for step in STEPS]


def slides_of(briefing: Briefing) -> Slides:
    """What presenters handed in."""
    files = files_by_slot(briefing)
    public = {slot_id for slot_id, several in files.items() if any(each.public for each in several)}
    return Slides(len(briefing.slots), len(public), len(files) - len(public))


def not_yet_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why nobody can be thanked, or None."""
    if briefing.state is not BriefingState.PUBLISHED:
        return "공개되어 있는 설명회가 끝난 뒤에만 보낼 수 있습니다."
    if now < closes_at(briefing, day_of(briefing)):
        return "설명회가 끝난 뒤에 보낼 수 있습니다."
    if now >= latest(Step.THANKS, briefing):
        return "끝난 지 7일이 지나 보내지 않습니다."
    wanted = any(climbs(briefing, Rung(step)) for step in STEPS)
    return None if wanted else "이 설명회의 알림에서 감사와 불참 안내를 껐습니다."


def send(briefing: Briefing, by: Actor, now: datetime, agreed: str | None = None) -> int:
    """Queue both mails at once, to whom they have not been queued yet; how many. Refused where there are none.

    `agreed` is the mark of the mails the page showed (`mark_of`): Refused where these are others.
    """
    lock(briefing)
    if refused := not_yet_reason(briefing, now):
        raise Refused(refused)
    numbers = {step.value: queue_early(step, briefing, [_concerned(step)], now) for step in STEPS}
    if not any(numbers.values()):
        raise Refused("보낼 사람이 없습니다. 모두 이미 보냈거나 보내는 중입니다.")
    if agreed is not None and mark_of(briefing, now) != agreed:
        raise Refused("그사이 받을 사람이 바뀌었습니다.")
    record(by, "briefing.afterwards_sent", briefing, now, **numbers)
    return sum(numbers.values())


def mark_of(briefing: Briefing, now: datetime) -> str:
    """A few signs that are others as soon as what was queued at `now` goes to others."""
    queued = select(Message.key).where(Message.about == f"briefing:{briefing.id}", Message.created_at == now)
    queued = queued.where(Message.kind.in_([KINDS[Rung(step)] for step in STEPS])).order_by(Message.id)
    return sha256(repr(sorted(db.session.scalars(queued))).encode()).hexdigest()[:16]


def _mailing(
    briefing: Briefing,
    step: Step,
    found: dict[tuple[str, MessageState], int],
    now: datetime,
    quiet: QuietHours,
) -> Mailing:
    kind = KINDS[Rung(step)]
    states = {state: found.get((kind, state), 0) for state in MessageState}
    of_briefing = (Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
    concerned = select(func.count()).select_from(Registration).where(*of_briefing, _concerned(step))
    return Mailing(
        step,
        climbs(briefing, Rung(step)),
        db.session.scalars(concerned).one(),
        sends_at(Rung(step), briefing, quiet) if now < latest(step, briefing) else None,
        states[MessageState.QUEUED] + states[MessageState.SENDING],
        states[MessageState.SENT],
        states[MessageState.HELD],
    )


def _concerned(step: Step) -> ColumnElement[bool]:
    """Whoever was erased is told nothing, and not counted among those who are."""
    return (came() if step is Step.THANKS else missing()) & is_somebodys(Registration.email)
