"""The words to everybody after a briefing: thanks, what the absent may still do, and the survey once more."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from briefings.afterwards.certifying import rule_of
from briefings.afterwards.surveys import closed_reason, closes_at, has_answered, not_for, survey_of
from briefings.db import db
from briefings.live.joining import has_entered
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import Placeholder, Text
from briefings.questions.publishing import published_of
from briefings.schedule.items import GONE
from briefings.schedule.ladder import Rung
from briefings.schedule.links import token_of
from briefings.schedule.mails import REGISTRATION, said_of
from briefings.schedule.materials import files_by_slot
from briefings.schedule.models import Briefing, Step
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.reminder_mails import still_concerned
from briefings.web.filters import when

ENTERED = Dropped("그사이 참가했습니다.")
NOT_THERE = Dropped("참가하지 않은 것으로 바뀌었습니다.")


def thanks(message: Message, now: datetime) -> Mail | Dropped:
    """To those who came: what is left to see and read, a reply for each need, the survey, the certificate."""
    found = still_concerned(message, Rung(Step.THANKS), now)
    if isinstance(found, Dropped):
        return found
    if not has_entered(found):
        return NOT_THERE
    return write("thanks", _afterwards(found) | _of_those_who_came(found, now))


def absent(message: Message, now: datetime) -> Mail | Dropped:
    """To those who did not: what they may still see, and a reply for each need."""
    found = still_concerned(message, Rung(Step.ABSENT), now)
    if isinstance(found, Dropped):
        return found
    return ENTERED if has_entered(found) else write("absent", _afterwards(found))


def survey_reminder(message: Message, now: datetime) -> Mail | Dropped:
    """The survey once more, to those who came and have not answered."""
    registration = db.session.get(Registration, message.params["registration"])
    if registration is None or registration.email != message.recipient:
        return GONE
    if registration.state is not RegistrationState.CONFIRMED:
        return Dropped("그사이 상황이 바뀌었습니다.")
    if has_answered(registration):
        return Dropped("그사이 만족도 조사에 답했습니다.")
    survey = survey_of(registration.briefing)
    if not_for(registration, survey, now):
        return Dropped("만족도 조사를 받지 않거나 끝났습니다.")
    values = {
        "만족도 조사 링크": _personal("survey.take", registration),
        "질문 수": str(len(survey.questions)),
        "조사 기한": when(closes_at(survey, registration.briefing)),
    }
    return write("survey_reminder", said_of(registration) | values)


def _afterwards(registration: Registration) -> dict[str, str]:
    briefing = registration.briefing
    files = {
        slot_id: [each.file.public_id for each in several if each.public]
        for slot_id, several in files_by_slot(briefing).items()
    }
    something = any(files.values()) or published_of(briefing)
    return said_of(registration) | {
        "다시보기 주소": briefing.shown_replay_url,
        "자료 주소": url_for("archive.show", public_id=briefing.public_id, _external=True) if something else "",
        "과제별 링크": "\n\n".join(_needs(registration, files)),
        "답글 링크": _personal("replies.write_from_join", registration),
    }


def _needs(registration: Registration, files: dict[int, list[str]]) -> Iterator[str]:
    """Each need that was presented and is public, with a reply while it takes any, and its slides."""
    for slot in registration.briefing.slots:
        if not slot.need.is_public:
            continue
        takes = slot.need.takes_replies
        reply = _personal("replies.write_from_join", registration, need=slot.need_id) if takes else ""
        slides = [_personal("live.slides", registration, file=each) for each in files.get(slot.id, [])]
        yield "\n".join([slot.need.title, *(_labelled(reply, slides))])


def _labelled(reply: str, slides: list[str]) -> Iterator[str]:
    to_reply, to_take = _("답글"), _("발표자료")
    if reply:
        yield f"- {to_reply}: {reply}"
    for address in slides:
        yield f"- {to_take}: {address}"


def _of_those_who_came(registration: Registration, now: datetime) -> dict[str, str]:
    briefing = registration.briefing
    return {
        "만족도 조사 링크": _personal("survey.take", registration) if _is_asked(registration, briefing, now) else "",
        "참가 확인증 링크": _personal("certificates.own", registration) if rule_of(briefing).offered else "",
    }


def _is_asked(registration: Registration, briefing: Briefing, now: datetime) -> bool:
    return closed_reason(survey_of(briefing), briefing, now) is None and not has_answered(registration)


def _personal(endpoint: str, registration: Registration, **more: Any) -> str:
    return url_for(endpoint, token=token_of(registration, "join"), _external=True, **more)


COMPOSERS: dict[str, Composer] = {"thanks": thanks, "absent": absent, "survey_reminder": survey_reminder}

_REPLAY = Placeholder("다시보기 주소", "녹화한 영상의 주소", "https://room.example.kr/replay", True)
_MATERIALS = Placeholder("자료 주소", "발표자료와 질의응답이 있는 주소", "https://briefings.example.kr/…", True)
_NEEDS = Placeholder(
    "과제별 링크",
    "소개한 과제마다 이름, 답글을 쓰는 주소, 발표자료의 주소",
    "폐어망 되살림\n- 답글: https://briefings.example.kr/join/…/reply?need=1",
    True,
)
_REPLY = Placeholder("답글 링크", "본인만 쓰는, 참여 답글을 쓰는 주소", "https://briefings.example.kr/join/…/reply")
_SURVEY_EXAMPLE = "https://briefings.example.kr/join/…/survey"
_SURVEY = Placeholder("만족도 조사 링크", "본인만 쓰는, 만족도 조사에 답하는 주소", _SURVEY_EXAMPLE, True)
_CERTIFICATE = Placeholder(
    "참가 확인증 링크", "본인만 쓰는, 참가 확인증을 받는 주소", "https://briefings.example.kr/join/…/certificate", True
)
_AFTERWARDS = (*REGISTRATION, _REPLAY, _MATERIALS, _NEEDS, _REPLY)
TEXTS = {
    "thanks": Text("참가한 분께 감사", (*_AFTERWARDS, _SURVEY, _CERTIFICATE), must=("답글 링크",)),
    "absent": Text("참가하지 못한 분께 안내", _AFTERWARDS, must=("답글 링크",)),
    "survey_reminder": Text(
        "만족도 조사를 한 번 더 알림",
        (
            *REGISTRATION,
            _SURVEY._replace(optional=False),
            Placeholder("질문 수", "조사의 질문이 몇 가지인지", "5"),
            Placeholder("조사 기한", "언제까지 답할 수 있는지", "2026. 12. 17.(목) 11:30"),
        ),
        must=("만족도 조사 링크",),
    ),
}
