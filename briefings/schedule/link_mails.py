"""The words of mails that bring somebody the personal links they have already."""

from datetime import datetime

from flask_babel import gettext as _

from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.schedule.finding import coming_of
from briefings.schedule.items import GONE
from briefings.schedule.links import personal_url
from briefings.schedule.mails import LINK, REGISTRATION, registration_of, said_of, time_of
from briefings.schedule.registration_models import Registration, RegistrationState
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
}
