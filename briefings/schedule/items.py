"""What stands in people's calendars: opened, changed and closed with a message each, numbered as iTIP asks.

Every message about an item has the key `calendar:<item>:<sequence>` (RFC 5546 2.1.4) and the thread `item:<item>`, so
that its history can be read from the outbox. Whoever calls holds the lock on the briefing; on the entry itself where
there is none.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db, write
from briefings.errors import N_, Refused
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting, Channel, ItemKind, ItemState
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration

INVITATIONS = {
    ItemKind.REGISTRATION: "invitation",
    ItemKind.PRESENTATION: "presenter_slot",
    ItemKind.REHEARSAL: "rehearsal",
    ItemKind.APPOINTMENT: "talk",
}
"""The kind of message that puts each kind of item into a calendar."""
DEBOUNCE = timedelta(minutes=15)
"""How long a new title waits for the next one before anybody is told of it."""
RESENDS_PER_HOUR = 3

OVER = Dropped("설명회가 이미 끝났습니다.")
GONE = Dropped("신청 기록이 더는 없습니다.")


class Earlier(NamedTuple):
    """One message about a calendar item, as far as later ones depend on it; `again`: the same sent once more."""

    id: int
    kind: str
    state: MessageState
    attempts: int
    created_at: datetime
    due_at: datetime
    reference: str
    again: bool

    @property
    def came_back(self) -> bool:
        """Whether the address did not take it; one that was kept back and never tried says nothing about that."""
        return self.state is MessageState.BOUNCED or (self.state is MessageState.FAILED and self.attempts > 0)


class Told(NamedTuple):
    """What a message is about: the item, and the first message about it that left, if one did.

    `may_stand`: the entry may be in the calendar, for one that was lost on the way out may have arrived all the same.
    """

    item: CalendarItem
    before: Earlier | None
    may_stand: bool


def open_item(
    item: CalendarItem, kind: str, now: datetime, *, channel: Channel | None = None, **params: Any
) -> CalendarItem:
    """Put a new item into its recipient's calendar and say so; those who keep a feed or no calendar get words alone.

    `channel` is how they keep it, where that is known already.
    """
    item.sequence, item.created_at, item.modified_at, item.dtstamp = 0, now, now, now
    item.by_mail = (channel or channel_of(item.email)) is Channel.INVITE
    write([item])
    tell(item, kind, now, **params)
    return item


def tell(item: CalendarItem, kind: str, now: datetime, due_at: datetime | None = None, **params: Any) -> None:
    """Queue what is to be said of the item as it stands now."""
    about: dict[str, Any] = {"item": item.id, "sequence": item.sequence, **params}
    _queue(kind, item, f"calendar:{item.id}:{item.sequence}", now, due_at, about)


def resend(item: CalendarItem | None, now: datetime) -> None:
    """Send the same calendar object once more; Refused beyond three an hour, or where none stands or is to come.

    Who chose another way gets it all the same: they ask for this one, which is kept right by mail from here on.
    They wait for it at this moment: it is held only behind what staff hold of the same entry.
    """
    if item is None or item.is_over(now):
        raise Refused(N_("보낼 초대가 없습니다. 확정된 신청에만 일정 초대를 보냅니다."))
    since = now - timedelta(hours=1)
    if sum(message.again and message.created_at > since for message in history_of(item)) >= RESENDS_PER_HOUR:
        raise Refused(N_("일정 초대는 한 시간에 세 번까지 다시 보냅니다. 잠시 뒤에 다시 시도해 주세요."))
    item.by_mail = True
    key = f"calendar:{item.id}:{item.sequence}:again:{int(now.timestamp())}"
    about = {"item": item.id, "sequence": item.sequence, "again": True}
    _queue(INVITATIONS[item.kind], item, key, now, None, about, asked_for=True)


def history_of(item: CalendarItem) -> list[Earlier]:
    """Every message ever queued about `item`, oldest first."""
    ahead: dict[int, list[Earlier]] = db.session.info.get(_HISTORIES, {})
    return ahead[item.id] if item.id in ahead else _histories([item.id])[item.id]


def told_of(message: Message, now: datetime) -> Told | Dropped:
    """The item a message is about, unless it is over, a later message says more, or the address takes nothing."""
    item = db.session.get(CalendarItem, message.params["item"], options=_PARTS_OF_ITEM)
    if item is None:
        return GONE
    if item.is_over(now):
        return OVER if item.briefing else Dropped("이미 지난 일정입니다.")
    again, history = message.params.get("again"), history_of(item)
    if not again and _superseded(message, history, now):
        return Dropped("더 새로운 안내가 뒤따릅니다.")
    earlier = [each for each in history if each.id < message.id]
    before = next((each for each in earlier if each.state is MessageState.SENT), None)
    undeliverable = before is None and any(each.came_back for each in earlier)
    if undeliverable and not again:
        return Dropped("초대가 전달되지 않은 주소입니다.")
    tried = any(each.state is MessageState.DROPPED and each.attempts for each in earlier)
    return Told(item, before, may_stand=before is not None or tried)


def look_ahead(messages: Iterable[Message]) -> None:
    """Read at once what the composers of these messages would ask for one by one; the session knows it from now on."""
    params = [message.params for message in messages]
    items = _loaded(CalendarItem, _PARTS_OF_ITEM, {each["item"] for each in params if "item" in each})
    places = {each["registration"] for each in params if "registration" in each}
    registrations = _loaded(Registration, (joinedload(Registration.briefing),), places)
    db.session.info[_HISTORIES] = _histories([item.id for item in items])
    db.session.info[_LOADED] = items, registrations  # which it would forget otherwise


def _loaded(kind: type[Any], options: Iterable[Any], numbers: Collection[int]) -> Sequence[Any]:
    return db.session.scalars(select(kind).where(kind.id.in_(numbers)).options(*options)).all() if numbers else []


def _histories(numbers: Collection[int]) -> dict[int, list[Earlier]]:
    if not numbers:
        return {}
    threads: dict[str, list[Earlier]] = {thread_of(number): [] for number in numbers}
    found = (
        select(Message.thread, *_COLUMNS, Message.params).where(Message.thread.in_(list(threads))).order_by(Message.id)
    )
    for thread, *columns in db.session.execute(found):
        threads[thread].append(_earlier(*columns))
    return dict(zip(numbers, threads.values(), strict=True))


def _earlier(
    number: int,
    kind: str,
    state: MessageState,
    attempts: int,
    created_at: datetime,
    due_at: datetime,
    reference: str,
    params: dict[str, Any],
) -> Earlier:
    return Earlier(number, kind, state, attempts, created_at, due_at, reference, bool(params.get("again")))


_COLUMNS = (
    Message.id,
    Message.kind,
    Message.state,
    Message.attempts,
    Message.created_at,
    Message.due_at,
    Message.reference,
)
_PARTS_OF_ITEM = tuple(
    joinedload(each) for each in (CalendarItem.registration, CalendarItem.briefing, CalendarItem.need)
)
_HISTORIES, _LOADED = "histories of calendar items", "loaded ahead"


def still_to_tell(message: Message, now: datetime) -> Told | Dropped:
    """The same for what asks to come: only while the item stands."""
    found = told_of(message, now)
    if isinstance(found, Told) and found.item.state is ItemState.CLOSED:
        return Dropped("그사이 취소되었습니다.")
    return found


def _superseded(message: Message, history: list[Earlier], now: datetime) -> bool:
    """Whether a later message says what is true now; a new title, which is put off, counts only against another one.

    One that was dropped says nothing: a message that failed is sent again in its stead.
    """
    silent = (MessageState.HELD, MessageState.DROPPED)
    later = [each for each in history if each.id > message.id and not each.again and each.state not in silent]
    put_off = message.kind == "new_title" or message.params.get("news") == "title"
    return any(each.due_at <= now or put_off for each in later)


def channel_of(email: str) -> Channel:
    """How an address keeps its calendar; by invitations unless it chose otherwise."""
    chosen = select(CalendarSetting.channel).where(CalendarSetting.email == email.lower())
    return db.session.scalar(chosen) or Channel.INVITE


def thread_of(item_id: int | str) -> str:
    """The name of everything that is said about one item."""
    return f"item:{item_id}"


def concerning(briefing: Briefing | None) -> dict[str, Any]:
    """What every message about a briefing is queued with: staff find it there, and it is held if they want so.

    Nothing for what belongs to none.
    """
    if briefing is None:
        return {}
    return {"about": f"briefing:{briefing.id}", "held": briefing.hold_mails}


def filed(item: CalendarItem) -> dict[str, Any]:
    """The same for a message about an entry of a calendar: a talk of both sides is filed under its need."""
    return concerning(item.briefing) or ({"about": f"need:{item.need_id}"} if item.need_id else {})


def _queue(
    kind: str,
    item: CalendarItem,
    key: str,
    now: datetime,
    due_at: datetime | None,
    params: dict[str, Any],
    asked_for: bool = False,
) -> None:
    to = Recipient(item.email, item.name, item.locale)
    about = filed(item) | ({"held": False} if asked_for else {})
    queue(kind, key, to, now, due_at, thread=thread_of(item.id), **about, **params)
