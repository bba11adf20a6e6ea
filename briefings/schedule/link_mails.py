"""The words of mails that bring somebody a link: the personal ones they have already, or one that proves an address."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.finding import coming_of
from briefings.schedule.items import GONE
from briefings.schedule.links import personal_url
from briefings.schedule.mails import LINK, REGISTRATION, nothing_to_come, registration_of, said_of, time_of
from briefings.schedule.new_address import GOOD_FOR, move_token
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.filters import when
from briefings.web.labels import label


def already_registered(message: Message, now: datetime) -> Mail | Dropped:
    """Somebody registered with this address again: what there is already, and the link to it."""
    registration = registration_of(message)
    if registration is None:
        return GONE
    if registration.state is RegistrationState.CANCELLED:
        return Dropped("그사이 신청을 취소했습니다.")
    return write(ALREADY[registration.state], said_of(registration))


def my_registrations(message: Message, now: datetime) -> Mail | Dropped:
    """The personal link of each coming briefing this address is registered for."""
    found = coming_of(message.recipient, now)
    if not found:
        return Dropped("앞으로 열릴 설명회의 신청이 없습니다.")
    listed = "\n\n".join(_listed(registration) for registration in found)
    values = {"이름": message.recipient_name, "신청 수": len(found), "신청 목록": listed}
    return write("my_registrations", values)


def new_address(message: Message, now: datetime) -> Mail | Dropped:
    """A link that proves the address and moves a registration to it."""
    registration = registration_of(message, moved=True)
    expires_at = message.created_at + GOOD_FOR
    if registration is None or registration.link_version != message.params["version"] or now >= expires_at:
        return Dropped("그사이 링크가 쓸모없어졌습니다.")
    if registration.state is RegistrationState.CANCELLED:
        return Dropped("그사이 신청을 취소했습니다.")
    if refused := nothing_to_come(registration.briefing, now):
        return refused
    token = move_token(registration, message.recipient, expires_at)
    link = url_for("registrations.confirm_address", token=token, _external=True)
    values = said_of(registration) | {"신청 내역 링크": ""}
    return write("new_address", values | {"확인 링크": link, "기한": when(expires_at)})


def _listed(registration: Registration) -> str:
    briefing, time, state = registration.briefing, _("일시"), _("상태")
    lines = (
        briefing.title,
        f"{time}: {time_of(briefing)}",
        f"{state}: {label(registration.state)}",
        personal_url(registration),
    )
    return "\n".join(lines)


COMPOSERS: dict[str, Composer] = {
    "already_registered": already_registered,
    "my_registrations": my_registrations,
    "new_address": new_address,
}

ALREADY = {
    RegistrationState.REQUESTED: "already_requested",
    RegistrationState.CONFIRMED: "already_registered",
    RegistrationState.WAITLISTED: "already_waiting",
}
"""What somebody has who registers again → the text that says so."""

TEXTS = {
    "already_registered": Text("이미 신청한 설명회", REGISTRATION, must=LINK),
    "already_waiting": Text("이미 대기 신청한 설명회", REGISTRATION, must=LINK, kinds=("already_registered",)),
    "my_registrations": Text(
        "신청 내역 링크",
        (
            NAME,
            Placeholder("신청 수", "앞으로 열릴 설명회에 신청한 수", "2"),
            Placeholder("신청 목록", "신청마다 설명회, 일시, 상태, 신청 내역 링크", "탄소중립 협업이음 사업설명회\n…"),
        ),
        must=("신청 목록",),
    ),
    "new_address": Text(
        "새 전자우편 주소 확인",
        (
            *(each for each in REGISTRATION if each.name != "신청 내역 링크"),
            Placeholder("확인 링크", "새 주소로 옮기는 화면의 주소", "https://briefings.example.kr/r/new-address/…"),
            Placeholder("기한", "링크를 쓸 수 있는 마지막 때", "2026. 11. 24.(화) 10:00"),
        ),
        must=("확인 링크",),
    ),
}
