"""The words of mails to registrants, made when each is sent from what is true then."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from briefings.db import db
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import once_for_all, write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.calendar_objects import calendar_part, landing_url, words_without_invitation, zone_name
from briefings.schedule.eligibility import again_reason
from briefings.schedule.finding import party_of, place_in_line
from briefings.schedule.items import GONE, OVER, still_to_tell, told_of
from briefings.schedule.links import join_url, personal_url
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.filters import clock_time, in_english, local, period


def invitation(message: Message, now: datetime) -> Mail | Dropped:
    """A confirmed place, the invitation for the calendar with it; sent again as it was on request."""
    found = still_to_tell(message, now)
    return found if isinstance(found, Dropped) else _invitation(found.item, message)


def update(message: Message, now: datetime) -> Mail | Dropped:
    """Another time or title; the invitation itself where nothing about the item has left before."""
    found = still_to_tell(message, now)
    if isinstance(found, Dropped):
        return found
    if found.before is None:
        return _invitation(found.item, message)
    registration = _place_of(found.item)
    calendar, method = calendar_part(found.item, message.params["sequence"]) or (None, None)
    values = said_of(registration) | {"입장 링크": join_url(registration), TITLE_BEFORE.name: title_before(message)}
    return write(of_several(message), values, calendar=calendar, method=method, in_reply_to=found.before.reference)


def withdrawal(message: Message, now: datetime) -> Mail | Dropped:
    """A place given up, taken away or called off, and out of the calendar if it may stand there."""
    found = told_of(message, now)
    if isinstance(found, Dropped):
        return found
    before = found.before
    part = calendar_part(found.item, message.params["sequence"]) if found.may_stand else None
    calendar, method = part or (None, None)
    in_calendar = _(
        "달력의 일정도 함께 취소됩니다. ‘취소됨’으로 남아 있으면 직접 지워 주세요. 첨부 파일은 열지 않으셔도 됩니다."
    )
    registration = _place_of(found.item)
    values = said_of(registration) | about_again(registration, now) | {"달력 안내": in_calendar if part else ""}
    if found.item.email != registration.email:
        values["신청 내역 링크"] = ""  # which is for the new address alone
    text, values = WITHDRAWALS[message.params["why"]], values | _reasons(message)
    return write(text, values, calendar=calendar, method=method, in_reply_to=before and before.reference)


def waitlisted(message: Message, now: datetime) -> Mail | Dropped:
    """A place in line, and which."""
    registration = registration_of(message)
    if registration is None:
        return GONE
    if registration.state is not RegistrationState.WAITLISTED:
        return Dropped("더는 대기 중이 아닙니다.")
    if refused := nothing_to_come(registration.briefing, now):
        return refused
    how, said = how_it_came(registration, message)
    values = said_of(registration) | said | {IN_LINE.name: str(place_in_line(registration))}
    together = party_of(registration) if registration.party else 0
    return write(WAITLISTED[how], values | {PARTY.name: f"{together}" if together > 1 else ""})


def waiting_new_time(message: Message, now: datetime) -> Mail | Dropped:
    """Another time, for somebody in line."""
    registration = registration_of(message)
    if registration is None:
        return GONE
    briefing = registration.briefing
    if registration.state is not RegistrationState.WAITLISTED or briefing.sequence != message.params["sequence"]:
        return Dropped("그사이 상황이 바뀌었습니다.")
    if refused := nothing_to_come(briefing, now):
        return refused
    return write(of_several(message), said_of(registration) | {TITLE_BEFORE.name: title_before(message)})


def place_given_up(message: Message, now: datetime) -> Mail | Dropped:
    """A place given up or taken away that stood in no calendar of its own: its holder presents."""
    registration = registration_of(message)
    if registration is None:
        return GONE
    if registration.state is not RegistrationState.CANCELLED:
        return Dropped("그사이 다시 신청했습니다.")
    if registration.briefing.is_over(now):
        return OVER
    values = said_of(registration) | about_again(registration, now) | {"달력 안내": ""}
    return write(WITHDRAWALS[message.params["why"]], values | _reasons(message))


def waiting_ended(message: Message, now: datetime) -> Mail | Dropped:
    """A place in line, or a request for a place, given up, taken away or called off."""
    why = message.params["why"]
    registration = registration_of(message, moved=why == "address")
    if registration is None:
        return GONE
    if registration.briefing.is_over(now):
        return OVER
    text = WITHDRAWN_BY_SELF[message.kind] if why == "self" else WITHDRAWALS[why]
    return write(text, said_of(registration) | about_again(registration, now) | {"달력 안내": ""} | _reasons(message))


def _invitation(item: CalendarItem, message: Message) -> Mail:
    registration = _place_of(item)
    part = calendar_part(item, message.params["sequence"])
    calendar, method = part or (None, None)
    how, said = ("promoted", {}) if message.params.get("promoted") else how_it_came(registration, message)
    about_calendar = _about_calendar(item, enclosed=part is not None)
    values = said_of(registration) | said | {"입장 링크": join_url(registration), "달력 안내": about_calendar}
    return write(INVITATIONS[how], values, calendar=calendar, method=method)


def of_several(message: Message) -> str:
    """The text of a kind that tells of a new time: another one where the title is new as well."""
    several = message.params.get("news") == "several"
    return WITH_TITLE.get(message.kind, message.kind) if several else message.kind


def title_before(message: Message) -> str:
    """What the briefing was called before a message that tells of its new title."""
    return str(message.params.get("title_before", ""))


def how_it_came(registration: Registration, message: Message) -> tuple[str, dict[str, str]]:
    """How somebody came by a registration, as INVITATIONS has it, and whom or what the text that says so names.

    Of a colleague the name as it was typed then, or what that person is called now.
    """
    if message.params.get("news") == "approved":
        return "approved", {}
    if message.params.get("news") == "entered":
        source: str = message.params["source"]
        return "entered", {SOURCE.name: _(source)}
    if before := _named(message, "moved_from"):
        return "moved", {EARLIER[0].name: before.title, EARLIER[1].name: period((before.starts_at, before.ends_at))}
    bringer = registration.brought_by
    name = message.params.get("by") or (bringer.name if bringer else "")
    return ("colleague", {COLLEAGUE.name: name}) if name else ("", {})


def _reasons(message: Message) -> dict[str, str]:
    """Why staff ended it, or where to they moved it."""
    other, why = _named(message, "moved_to"), message.params.get("reason", "")
    return {
        REASON.name: why,
        WHY_NOT_SAID.name: "" if why else _("이유가 궁금하시면 아래 연락처로 문의해 주세요."),
        LATER[0].name: other.title if other else "",
        LATER[1].name: period((other.starts_at, other.ends_at)) if other else "",
    }


def _named(message: Message, param: str) -> Briefing | None:
    """The briefing of the registration that a message names, if it does."""
    number = message.params.get(param)
    registration = db.session.get(Registration, number) if number else None
    return registration.briefing if registration else None


def _about_calendar(item: CalendarItem, enclosed: bool) -> str:
    if not item.by_mail:
        return words_without_invitation(item)
    if not enclosed:
        return _("달력에 넣을 일정 파일은 위의 안내 주소에서 내려받을 수 있습니다.")
    return _(
        "달력에 넣을 수 있는 일정 초대를 함께 보냅니다. 달력에 보이지 않으면 초대에서 ‘수락’을 눌러 주세요. "
        "일정이 바뀌거나 취소되면 달력에도 알려 드립니다."
    )


def _place_of(item: CalendarItem) -> Registration:
    if item.registration is None:
        raise LookupError(f"item {item.id} belongs to no registration")
    return item.registration


def registration_of(message: Message, moved: bool = False) -> Registration | None:
    """The registration a message is about, while it is its reader's; `moved`: also where it went to another address."""
    registration = db.session.get(Registration, message.params["registration"])
    ours = registration is not None and (moved or registration.email == message.recipient)
    return registration if ours else None


def said_of(registration: Registration) -> dict[str, str]:
    """The values of the placeholders in REGISTRATION."""
    own = {"이름": registration.name, "신청 내역 링크": personal_url(registration)}
    return _said_of_briefing(registration.briefing) | own


@once_for_all
def _said_of_briefing(briefing: Briefing) -> dict[str, str]:
    return {
        "설명회": briefing.title,
        "일시": time_of(briefing),
        "짧은 일시": short_time(briefing.starts_at),
        "안내 주소": landing_url(briefing),
        "설명회 목록 주소": url_for("briefings.index", _external=True),
        "취소 사유": briefing.cancel_reason,
    }


def about_again(registration: Registration, now: datetime) -> dict[str, str]:
    """What the link to a cancelled registration is for: registering again, only where that is possible now."""
    possible = _("신청이 열려 있는 동안에는 아래 주소에서 다시 신청할 수 있습니다.")
    return {AGAIN.name: _("신청 내역은 아래 주소에서 볼 수 있습니다.") if again_reason(registration, now) else possible}


def time_of(briefing: Briefing) -> str:
    """Start and end with the zone."""
    return f"{period((briefing.starts_at, briefing.ends_at))} ({zone_name(briefing.starts_at)})"


def short_time(moment: datetime) -> str:
    """`11/24 14:00`: enough to tell mails in a list apart."""
    at = local(moment)
    return f"{at.day} {at:%b} {clock_time(moment)}" if in_english() else f"{at.month}/{at.day} {clock_time(moment)}"


def nothing_to_come(briefing: Briefing, now: datetime) -> Dropped | None:
    """Why nobody is told to wait for a briefing any more, or None."""
    if briefing.state is BriefingState.CANCELLED:
        return Dropped("설명회가 취소되었습니다.")
    return OVER if briefing.is_over(now) else None


COMPOSERS: dict[str, Composer] = {
    "invitation": invitation,
    "new_time": update,
    "new_title": update,
    "withdrawal": withdrawal,
    "waitlisted": waitlisted,
    "waiting_new_time": waiting_new_time,
    "place_given_up": place_given_up,
    "waiting_ended": waiting_ended,
}

WITH_TITLE = {
    "new_time": "new_time_and_title",
    "waiting_new_time": "waiting_new_time_and_title",
    "request_new_time": "request_new_time_and_title",
}
"""What is told of a new time → the text that tells of a new title too."""
WITHDRAWALS = {
    "self": "withdrawal_self",
    "staff": "withdrawal_staff",
    "briefing": "withdrawal_briefing",
    "presents": "withdrawal_presents",
    "address": "withdrawal_address",
    "moved": "withdrawal_moved",
}
"""Whose doing it was → the text that says so."""
WITHDRAWN_BY_SELF = {"waiting_ended": "waiting_withdrawal_self", "request_ended": "request_withdrawal_self"}

INVITATIONS = {
    "": "invitation",
    "promoted": "invitation_promoted",
    "colleague": "invitation_by_colleague",
    "approved": "invitation_approved",
    "entered": "invitation_entered",
    "moved": "invitation_moved",
}
"""How somebody came by a place → the text that says so."""
WAITLISTED = {
    "": "waitlisted",
    "colleague": "waitlisted_by_colleague",
    "approved": "waitlisted_approved",
    "entered": "waitlisted_entered",
    "moved": "waitlisted_moved",
}
"""How somebody came by a place in line → the text that says so."""

REGISTRATION = (
    NAME,
    Placeholder("설명회", "설명회의 이름", "탄소중립 협업이음 사업설명회"),
    Placeholder("일시", "설명회의 시작과 끝", "2026. 12. 3.(목) 10:00~11:30 (대한민국 표준시)"),
    Placeholder("짧은 일시", "제목에 적는 시작", "12/3 10:00"),
    Placeholder("안내 주소", "설명회 안내 화면의 주소", "https://briefings.example.kr/b/4h2k9xyz"),
    Placeholder("신청 내역 링크", "본인만 쓰는, 신청을 보고 바꾸고 취소하는 주소", "https://briefings.example.kr/r/…"),
    Placeholder("설명회 목록 주소", "앞으로 열릴 설명회 목록의 주소", "https://briefings.example.kr/briefings"),
)
JOIN = Placeholder("입장 링크", "본인만 쓰는 입장 주소", "https://briefings.example.kr/join/…")
TITLE_BEFORE = Placeholder("앞의 이름", "바뀌기 전 설명회의 이름", "탄소중립 사업설명회")
COLLEAGUE = Placeholder("신청해 준 동료", "함께 신청해 준 동료의 이름", "이가온")
SOURCE = Placeholder("자료의 출처", "이름과 주소를 얻은 곳", "소속 기관이 낸 참석자 명단")
IN_LINE = Placeholder("대기 순번", "지금 기다리는 차례", "3")
PARTY = Placeholder("함께 기다리는 사람", "모두 함께 참가하려는 사람의 수", "3", True)
REASON = Placeholder("취소한 이유", "담당자가 적은 까닭", "발표 기관의 직원은 발표자로 참석합니다.", True)
WHY_NOT_SAID = Placeholder(
    "이유 문의 안내", "이유를 적지 않았을 때 묻는 곳", "이유가 궁금하시면 아래 연락처로 문의해 주세요.", True
)
AGAIN = Placeholder(
    "다시 신청 안내",
    "신청 내역에서 다시 신청할 수 있는지",
    "신청이 열려 있는 동안에는 아래 주소에서 다시 신청할 수 있습니다.",
)
EARLIER = (
    Placeholder("앞의 설명회", "옮기기 전 설명회의 이름", "자원순환 사업설명회"),
    Placeholder("앞의 일시", "옮기기 전 설명회의 시작과 끝", "2026. 11. 26.(목) 14:00~15:30"),
)
LATER = (
    Placeholder("옮긴 설명회", "옮겨 간 설명회의 이름", "탄소중립 사업설명회"),
    Placeholder("옮긴 일시", "옮겨 간 설명회의 시작과 끝", "2026. 12. 3.(목) 10:00~11:30"),
)
CALENDAR = Placeholder("달력 안내", "함께 보내는 일정 초대나 일정 파일의 설명", "일정 초대를 함께 보냅니다.", True)
WITHDRAWN = (*REGISTRATION, CALENDAR)
JOIN_MUST, LINK = ("일시", "입장 링크", "신청 내역 링크"), ("신청 내역 링크",)
INVITED = (*REGISTRATION, JOIN, CALENDAR)
ENDED = ("withdrawal", "waiting_ended", "request_ended")
TEXTS = {
    "invitation": Text("신청 완료와 일정 초대", INVITED, must=JOIN_MUST),
    "invitation_promoted": Text("대기 신청 확정과 일정 초대", INVITED, must=JOIN_MUST, kinds=("invitation",)),
    "invitation_by_colleague": Text(
        "동료가 해 준 신청의 완료와 일정 초대",
        (*INVITED, COLLEAGUE),
        must=(*JOIN_MUST, COLLEAGUE.name),
        kinds=("invitation",),
    ),
    "new_time": Text("일시 변경", (*REGISTRATION, JOIN), must=JOIN_MUST),
    "new_time_and_title": Text(
        "일시와 이름 변경",
        (*REGISTRATION, JOIN, TITLE_BEFORE),
        must=(*JOIN_MUST, TITLE_BEFORE.name),
        kinds=("new_time",),
    ),
    "new_title": Text("이름 변경", (*REGISTRATION, JOIN), must=JOIN_MUST),
    "withdrawal_self": Text(
        "참석 취소 (본인이 취소)", (*WITHDRAWN, AGAIN), must=("설명회",), kinds=("withdrawal", "place_given_up")
    ),
    "withdrawal_staff": Text(
        "참석 취소 (담당자가 취소)",
        (*WITHDRAWN, REASON, WHY_NOT_SAID),
        must=("설명회",),
        kinds=(*ENDED, "place_given_up"),
    ),
    "withdrawal_briefing": Text(
        "설명회 취소",
        (*WITHDRAWN, Placeholder("취소 사유", "설명회를 취소한 까닭", "발표 기관의 사정으로 열지 못합니다.", True)),
        must=("설명회", "일시"),
        kinds=ENDED,
    ),
    "withdrawal_presents": Text(
        "참가 일정을 거둠 (발표를 맡은 분)", WITHDRAWN, must=("설명회",), kinds=("withdrawal",)
    ),
    "withdrawal_address": Text(
        "전자우편 주소 변경 (앞의 주소로)",
        tuple(each for each in WITHDRAWN if each.name != "신청 내역 링크"),
        must=("설명회",),
        kinds=ENDED,
    ),
    "waitlisted": Text(
        "대기 신청",
        (*REGISTRATION, IN_LINE, PARTY),
        must=LINK,
    ),
    "waitlisted_by_colleague": Text(
        "동료가 해 준 대기 신청",
        (*REGISTRATION, COLLEAGUE, IN_LINE, PARTY),
        must=(*LINK, COLLEAGUE.name),
        kinds=("waitlisted",),
    ),
    "waiting_new_time": Text("일시 변경 (대기 신청자)", REGISTRATION, must=("일시", *LINK)),
    "waiting_new_time_and_title": Text(
        "일시와 이름 변경 (대기 신청자)",
        (*REGISTRATION, TITLE_BEFORE),
        must=("일시", TITLE_BEFORE.name, *LINK),
        kinds=("waiting_new_time",),
    ),
    "waiting_withdrawal_self": Text(
        "대기 취소 (본인이 취소)", (*REGISTRATION, AGAIN), must=("설명회",), kinds=("waiting_ended",)
    ),
}
