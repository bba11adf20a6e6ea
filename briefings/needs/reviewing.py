"""The staff's side: publish a submitted need, or return it with what is missing and until when."""

from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from briefings.accounts.models import User
from briefings.audit.recording import history_of, record
from briefings.calendar.holidays import working_days_from
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.finding import is_overdue
from briefings.needs.models import Need, NeedState
from briefings.needs.registering import owners_of, tell_owner
from briefings.outbox.queueing import queue
from briefings.outbox.quiet import QuietHours
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

WORKING_DAYS_TO_ANSWER = 10
LONGEST = timedelta(days=365)
REMINDED = timedelta(days=2)
"""So long before the deadline its owner is reminded, unless they were told of it later than that."""
SAYS_DEADLINE = ("need.returned", "need.deadline_moved")


def publish(need: Need, by: User, now: datetime) -> None:
    """Show it to everyone and tell the owner."""
    lock(need)
    need.publish(now)
    record(by, "need.published", need, now)
    announce(Event.NEED_PUBLISHED, need, now)
    tell_owner("need_published", need, now)


def proposed_deadline(today: date) -> date:
    """Until when an owner is usually given time to put a need right."""
    return working_days_from(today, WORKING_DAYS_TO_ANSWER)


def send_back(
    need: Need, reason: str, by: User, now: datetime, due_on: date | None = None, today: date | None = None
) -> None:
    """Return it with `reason`, which the owner reads on the need and in the mail, to be put right by the end of a day.

    Refused without a reason, or for a day that is not within the year after `today`.
    """
    if not reason.strip():
        raise Refused(N_("돌려보내는 까닭을 적어 주세요."), field="reason")
    _refuse_out_of_reach(due_on, today)
    lock(need)
    need.send_back(reason.strip(), due_on)
    until = {"due_on": due_on.isoformat()} if due_on else {}
    record(by, "need.returned", need, now, reason=need.return_reason, **until)
    tell_owner("need_returned", need, now)


def move_deadline(need: Need, due_on: date | None, by: User, now: datetime, today: date) -> None:
    """Give the owner of a returned need another day, or all the time there is, and tell them."""
    _refuse_out_of_reach(due_on, today)
    lock(need)
    if need.state is not NeedState.RETURNED:
        raise Refused(N_("돌려보낸 과제의 기한만 바꿀 수 있습니다."))
    if need.return_due_on == due_on:
        return
    need.return_due_on = due_on
    until = {"due_on": due_on.isoformat()} if due_on else {}
    record(by, "need.deadline_moved", need, now, **until)
    tell_owner("need_return_moved", need, now)


def number_overdue(today: date) -> int:
    """How many returned needs were not put right in time."""
    late = select(func.count(Need.id)).where(Need.state == NeedState.RETURNED, is_overdue(today))
    return db.session.scalars(late).one()


def remind_due(now: datetime, quiet: QuietHours) -> int:
    """Remind owners whose deadline is two days off or less, once for each deadline; how many mails were new."""
    today = now.astimezone(quiet.zone).date()
    near = (Need.return_due_on >= today, Need.return_due_on <= today + REMINDED)
    waiting = db.session.scalars(select(Need).where(Need.state == NeedState.RETURNED, *near).order_by(Need.id))
    return sum(_remind(need, now, quiet) for need in waiting)


def _refuse_out_of_reach(due_on: date | None, today: date | None) -> None:
    if due_on and today and not today < due_on <= today + LONGEST:
        raise Refused(N_("기한은 내일부터 1년 안의 날이어야 합니다."), field="due_on")


def _remind(need: Need, now: datetime, quiet: QuietHours) -> int:
    due_on = need.return_due_on
    told = [entry for entry in history_of(need) if entry.action in SAYS_DEADLINE]
    if due_on is None or (told and told[-1].at.astimezone(quiet.zone).date() >= due_on - REMINDED):
        return 0
    times = sum(entry.action == "need.returned" for entry in told)
    key, filed, due = f"need-return-due:{need.id}:{due_on}:{times}", f"need:{need.id}", f"{due_on}"
    after = quiet.over_at(now)
    return sum(
        queue("need_return_due", f"{key}:{place}", person, now, after, about=filed, need=need.id, due_on=due)
        for place, person in enumerate(owners_of(need))
    )
