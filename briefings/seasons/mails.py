"""The words of mails that ask who can present when, made when each is sent from the season as it is then."""

from datetime import datetime

from flask_babel import gettext as _

from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.seasons.availability import closed_reason, contacts_of, known_as, needs_of, silent
from briefings.seasons.links import availability_url
from briefings.seasons.making import length
from briefings.seasons.models import AvailabilityRequest
from briefings.web.filters import when

SHOWN = 40
"""More times than this are read on the page alone."""
NO_MORE = Dropped("일정이 정해졌거나 더는 발표할 사람이 아닙니다.")


def asked(message: Message, now: datetime) -> Mail | Dropped:
    """At which times somebody could present, and where to say so."""
    request = _open(message, now)
    if request is None:
        return NO_MORE
    return _write("availability_asked", request, now)


def reminded(message: Message, now: datetime) -> Mail | Dropped:
    """The same once more, unless they have answered meanwhile."""
    request = _open(message, now)
    if request is None:
        return NO_MORE
    if request.email not in {contact.email for contact in silent(request.season, contacts_of(request.season))}:
        return Dropped("그사이 답했습니다.")
    return _write("availability_reminded", request, now)


def _open(message: Message, now: datetime) -> AvailabilityRequest | None:
    request = known_as(message.params["request"])
    if request is None or request.email != message.recipient or closed_reason(request, now) or not needs_of(request):
        return None
    return request


def _write(text: str, request: AvailabilityRequest, now: datetime) -> Mail:
    moments = [each.starts_at for each in request.season.times if each.starts_at > now]
    lines = [f"- {when(moment)}" for moment in moments[:SHOWN]]
    if len(moments) > SHOWN:
        lines.append(
            "- " + _("그 밖의 시각 %(number)s개는 답하는 주소에서 보실 수 있습니다.", number=len(moments) - SHOWN)
        )
    values = {
        "이름": request.name or request.email,
        "과제": "\n".join(f"- {need.title}" for need in needs_of(request)),
        "시각": "\n".join(lines),
        "시각 수": len(moments),
        "걸리는 시간": _("%(number)s분", number=length(request.season, request.season.max_slots)),
        "답하는 주소": availability_url(request),
    }
    return write(text, values)


COMPOSERS: dict[str, Composer] = {"availability_asked": asked, "availability_reminded": reminded}

_ASKED = (
    NAME,
    Placeholder("과제", "발표할 수요의 제목, 한 줄에 하나", "- 폐어망 되살림 공정 함께 만들기"),
    Placeholder("시각", "설명회를 열 수 있는 시각, 한 줄에 하나", "- 2027. 1. 6.(수) 14:00"),
    Placeholder("시각 수", "시각이 몇 개인지", "12"),
    Placeholder("걸리는 시간", "설명회 한 회의 길이", "110분"),
    Placeholder(
        "답하는 주소", "본인만 쓰는, 가능한 시각을 알려 주는 주소", "https://briefings.example.kr/present/times/…"
    ),
)
TEXTS = {
    "availability_asked": Text("발표 가능 시간 묻기", _ASKED, must=("시각", "답하는 주소")),
    "availability_reminded": Text("발표 가능 시간 다시 묻기", _ASKED, must=("시각", "답하는 주소")),
}
