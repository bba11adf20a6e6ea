"""The words of mails to owners about what waits on their desk."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.participation.chasing import BY_STAFF, FIRST, LAST
from briefings.participation.models import Consultation, ParticipationReply, ReplyState
from briefings.schedule.items import GONE
from briefings.web.filters import day, when

LEFT = Dropped("그 사이 과제의 기관을 떠난 계정")


def reply_chase(message: Message, now: datetime) -> Mail | Dropped:
    """The replies to one need that still wait for its owner, and by when each is to be acknowledged."""
    found = select(ParticipationReply).where(
        ParticipationReply.id.in_(message.params["replies"]), ParticipationReply.state == ReplyState.SENT
    )
    together = (
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    waiting = list(db.session.scalars(found.options(*together).order_by(ParticipationReply.due_at)))
    if not waiting:
        return Dropped("그사이 모두 확인했습니다.")
    need = waiting[0].need
    if has_left(message.recipient, need):
        return LEFT
    values = {
        "이름": message.recipient_name,
        "과제": need.title,
        "답글 수": len(waiting),
        "답글 목록": "\n".join(_listed(made, now) for made in waiting),
        "받은 답글 주소": url_for("owner_replies.index", shelf="waiting", _external=True),
        "전하는 말": message.params["words"],
    }
    return write(CHASES[message.params["step"]], values)


def next_step(message: Message, now: datetime) -> Mail | Dropped:
    """What was to be done next after a consultation, on its day."""
    noted = db.session.get(Consultation, message.params["consultation"])
    if noted is None:
        return GONE
    if f"{noted.next_on}" != message.params["day"] or noted is not noted.reply.consultations[-1]:
        return Dropped("그사이 새로 적은 협의가 있습니다.")
    made = noted.reply
    if has_left(message.recipient, made.need):
        return LEFT
    values = {
        "이름": message.recipient_name,
        "과제": made.need.title,
        "답글 기관": made.organization.name,
        "협의한 날": day(noted.held_on),
        "다음에 할 일": noted.next_step,
        "하기로 한 날": day(noted.next_on) if noted.next_on else "",
        "답글 주소": url_for("owner_replies.show", public_id=made.public_id, _external=True),
    }
    return write("next_step", values)


def _listed(made: ParticipationReply, now: datetime) -> str:
    offer = " ".join(made.offer.split())
    shown = offer if len(offer) <= SHOWN else f"{offer[:SHOWN].rstrip()}…"
    until = _("%(time)s까지", time=when(made.due_at)) if made.due_at >= now else _("확인 기한이 지났습니다")
    return f"- {made.organization.name}: {shown} ({until})"


SHOWN = 120
"""So many characters of an offer are enough to know which it is."""
CHASES = {FIRST: "reply_chase", LAST: "reply_chase_last", BY_STAFF: "reply_chase_staff"}
"""Why the owner is asked → the text that says so."""
COMPOSERS: dict[str, Composer] = {"reply_chase": reply_chase, "next_step": next_step}

_WAITING = (
    NAME,
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("답글 수", "확인을 기다리는 답글의 수", "2"),
    Placeholder(
        "답글 목록", "답글마다 기관, 내용, 확인 기한", "- 가온재활용: 폐어망을 재생 원료로 바꾸는 설비가 있습니다."
    ),
    Placeholder("받은 답글 주소", "답글을 확인하는 화면의 주소", "https://briefings.example.kr/my/replies"),
)
_MUST = ("답글 목록", "받은 답글 주소")
TEXTS = {
    "reply_chase": Text("답글 확인 부탁 (2근무일째)", _WAITING, must=_MUST),
    "reply_chase_last": Text("답글 확인 부탁 (5근무일째)", _WAITING, must=_MUST, kinds=("reply_chase",)),
    "reply_chase_staff": Text(
        "답글 확인 부탁 (담당 직원이 보냄)",
        (*_WAITING, Placeholder("전하는 말", "담당 직원이 적은 말", "설명회 뒤에 온 답글입니다.", True)),
        must=_MUST,
        kinds=("reply_chase",),
    ),
    "next_step": Text(
        "협의의 다음 할 일",
        (
            NAME,
            Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
            Placeholder("답글 기관", "답글을 보낸 기관", "가온재활용"),
            Placeholder("협의한 날", "마지막으로 협의한 날", "2026. 12. 3.(목)"),
            Placeholder("다음에 할 일", "그때 적은 다음에 할 일", "현장 방문 날짜 정하기", True),
            Placeholder("하기로 한 날", "다음 일을 하기로 한 날", "2026. 12. 10.(목)"),
            Placeholder("답글 주소", "협의를 적는 화면의 주소", "https://briefings.example.kr/my/replies/…"),
        ),
        must=("답글 주소",),
    ),
}
