"""The words of mails about approval, and of what staff do about who takes part."""

from datetime import datetime

from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import Placeholder, Text
from briefings.schedule.items import GONE, OVER
from briefings.schedule.mails import (
    AGAIN,
    COLLEAGUE,
    EARLIER,
    IN_LINE,
    INVITED,
    JOIN_MUST,
    LATER,
    LINK,
    PARTY,
    REGISTRATION,
    SOURCE,
    TITLE_BEFORE,
    WITHDRAWN,
    about_again,
    how_it_came,
    nothing_to_come,
    of_several,
    registration_of,
    said_of,
    title_before,
    waiting_ended,
)
from briefings.schedule.registration_models import Registration, RegistrationState


def requested(message: Message, now: datetime) -> Mail | Dropped:
    """That staff decide about a registration first."""
    found = _undecided(message, now)
    if isinstance(found, Dropped):
        return found
    how, said = how_it_came(found, message)
    return write("requested_by_colleague" if how == "colleague" else "requested", said_of(found) | said)


def request_new_time(message: Message, now: datetime) -> Mail | Dropped:
    """Another time, for somebody whose registration is not decided about yet."""
    found = _undecided(message, now)
    if isinstance(found, Dropped):
        return found
    if found.briefing.sequence != message.params["sequence"]:
        return Dropped("그사이 상황이 바뀌었습니다.")
    return write(of_several(message), said_of(found) | {TITLE_BEFORE.name: title_before(message)})


def refused(message: Message, now: datetime) -> Mail | Dropped:
    """That staff do not approve a registration, and why."""
    registration = registration_of(message)
    if registration is None:
        return GONE
    if registration.state is not RegistrationState.CANCELLED or registration.refused_at is None:
        return Dropped("그사이 다시 신청했습니다.")
    if registration.briefing.is_over(now):
        return OVER
    values = said_of(registration) | about_again(registration, now)
    return write("refused", values | {_REASON.name: registration.refusal_reason})


def _undecided(message: Message, now: datetime) -> Registration | Dropped:
    registration = registration_of(message)
    if registration is None:
        return GONE
    if registration.state is not RegistrationState.REQUESTED:
        return Dropped("그사이 승인했거나 취소했습니다.")
    return nothing_to_come(registration.briefing, now) or registration


COMPOSERS: dict[str, Composer] = {
    "requested": requested,
    "request_new_time": request_new_time,
    "request_ended": waiting_ended,
    "refused": refused,
}

_REASON = Placeholder("승인하지 않은 이유", "담당자가 적은 까닭", "이번 설명회는 공공기관만 참석합니다.", True)
TEXTS = {
    "requested": Text("신청 접수 (승인 대기)", REGISTRATION, must=LINK),
    "requested_by_colleague": Text(
        "동료가 해 준 신청의 접수 (승인 대기)",
        (*REGISTRATION, COLLEAGUE),
        must=(*LINK, COLLEAGUE.name),
        kinds=("requested",),
    ),
    "refused": Text("승인하지 않은 신청", (*REGISTRATION, _REASON, AGAIN), must=("설명회",)),
    "request_new_time": Text("일시 변경 (승인 대기)", REGISTRATION, must=("일시", *LINK)),
    "request_new_time_and_title": Text(
        "일시와 이름 변경 (승인 대기)",
        (*REGISTRATION, TITLE_BEFORE),
        must=("일시", TITLE_BEFORE.name, *LINK),
        kinds=("request_new_time",),
    ),
    "request_withdrawal_self": Text(
        "승인 대기 취소 (본인이 취소)", (*REGISTRATION, AGAIN), must=("설명회",), kinds=("request_ended",)
    ),
    "already_requested": Text("이미 승인을 기다리는 설명회", REGISTRATION, must=LINK, kinds=("already_registered",)),
    "invitation_approved": Text("승인된 신청과 일정 초대", INVITED, must=JOIN_MUST, kinds=("invitation",)),
    "waitlisted_approved": Text(
        "승인된 신청의 대기", (*REGISTRATION, IN_LINE, PARTY), must=LINK, kinds=("waitlisted",)
    ),
    "invitation_entered": Text(
        "담당자가 해 준 신청의 완료와 일정 초대",
        (*INVITED, SOURCE),
        must=(*JOIN_MUST, SOURCE.name),
        kinds=("invitation",),
    ),
    "waitlisted_entered": Text(
        "담당자가 해 준 대기 신청",
        (*REGISTRATION, SOURCE, IN_LINE),
        must=(*LINK, SOURCE.name),
        kinds=("waitlisted",),
    ),
    "invitation_moved": Text(
        "다른 설명회로 옮긴 신청과 일정 초대",
        (*INVITED, *EARLIER),
        must=(*JOIN_MUST, EARLIER[0].name),
        kinds=("invitation",),
    ),
    "waitlisted_moved": Text(
        "다른 설명회로 옮긴 대기 신청",
        (*REGISTRATION, *EARLIER, IN_LINE),
        must=(*LINK, EARLIER[0].name),
        kinds=("waitlisted",),
    ),
    "withdrawal_moved": Text(
        "참석 취소 (다른 설명회로 옮김)",
        (*WITHDRAWN, *LATER),
        must=("설명회",),
        kinds=("withdrawal",),
    ),
}
