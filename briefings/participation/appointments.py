"""Talks between owner and replier: times offered, one chosen, moved, called off; both calendars follow.

Whoever acts holds need, reply and appointment, in that order, and the account that offered before a time is settled:
so nobody is expected in two places.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from briefings.accounts.models import User
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.registering import owners_of
from briefings.organizations.finding import acts_for
from briefings.outbox.queueing import Recipient, queue, queued_lately
from briefings.participation.models import Appointment, AppointmentState, ParticipationReply, ReplyState, Side
from briefings.participation.talk_times import FEWEST, FURTHEST, MINUTES, MOST, NOTICE, in_the_way, out_of_office
from briefings.participation.telling import repliers, tell_repliers
from briefings.schedule import items
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState

ASKED_PER_HOUR = 5


@dataclass(frozen=True)
class Terms:
    """How a talk is to be held: a room online, a number or a place, and what the owner says about it."""

    place: str
    note: str = ""


def offer(
    made: ParticipationReply,
    times: Iterable[datetime],
    terms: Terms,
    by: User,
    zone: ZoneInfo,
    now: datetime,
    out_of_hours: bool = False,
) -> Appointment:
    """Lay three to eight times before the replying side; the reply counts as acknowledged by that.

    Refused while another talk is being arranged, for times in the owner's own way, and for times at which offices are
    closed unless `out_of_hours` says that they are meant.
    """
    lock(made)
    if not made.may_talk:
        raise Refused(N_("끝난 답글이어서 협의 시간을 제안할 수 없습니다."))
    if made.talk is not None and made.talk.stands(now):
        raise Refused(N_("이미 잡고 있는 협의가 있습니다. 그 협의에서 다른 시간을 제안해 주세요."))
    chosen = _checked(times, FEWEST, by, zone, now, out_of_hours)
    if made.state is ReplyState.SENT:
        made.acknowledge(now)
    appointment = Appointment(
        minutes=MINUTES,
        place=terms.place,
        note=terms.note,
        offered_by=by,
        offered_at=now,
        state=AppointmentState.OFFERED,
    )
    made.appointments.append(appointment)
    appointment.offer(chosen)
    db.session.flush()
    tell_repliers(made, "talk_offered", now, talk=appointment.id, news="new")
    return appointment


def offer_others(
    appointment: Appointment,
    times: Iterable[datetime],
    terms: Terms,
    by: User,
    zone: ZoneInfo,
    now: datetime,
    out_of_hours: bool = False,
) -> None:
    """Other times instead of those offered, or instead of the one agreed on, which stands until another is chosen."""
    _hold(appointment)
    _refuse_ended(appointment, now)
    agreed = appointment.state is AppointmentState.AGREED
    if appointment.owner_item is None and not _still_acts(appointment.offered_by, appointment):
        appointment.offered_by = by  # whoever offers in the stead of an account that has left comes, too
    chosen = _checked(times, 1, appointment.offered_by or by, zone, now, out_of_hours, _entries(appointment))
    others = [moment for moment in chosen if not (agreed and moment == appointment.starts_at)]
    if not others:
        raise Refused(N_("지금 정한 시간 말고 다른 시간을 골라 주세요."), field="times")
    appointment.offer(others)
    appointment.note = terms.note
    if agreed:
        _set_place(appointment, terms.place, now)
    else:
        appointment.place, appointment.offered_at = terms.place, now
    tell_repliers(appointment.reply, "talk_offered", now, talk=appointment.id, news="others")


def choose(appointment: Appointment, starts_at: datetime, by: Recipient, now: datetime) -> None:
    """The replying side takes one of the times; it goes into both calendars, and `by` is who comes.

    Where a time had been agreed on before, the talk moves for those who have it in their calendars.
    """
    _hold(appointment)
    _refuse_ended(appointment, now)
    if by.address not in {each.address for each in repliers(appointment.reply)}:
        raise Refused(N_("그사이 상황이 바뀌었습니다. 앞 화면을 새로 열어 확인해 주세요."))
    if appointment.offered_by is not None:
        lock(appointment.offered_by)
    host = host_of(appointment)
    _refuse_taken(appointment, starts_at, host, by, now)
    appointment.agree(starts_at, now)
    _begin_consultation(appointment.reply, now)
    if appointment.owner_item is None or appointment.replier_item is None:
        appointment.owner_item = _enter(appointment, host, Side.OWNER, now)
        appointment.replier_item = _enter(appointment, by, Side.REPLIER, now)
        return
    for side in Side:
        _move(appointment, side, now)


def find_none_fitting(appointment: Appointment, words: str, now: datetime) -> None:
    """None of the times suits the replying side: the offer ends, and the owner reads what would."""
    _hold(appointment)
    if not appointment.waits:
        raise Refused(N_("고를 시간이 더는 없습니다."))
    if appointment.state is AppointmentState.AGREED:
        appointment.times = []
    else:
        appointment.cancel(Side.REPLIER, words, now)
    _tell_host(appointment, "talk_refused", now, words=words)


def ask_other_time(appointment: Appointment, words: str, now: datetime) -> None:
    """The replying side would rather talk at another time than the one agreed on: the owner is asked to offer some."""
    _hold(appointment)
    if appointment.state is not AppointmentState.AGREED or appointment.is_over(now):
        raise Refused(N_("시간을 정한 협의만 다른 시간을 부탁할 수 있습니다."))
    key = _key("talk_other_time", appointment)
    if queued_lately("talk_other_time", host_of(appointment).address, now, key) >= ASKED_PER_HOUR:
        raise Refused(N_("조금 전에 부탁을 보냈습니다. 수요기관의 답을 기다려 주세요."))
    _tell_host(appointment, "talk_other_time", now, words=words)


def change_terms(appointment: Appointment, terms: Terms, now: datetime) -> None:
    """Another place or other words about it; both calendars hear of a new place."""
    _hold(appointment)
    _refuse_ended(appointment, now)
    appointment.note = terms.note
    _set_place(appointment, terms.place, now)


def call_off(appointment: Appointment, by: Side | None, reason: str, now: datetime) -> None:
    """There will be no talk; it leaves both calendars, and those who were only asked hear of it too."""
    _hold(appointment)
    before = appointment.state
    appointment.cancel(by, reason, now)
    if before is AppointmentState.OFFERED:
        if by is not Side.REPLIER:
            tell_repliers(appointment.reply, "talk_offer_ended", now, talk=appointment.id)
        return
    for side in Side:
        item = appointment.item_of(side)
        if item is not None and item.state is ItemState.OPEN:
            lock(item)
            item.close(now)
            items.tell(item, "talk_off", now, talk=appointment.id, side=side.value)


def replace_replier(made: ParticipationReply, address: str, now: datetime) -> None:
    """Whoever has that address takes part in the reply no more: in their stead comes whoever sent it.

    The entry leaves the one calendar and is a new one in the other. The caller holds need and reply.
    """
    appointment = made.talk
    item = appointment.replier_item if appointment else None
    if appointment is None or item is None or item.email != address or item.state is ItemState.CLOSED:
        return
    lock(appointment)
    if appointment.state is not AppointmentState.AGREED or appointment.is_over(now):
        return
    lock(item)
    item.close(now)
    items.tell(item, "talk_off", now, talk=appointment.id, side=Side.REPLIER.value, replaced=True)
    sender = Recipient(made.email, made.name, made.locale)
    appointment.replier_item = _enter(appointment, sender, Side.REPLIER, now)


def resend(appointment: Appointment, side: Side, now: datetime) -> None:
    """Send the invitation of one side once more; Refused where none stands, or too often."""
    _hold(appointment)
    item = appointment.item_of(side)
    items.resend(item if item is not None and item.state is ItemState.OPEN else None, now)


def host_of(appointment: Appointment) -> Recipient:
    """Who of the owner's side comes: whoever offered the times, or the need's contact where that account has left."""
    need, by = appointment.reply.need, appointment.offered_by
    if appointment.owner_item is not None:
        item = appointment.owner_item
        return Recipient(item.email, item.name, item.locale)
    if by is not None and _still_acts(by, appointment):
        return Recipient(by.email, by.name, by.locale)
    return owners_of(need)[0] if owners_of(need) else Recipient("", need.organization.name)


def one_of_repliers(made: ParticipationReply, address: str) -> Recipient:
    """Whoever of the replying side has that address; the sender where nobody else has."""
    return next((each for each in repliers(made) if each.address == address), repliers(made)[0])


def _hold(appointment: Appointment) -> None:
    lock(appointment.reply.need)
    lock(appointment.reply)
    lock(appointment)


def _still_acts(account: User | None, appointment: Appointment) -> bool:
    return account is not None and acts_for(account, appointment.reply.need.organization)


def _refuse_ended(appointment: Appointment, now: datetime) -> None:
    if appointment.state is AppointmentState.CANCELLED or not appointment.reply.may_talk:
        raise Refused(N_("취소된 협의입니다."))
    if appointment.is_over(now):
        raise Refused(N_("이미 지난 협의입니다."))


def _checked(
    times: Iterable[datetime],
    fewest: int,
    by: User,
    zone: ZoneInfo,
    now: datetime,
    out_of_hours: bool,
    beside: Iterable[CalendarItem] = (),
) -> list[datetime]:
    """The times in order, each once; Refused where they are too few, too many, or one of them cannot be meant."""
    chosen = sorted(set(times))
    if len(chosen) < fewest or len(chosen) > MOST:
        words = N_("시간을 %(fewest)s개에서 %(most)s개까지 골라 주세요. 지금 %(number)s개입니다.")
        raise Refused(words, field="times", fewest=fewest, most=MOST, number=len(chosen))
    if chosen[0] < now + NOTICE or chosen[-1] > now + FURTHEST:
        raise Refused(N_("시간은 2시간 뒤부터 90일 안에서 골라 주세요."), field="times")
    if any(later - earlier < timedelta(minutes=MINUTES) for earlier, later in pairwise(chosen)):
        raise Refused(N_("서로 겹치는 시간이 있습니다. 20분 넘게 떨어뜨려 주세요."), field="times")
    for moment in chosen:
        if in_the_way(by.email, moment, list(beside)):
            words = N_("%(time)s에는 이미 다른 일정이 있습니다. 그 시간을 빼 주세요.")
            raise Refused(words, field="times", time=moment)
    if (odd := out_of_office(chosen, zone)) and not out_of_hours:
        words = N_("%(time)s은 업무 시간이 아닙니다. 그대로 제안하려면 아래에 표시해 주세요.")
        raise Refused(words, field="out_of_hours", time=odd[0])
    return chosen


def _refuse_taken(appointment: Appointment, starts_at: datetime, host: Recipient, by: Recipient, now: datetime) -> None:
    """Say no to a time that is past, or at which one of those who come is expected elsewhere."""
    own = _entries(appointment)
    comes = appointment.replier_item.email if appointment.replier_item else by.address
    if not host.address:
        raise Refused(N_("수요기관의 담당자가 바뀌고 있어 지금은 시간을 정할 수 없습니다. 며칠 뒤에 다시 해 주세요."))
    if starts_at <= now:
        raise Refused(N_("이미 지난 시간입니다. 다른 시간을 골라 주세요."), field="starts_at")
    if in_the_way(host.address, starts_at, own):
        raise Refused(N_("그사이 수요기관에 다른 일정이 생긴 시간입니다. 다른 시간을 골라 주세요."), field="starts_at")
    if in_the_way(comes, starts_at, own):
        raise Refused(N_("같은 시간에 다른 일정이 잡혀 있습니다. 다른 시간을 골라 주세요."), field="starts_at")


def _entries(appointment: Appointment) -> list[CalendarItem]:
    return [item for item in (appointment.owner_item, appointment.replier_item) if item is not None]


def _begin_consultation(made: ParticipationReply, now: datetime) -> None:
    if made.state is not ReplyState.MATCHED:
        made.begin_consultation(now)
    made.need.consulting_since = made.need.consulting_since or now


def _enter(appointment: Appointment, to: Recipient, side: Side, now: datetime) -> CalendarItem:
    starts_at, ends_at = _ends(appointment)
    item = CalendarItem(
        kind=ItemKind.APPOINTMENT,
        name=to.name,
        email=to.address.lower(),
        locale=to.locale,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    return items.open_item(item, "talk", now, talk=appointment.id, side=side.value, news="new")


def _move(appointment: Appointment, side: Side, now: datetime) -> None:
    item = appointment.item_of(side)
    if item is None or item.state is ItemState.CLOSED:
        return
    lock(item)
    item.move(*_ends(appointment), now)
    items.tell(item, "talk", now, talk=appointment.id, side=side.value, news="time")


def _set_place(appointment: Appointment, place: str, now: datetime) -> None:
    if place == appointment.place:
        return
    appointment.place = place
    for side in Side:
        item = appointment.item_of(side)
        if item is not None and item.state is ItemState.OPEN:
            lock(item)
            item.change(now)
            items.tell(item, "talk", now, talk=appointment.id, side=side.value, news="place")


def _ends(appointment: Appointment) -> tuple[datetime, datetime]:
    assert appointment.starts_at is not None and appointment.ends_at is not None  # noqa: S101 (just agreed on)
    return appointment.starts_at, appointment.ends_at


def _tell_host(appointment: Appointment, kind: str, now: datetime, **params: Any) -> None:
    key = f"{_key(kind, appointment)}{now:%Y%m%d%H%M%S%f}"
    about = f"need:{appointment.reply.need_id}"
    queue(kind, key, host_of(appointment), now, about=about, talk=appointment.id, **params)


def _key(kind: str, appointment: Appointment) -> str:
    """How the keys of all messages of a kind about one appointment begin."""
    return f"{kind}:{appointment.id}:"
