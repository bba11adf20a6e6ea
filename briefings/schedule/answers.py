"""What an answer from somebody's calendar leads to: whom to believe, which answer counts, what a no sets off.

A UID is known to one recipient, so it vouches for a yes. A no wants more: that the domain of the sender stands by the
mail (DKIM or DMARC). Even then nothing is lost for good: one mail to the registered address offers the way back.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.calendar.addresses import comparable
from briefings.calendar.evidence import Evidence
from briefings.calendar.replies import Answer
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.outbox.models import Message, MessageState
from briefings.outbox.queueing import Recipient, queue
from briefings.schedule import items
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.ladder import BEFORE_START
from briefings.schedule.models import BriefingState, SlotState, Step
from briefings.schedule.presenters import accept, decline, slot_of
from briefings.schedule.registering import cancel
from briefings.schedule.registration_models import Registration, RegistrationState

FAST_CLOCK = timedelta(minutes=10)
"""A stamp further ahead is not believed: it would outrank every later answer."""
ASKED_FOR = timedelta(days=7)
"""How long the question whether to give the place up can be answered."""
_SHARED = """
gmail.com googlemail.com naver.com daum.net hanmail.net kakao.com nate.com korea.com korea.kr
outlook.com outlook.kr hotmail.com hotmail.co.kr live.com live.co.kr msn.com
yahoo.com yahoo.co.kr icloud.com me.com mac.com proton.me protonmail.com aol.com gmx.com gmx.net
zoho.com yandex.com mail.com qq.com 163.com 126.com dreamwiz.com empas.com hanmir.com chol.com
"""
PUBLIC_PROVIDERS = frozenset(_SHARED.split())
"""Domains whose users have nothing to do with each other; korea.kr serves officials of every agency."""
_ANSWERS = ("ACCEPTED", "TENTATIVE", "DECLINED")
_QUESTIONS = ("decline_asked", "presenter_decline_asked", "talk_decline_asked")
_DONE = ("declined", "presenter_declined")


class Verdict(StrEnum):
    """What became of an answer."""

    ANSWERED = "answered"
    STALE = "stale"
    DUPLICATE = "duplicate"
    RESENT = "resent"
    PROPOSED = "proposed"
    REVIEW = "review"
    DROPPED = "dropped"


class Standing(StrEnum):
    """Who answers, seen from the recipient of the invitation."""

    SELF = "self"
    ALIAS = "alias"
    """Another address of the same company, proven."""
    DELEGATE = "delegate"
    """Somebody proven who says in whose stead they answer."""
    STRANGER = "stranger"


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an answer, why (Korean, for staff), and the item it is about if that is ours."""

    verdict: Verdict
    reason: str
    item: CalendarItem | None = None


@dataclass(frozen=True, slots=True)
class Trust:
    """`ask_first`: no decline frees a place by itself. `by_staff`: staff read the answer and vouch for it."""

    ask_first: bool = False
    by_staff: bool = False


def take(answer: Answer, evidence: Evidence, now: datetime, trust: Trust) -> Taken:
    """Do what the answer asks for, as far as it is to be believed; the same answer again changes nothing."""
    item = _item_of(answer)
    if item is None:
        return Taken(Verdict.DROPPED, "우리가 보낸 일정이 아닙니다.")
    if item.briefing:
        lock(item.briefing)
        db.session.refresh(item)
    else:
        lock(item)
    if refused := _past(item, now):
        return Taken(Verdict.DROPPED, refused, item)
    standing = standing_of(answer, evidence, item.email)
    if standing is Standing.STRANGER and not trust.by_staff:
        return Taken(Verdict.REVIEW, _doubt(answer, evidence, item), item)
    if answer.method == "COUNTER":
        return Taken(Verdict.PROPOSED, "다른 시각을 제안했습니다. 답으로 기록하지는 않았습니다.", item)
    if answer.method == "REFRESH":
        return _resend(item, now)
    proven = evidence.proven and standing in (Standing.SELF, Standing.ALIAS)
    return _record(item, answer, now, believed=trust.by_staff or (proven and not trust.ask_first), trust=trust)


def answered_item(registration: Registration) -> CalendarItem | None:
    """The newest calendar item of a registration if it was answered."""
    found = select(CalendarItem).where(CalendarItem.registration_id == registration.id)
    newest = db.session.scalar(found.order_by(CalendarItem.id.desc()).limit(1))
    return newest if newest is not None and newest.answered_at else None


def is_about_earlier_time(item: CalendarItem) -> bool:
    """Whether what was answered last was said of another time than the present one."""
    return item.answer_sequence is not None and item.answer_sequence < item.time_sequence


def standing_of(answer: Answer, evidence: Evidence, address: str) -> Standing:
    """Who answers for the recipient with this `address`."""
    own = comparable(address)
    if evidence.sender == answer.attendee == own:
        return Standing.SELF
    if not evidence.proven or not _same_house(answer.attendee, own):
        return Standing.STRANGER
    if _same_house(evidence.sender, own):
        return Standing.ALIAS
    return Standing.DELEGATE if evidence.sender == answer.sent_by else Standing.STRANGER


def _item_of(answer: Answer) -> CalendarItem | None:
    uid = re.fullmatch(r"([0-9a-f]{32})@.*", answer.uid)
    if uid is None:
        return None
    found = select(CalendarItem).where(CalendarItem.uid == uid[1])
    return db.session.scalar(found.options(joinedload(CalendarItem.briefing), joinedload(CalendarItem.registration)))


def _past(item: CalendarItem, now: datetime) -> str | None:
    """Why nothing can be answered any more, or None."""
    called_off = item.briefing is not None and item.briefing.state is BriefingState.CANCELLED
    if item.state is ItemState.CLOSED or called_off:
        return "이미 거두어들인 일정에 온 답입니다."
    over = item.is_over(now) or item.ends_at <= now
    return "이미 끝난 일정에 온 답입니다." if over else None


def _same_house(address: str, own: str) -> bool:
    domain = address.rpartition("@")[2]
    return address == own or (domain == own.rpartition("@")[2] and domain not in PUBLIC_PROVIDERS)


def _doubt(answer: Answer, evidence: Evidence, item: CalendarItem) -> str:
    """Why nobody knows that the recipient of the invitation answered."""
    if _same_house(answer.attendee, comparable(item.email)) and not evidence.proven:
        return f"{item.email} 앞으로 보낸 초대에 {evidence.sender} 주소로 답했는데, 보낸 쪽을 확인할 수 없습니다."
    others = ", ".join(dict.fromkeys(filter(None, (answer.attendee, evidence.sender))))
    return f"{item.email} 앞으로 보낸 초대에 다른 주소로 답했습니다: {others}"


def _resend(item: CalendarItem, now: datetime) -> Taken:
    try:
        items.resend(item, now)
    except Refused as error:
        return Taken(Verdict.DROPPED, error.message, item)
    return Taken(Verdict.RESENT, "일정 초대를 다시 보냈습니다.", item)


def _record(item: CalendarItem, answer: Answer, now: datetime, *, believed: bool, trust: Trust) -> Taken:
    """Write the answer down if it is the latest, then act on it if it is about the present time."""
    last = _last_sent(item)
    sequence = last if answer.sequence is None else answer.sequence
    if sequence > last and not trust.by_staff:
        return Taken(Verdict.REVIEW, f"아직 보낸 적이 없는 판(SEQUENCE {sequence})에 온 답입니다.", item)
    if answer.partstat not in _ANSWERS:
        return Taken(Verdict.DROPPED, f"수락도 거절도 아닌 답입니다: {answer.partstat or '(없음)'}", item)
    stamp = now if answer.dtstamp is None or answer.dtstamp > now + FAST_CLOCK else answer.dtstamp
    if outdone := _outdone(item, (min(sequence, last), stamp), answer.partstat, believed):
        return outdone
    item.answer_sequence, item.answer_dtstamp, item.answered_at = min(sequence, last), stamp, now
    item.answer_partstat, item.answer_comment = answer.partstat, answer.comment
    if is_about_earlier_time(item):
        return Taken(Verdict.STALE, "예전 일시에 온 답입니다. 지금 일시에 대한 답은 바꾸지 않았습니다.", item)
    item.partstat = answer.partstat
    if answer.partstat == "DECLINED":
        # Only the calendar that answered what was sent last has dropped the entry for good.
        has_left = answer.attendee == comparable(item.email) and sequence >= last
        return Taken(Verdict.ANSWERED, _decline(item, now, believed, has_left), item)
    if answer.partstat == "ACCEPTED":
        _accept(item, now)
    return Taken(Verdict.ANSWERED, "답을 기록했습니다.", item)


def _outdone(item: CalendarItem, order: tuple[int, datetime], partstat: str, believed: bool) -> Taken | None:
    """Why an answer says nothing new beside the one that is stored, or None (RFC 5546, 2.1.5).

    A no that was only asked about is news once it comes from somebody who is believed: that it is theirs.
    """
    if item.answer_sequence is None or item.answer_dtstamp is None:
        return None
    known = (item.answer_sequence, item.answer_dtstamp)
    if order == known and partstat == item.answer_partstat:
        if believed and _was_asked_about(item):
            return None
        return Taken(Verdict.DUPLICATE, "이미 받은 답과 같습니다.", item)
    return Taken(Verdict.STALE, "더 나중에 보낸 답을 이미 받았습니다.", item) if order < known else None


def _was_asked_about(item: CalendarItem) -> bool:
    """Whether the answer that is stored was a no nobody vouched for, so that a mail of its day asked if it is meant."""
    at = item.answered_at
    if at is None:
        return False
    keys = [_key(kind, item, at) for kind in (*_QUESTIONS, *_DONE)]
    found = db.session.execute(select(Message.kind, Message.created_at).where(Message.key.in_(keys))).all()
    asked = [moment for kind, moment in found if kind in _QUESTIONS and moment <= at]
    return bool(asked) and all(moment < max(asked) for kind, moment in found if kind in _DONE)


def _last_sent(item: CalendarItem) -> int:
    """The highest SEQUENCE that may have reached the recipient: what still waits or never left has not."""
    unseen = (MessageState.HELD, MessageState.QUEUED, MessageState.DROPPED)
    waiting = select(Message.params).where(
        Message.thread == items.thread_of(item.id), Message.state.in_(unseen), Message.attempts == 0
    )
    unsent = {params["sequence"] for params in db.session.scalars(waiting) if not params.get("again")}
    last = item.sequence
    while last in unsent and last > 0:
        last -= 1
    return last


def _accept(item: CalendarItem, now: datetime) -> None:
    if item.registration is not None and now >= item.briefing.starts_at - BEFORE_START[Step.RECONFIRM][0]:
        item.registration.reconfirmed_at = now
    slot = slot_of(item) if item.kind is ItemKind.PRESENTATION else None
    if slot is not None and slot.state is SlotState.UNANSWERED:
        accept(slot, now)


def _decline(item: CalendarItem, now: datetime, believed: bool, has_left: bool) -> str:
    """Free the place, or ask whether to; what was done, in Korean. `has_left`: nothing is to be withdrawn any more."""
    if item.kind is ItemKind.REGISTRATION:
        return _give_up(item, now, believed, has_left)
    if item.kind is ItemKind.REHEARSAL:
        return "리허설에 오지 못한다는 답을 기록했습니다."
    if item.kind is ItemKind.APPOINTMENT:
        return _leave_talk(item, now, believed, has_left)
    slot = slot_of(item)
    if slot is None or slot.state is SlotState.DECLINED:
        return "답을 기록했습니다."
    if not believed:
        _write(item, "presenter_decline_asked", now)
        return "답을 기록하고, 정말 사양하는지 발표자에게 물었습니다."
    decline(slot, now, item.answer_comment, by_calendar=has_left)
    _write(item, "presenter_declined", now)
    return "발표를 사양한 것으로 처리했습니다."


def _leave_talk(item: CalendarItem, now: datetime, believed: bool, has_left: bool) -> str:
    """Close the entry of one side; the slice of talks finds it closed and tells the other."""
    if not believed:
        _write(item, "talk_decline_asked", now)
        return "답을 기록하고, 1:1 협의를 정말 취소하는지 초대한 주소로 물었습니다."
    item.close(now)
    if not has_left:
        items.tell(item, "talk_off", now)
    return "1:1 협의를 취소한 것으로 처리했습니다. 상대 기관에도 곧 알립니다."


def _give_up(item: CalendarItem, now: datetime, believed: bool, has_left: bool) -> str:
    registration = item.registration
    if registration is None or registration.state is not RegistrationState.CONFIRMED:
        return "답을 기록했습니다."
    if not believed:
        _write(item, "decline_asked", now)
        return "답을 기록하고, 자리를 내놓을지 신청한 주소로 물었습니다."
    cancel(registration, now, by_calendar=has_left)
    _write(item, "declined", now)
    return "신청을 취소하고 자리를 비웠습니다."


def _write(item: CalendarItem, kind: str, now: datetime) -> None:
    """Tell the registered address, once a day at most: whoever sends answers must not fill another's mailbox."""
    to = Recipient(item.email, item.name, item.locale)
    queue(kind, _key(kind, item, now), to, now, item=item.id, **items.filed(item))


def _key(kind: str, item: CalendarItem, now: datetime) -> str:
    return f"{kind}:{item.id}:{now.date()}"
