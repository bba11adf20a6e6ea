"""What staff or the moderator press while a briefing runs.

Every press says what its page showed (`mark_of`). Where that is no longer so, somebody else pressed first, and it does
nothing but say who and what.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import select

from briefings.audit.models import AuditEntry
from briefings.audit.recording import Actor, record
from briefings.db import db
from briefings.errors import Refused
from briefings.live.days import OVERRUN, day_to_change, run_to_change
from briefings.live.models import BriefingDay, SlotRun
from briefings.live.running import DayState, SlotState, state_of
from briefings.schedule import presenters
from briefings.schedule.changes import described
from briefings.schedule.models import Briefing, BriefingState

BEFORE = timedelta(hours=3)
AFTER = timedelta(hours=24)
"""From so long before the start until so long after the end it can be led."""


class Press(StrEnum):
    """A button of the run sheet."""

    BEGIN = "begin"
    TAKE_BACK = "take_back"
    END = "end"
    RESUME = "resume"
    BEGIN_TALK = "begin_talk"
    END_TALK = "end_talk"
    RESUME_TALK = "resume_talk"
    TAKE_BACK_TALK = "take_back_talk"
    SEE_PRESENTER = "see_presenter"
    MISS_PRESENTER = "miss_presenter"
    STANDBY = "standby"
    OPEN_REPLIES = "open_replies"
    CLOSE_REPLIES = "close_replies"
    OPEN_ALL = "open_all"
    CLOSE_ALL = "close_all"


COURSE = frozenset(
    {
        Press.BEGIN,
        Press.TAKE_BACK,
        Press.END,
        Press.RESUME,
        Press.BEGIN_TALK,
        Press.END_TALK,
        Press.RESUME_TALK,
        Press.TAKE_BACK_TALK,
    }
)
"""Presses that change what is on: they depend on everything that was begun and ended, the others on one talk alone."""
OF_ALL = frozenset({Press.OPEN_ALL, Press.CLOSE_ALL})
WHENEVER = frozenset({Press.OPEN_REPLIES, Press.CLOSE_REPLIES}) | OF_ALL
"""Staff may open and close word of interest long after the day, too."""


def settled_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why nobody can lead the briefing at `now`, or None."""
    if briefing.state is not BriefingState.PUBLISHED:
        return "공개한 설명회만 진행할 수 있습니다."
    if now < briefing.starts_at - BEFORE:
        return "시작 3시간 전부터 누를 수 있습니다."
    return lapsed_reason(briefing, now)


def lapsed_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why a moderator, who has no account, does nothing about it any more at `now`, or None."""
    return "끝난 지 하루가 지난 설명회입니다." if now > briefing.ends_at + AFTER else None


def no_replies_reason(briefing: Briefing, now: datetime) -> str | None:
    """Why word of interest can be neither opened nor closed at `now`, or None: from the start on it always can."""
    after_start = briefing.state is BriefingState.PUBLISHED and now >= briefing.starts_at
    return None if after_start else settled_reason(briefing, now)


def mark_of(state: DayState, what: Press, slot: SlotState | None = None) -> str:
    """What a press relies on, in a few signs: another one as soon as any of it changes."""
    if what in COURSE:
        talks = [(each.slot.public_id, each.slot.link_version, each.began_at, each.ended_at) for each in state.slots]
        return _digest(state.began_at, state.ended_at, *talks)
    return _digest(*(_of_talk(each) for each in ([slot] if slot else state.slots)))


def press(briefing: Briefing, what: Press, slot_id: str, seen: str, by: Actor, now: datetime) -> None:
    """Do what was pressed; Refused where it is not the day, or where the page was older than what others did."""
    day = _held(briefing)
    state = state_of(briefing, now)
    slot = next((each for each in state.slots if each.slot.public_id == slot_id), None)
    if reason := (no_replies_reason if what in WHENEVER else settled_reason)(briefing, now):
        raise Refused(reason)
    if what in OF_TALK and slot is None:
        raise Refused("그사이 발표 순서에서 빠진 수요입니다.")
    if seen != mark_of(state, what, slot if what in OF_TALK else None):
        raise _too_late(briefing)
    if what in COURSE and (reason := _over_reason(state, what, now)):
        raise Refused(reason)
    if slot is not None and what in OF_TALK:
        OF_TALK[what](state, slot, by, now)
    else:
        OF_DAY[what](state, day, by, now)


def say(briefing: Briefing, words: str, seen: str, by: Actor, now: datetime) -> None:
    """Show `words` to everybody on the join page until others are said; "" takes them away."""
    day = _held(briefing)
    if reason := settled_reason(briefing, now):
        raise Refused(reason)
    if seen != mark_of_line(day):
        raise _too_late(briefing)
    if words == day.line:
        return
    day.line, day.line_at = words, now if words else None
    record(by, "day.line_said" if words else "day.line_cleared", briefing, now, words=words)


def mark_of_line(day: BriefingDay) -> str:
    """What saying something to everybody relies on: what is said now."""
    return _digest(day.line, day.line_at)


def _begin(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    if day.began_at is None:
        day.began_at = now
        record(by, "day.begun", state.briefing, now)


def _take_back(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    """As if it had not begun; the programme's own times count again."""
    if any(slot.began_at for slot in state.slots):
        raise Refused("이미 시작한 발표가 있습니다. 그 발표의 시작을 먼저 되돌려 주세요.")
    day.began_at = None
    record(by, "day.taken_back", state.briefing, now)


def _end(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    if state.now and state.now.run and state.now.run.began_at:
        state.now.run.ended_at = now
    day.began_at, day.ended_at = day.began_at or now, now
    record(by, "day.ended", state.briefing, now)


def _resume(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    """As if it had not been ended: the talk that was cut off by that goes on, too."""
    _go_on(state, day.ended_at)
    day.ended_at = None
    record(by, "day.resumed", state.briefing, now)


def _begin_talk(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    """What is on ends with it: two talks at once are none."""
    if state.ended_at is not None:
        raise Refused("끝낸 설명회입니다. ‘설명회 이어 가기’를 먼저 눌러 주세요.")
    if state.now and state.now.run and state.now.run.began_at:
        state.now.run.ended_at = now
    run = run_to_change(slot.slot)
    run.began_at, run.ended_at = now, None
    run.presenter_seen_at = run.presenter_seen_at or now
    day = day_to_change(state.briefing)
    day.began_at = day.began_at or now
    _record("talk.begun", slot, by, now)


def _end_talk(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    run = _begun(slot)
    run.ended_at = run.ended_at or now
    _record("talk.ended", slot, by, now)


def _resume_talk(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    """It goes on as if it had not been ended; a talk that is on meanwhile ends."""
    if state.ended_at is not None:
        raise Refused("끝낸 설명회입니다. ‘설명회 이어 가기’를 먼저 눌러 주세요.")
    if state.now and state.now.run and state.now.run is not slot.run:
        state.now.run.ended_at = now
    _begun(slot).ended_at = None
    _record("talk.resumed", slot, by, now)


def _take_back_talk(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    """As if it had not begun: what its beginning ended goes on, unless others were begun since."""
    run = _begun(slot)
    if run.began_at == max(each.began_at for each in state.slots if each.began_at):
        _go_on(state, run.began_at)
    run.began_at = run.ended_at = None
    _record("talk.taken_back", slot, by, now)


def _see_presenter(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    run = run_to_change(slot.slot)
    if run.presenter_seen_at is None:
        run.presenter_seen_at = now
        _record("talk.presenter_seen", slot, by, now)


def _miss_presenter(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    run_to_change(slot.slot).presenter_seen_at = None
    _record("talk.presenter_missed", slot, by, now)


def _let_standby_present(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    """Nobody has seen yet who presents now."""
    presenters.let_standby_present(slot.slot, by, now)
    run = run_to_change(slot.slot)
    run.presenter_seen_at = None
    run.standby_since = None if run.standby_since else now


def _open_replies(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    if not slot.is_open:
        run = run_to_change(slot.slot)
        run.replies_opened_at, run.replies_closed_at = now, None
        _record("talk.replies_opened", slot, by, now)


def _close_replies(state: DayState, slot: SlotState, by: Actor, now: datetime) -> None:
    if not slot.is_closed:
        run_to_change(slot.slot).replies_closed_at = now
        _record("talk.replies_closed", slot, by, now)


def _open_all(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    for slot in state.slots:
        _open_replies(state, slot, by, now)


def _close_all(state: DayState, day: BriefingDay, by: Actor, now: datetime) -> None:
    for slot in state.slots:
        _close_replies(state, slot, by, now)


OF_DAY: dict[Press, Callable[[DayState, BriefingDay, Actor, datetime], None]] = {
    Press.BEGIN: _begin,
    Press.TAKE_BACK: _take_back,
    Press.END: _end,
    Press.RESUME: _resume,
    Press.OPEN_ALL: _open_all,
    Press.CLOSE_ALL: _close_all,
}
OF_TALK: dict[Press, Callable[[DayState, SlotState, Actor, datetime], None]] = {
    Press.BEGIN_TALK: _begin_talk,
    Press.END_TALK: _end_talk,
    Press.RESUME_TALK: _resume_talk,
    Press.TAKE_BACK_TALK: _take_back_talk,
    Press.SEE_PRESENTER: _see_presenter,
    Press.MISS_PRESENTER: _miss_presenter,
    Press.STANDBY: _let_standby_present,
    Press.OPEN_REPLIES: _open_replies,
    Press.CLOSE_REPLIES: _close_replies,
}


def _held(briefing: Briefing) -> BriefingDay:
    """The row of the day, as it is under the lock: what was read before may be older."""
    day = day_to_change(briefing)
    db.session.expire_all()
    return day


def _over_reason(state: DayState, what: Press, now: datetime) -> str | None:
    """Why the course of the day cannot be changed any more once the clock, not a press, has ended it; or None."""
    if state.ended_at is None and state.is_over:
        return "끝날 시각이 지나 저절로 끝난 설명회입니다."
    if what is Press.RESUME and now >= state.briefing.ends_at + OVERRUN:
        return "끝날 시각에서 1시간이 지나 이어 갈 수 없습니다."
    return None


def _begun(slot: SlotState) -> SlotRun:
    """Its run, with the lock on the briefing; Refused where it has not begun."""
    run = run_to_change(slot.slot)
    if run.began_at is None:
        raise Refused("아직 시작하지 않은 발표입니다.")
    return run


def _go_on(state: DayState, ended_at: datetime | None) -> None:
    """Whatever was ended at that very moment goes on."""
    for slot in state.slots:
        if slot.run and slot.run.ended_at and slot.run.ended_at == ended_at:
            slot.run.ended_at = None


def _record(action: str, slot: SlotState, by: Actor, now: datetime) -> None:
    who = slot.slot.presenter_name or slot.slot.presenter_email or "발표자 없음"
    record(by, action, slot.slot.briefing, now, need=slot.need.title, presenter=who)


def _too_late(briefing: Briefing) -> Refused:
    """Says who did what last."""
    of_briefing = (AuditEntry.about_type == Briefing.__tablename__, AuditEntry.about_id == briefing.id)
    found = select(AuditEntry).where(*of_briefing).order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(1)
    last = db.session.scalar(found)
    if last is None:
        return Refused("오래된 화면이라 누르신 것을 하지 않았습니다. 지금 상황을 보고 다시 눌러 주세요.")
    return Refused(
        "그사이 %(who)s 님이 먼저 눌러 누르신 것을 하지 않았습니다: %(what)s. 지금 상황을 보고 다시 눌러 주세요.",
        who=last.actor_name or "발표자",
        what=", ".join(described(last)),
    )


def _of_talk(slot: SlotState) -> tuple[object, ...]:
    run = slot.run
    said = (run.presenter_seen_at, run.standby_since, run.replies_opened_at, run.replies_closed_at) if run else ()
    return (slot.slot.public_id, slot.slot.link_version, slot.slot.standby_email, slot.is_open, *said)


def _digest(*values: object) -> str:
    return sha256(repr(values).encode()).hexdigest()[:16]
