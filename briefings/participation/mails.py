"""The words of mails about replies."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.needs.claiming import claim_token, closed_reason, good_until
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.organizations.finding import acts_for
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.participation.links import reply_url
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.web.filters import when
from briefings.web.labels import label

LEFT = "그 사이 과제의 기관을 떠난 계정"


def _replies(ids: list[int]) -> list[ParticipationReply]:
    found = select(ParticipationReply).where(ParticipationReply.id.in_(ids)).order_by(ParticipationReply.id)
    with_names = (
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    return list(db.session.scalars(found.options(*with_names)))


def _one(message: Message) -> ParticipationReply:
    return _replies([message.params["reply"]])[0]


def to_owner_received(message: Message, now: datetime) -> Mail | Dropped:
    """The need's owner hears of a new reply."""
    made = _one(message)
    if made.state is ReplyState.WITHDRAWN:
        return Dropped("답글을 거두어들임")
    if has_left(message.recipient, made.need):
        return Dropped(LEFT)
    values = {
        "기관 유형": label(made.organization.kind),
        "보탤 수 있는 것": made.offer,
        "확인 기한": when(made.due_at),
        "답글 주소": url_for("owner_replies.show", public_id=made.public_id, _external=True),
    }
    reader = user_with(message.recipient)
    if reader is None or not acts_for(reader, made.need.organization):
        return write("reply_received_contact", {**_said(message, made), **values, "계정 주소": _way_in(made.need, now)})
    return write("reply_received", {**_said(message, made), **values})


def _way_in(need: Need, now: datetime) -> str:
    """Where a contact gets an account: by the link they were sent, while it is good, or by asking for one."""
    if good_until(need) and closed_reason(need, now) is None:
        return url_for("claims.show", token=claim_token(need), _external=True)
    return url_for("account_requests.new", _external=True)


def to_owner_withdrawn(message: Message, now: datetime) -> Mail | Dropped:
    """The need's owner hears that a reply was taken back."""
    made = _one(message)
    if has_left(message.recipient, made.need):
        return Dropped(LEFT)
    return write("reply_withdrawn", _said(message, made))


def to_sender_sent(message: Message, now: datetime) -> Mail | Dropped:
    """Who replied gets the link to each reply, which proves the address."""
    sent = _replies(message.params["replies"])
    listed = "\n\n".join(_listed(made) for made in sent)
    return write("reply_sent", {"이름": message.recipient_name, "답글 수": len(sent), "답글 목록": listed})


def _listed(made: ParticipationReply) -> str:
    need, owner, offer = _("과제"), _("수요기관"), _("보탤 수 있는 것")
    lines = (
        f"- {need}: {made.need.title}",
        f"- {owner}: {made.need.organization.name}",
        f"- {offer}: {made.offer}\n",
        _("이 답글을 보고 고치거나 거두어들이는 주소:"),
        reply_url(made),
    )
    return "\n".join(lines)


def to_sender_exists(message: Message, now: datetime) -> Mail | Dropped:
    """Somebody who is in the reply already sent the form again, or another did in their name: the link to it anew."""
    made = _one(message)
    return write("reply_exists", {**_said(message, made), "답글 링크": reply_url(made, message.recipient)})


def to_sender_acknowledged(message: Message, now: datetime) -> Mail | Dropped:
    """The owner has read it."""
    made = _one(message)
    words = {"수요기관의 말": made.acknowledgement, "답글 링크": reply_url(made, message.recipient)}
    return write("reply_acknowledged", {**_said(message, made), **words})


def to_sender_declined(message: Message, now: datetime) -> Mail | Dropped:
    """The owner says no, and why."""
    made = _one(message)
    others = url_for("needs.index", _external=True)
    return write(
        "reply_declined", {**_said(message, made), "수요기관의 답": made.decline_reason, "과제 목록 주소": others}
    )


def to_sender_matched(message: Message, now: datetime) -> Mail | Dropped:
    """Joint work was recorded."""
    made = _one(message)
    address = url_for("needs.show", need_id=made.need_id, _external=True)
    return write("reply_matched", {**_said(message, made), "과제 주소": address})


def _said(message: Message, made: ParticipationReply) -> dict[str, str]:
    return {
        "이름": message.recipient_name,
        "과제": made.need.title,
        "수요기관": made.need.organization.name,
        "답글 기관": made.organization.name,
    }


COMPOSERS: dict[str, Composer] = {
    "reply_received": to_owner_received,
    "reply_withdrawn": to_owner_withdrawn,
    "reply_sent": to_sender_sent,
    "reply_exists": to_sender_exists,
    "reply_acknowledged": to_sender_acknowledged,
    "reply_declined": to_sender_declined,
    "reply_matched": to_sender_matched,
}

_NEED = Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기")
_TO_OWNER = (NAME, _NEED, Placeholder("답글 기관", "답글을 보낸 기관", "가온재활용"))
_TO_SENDER = (NAME, _NEED, Placeholder("수요기관", "과제를 올린 기관", "한려해양공단"))
_LINK = Placeholder(
    "답글 링크", "본인만 쓰는, 답글을 고치거나 거두어들이는 주소", "https://briefings.example.kr/replies/…"
)
_RECEIVED = (
    *_TO_OWNER,
    Placeholder("기관 유형", "답글을 보낸 기관의 유형", "기업"),
    Placeholder("보탤 수 있는 것", "답글의 내용", "폐어망을 재생 원료로 바꾸는 설비가 있습니다."),
    Placeholder("확인 기한", "답글을 확인해야 하는 때", "2026. 11. 27.(금) 18:00"),
    Placeholder("답글 주소", "답글을 확인하는 화면의 주소", "https://briefings.example.kr/my/replies/…"),
)
_ACCOUNT = Placeholder(
    "계정 주소", "과제를 넘겨받거나 계정을 신청하는 주소", "https://briefings.example.kr/account/request"
)
TEXTS = {
    "reply_received": Text("새 참여 답글 (수요기관)", _RECEIVED, must=("답글 주소",)),
    "reply_received_contact": Text(
        "새 참여 답글 (계정이 없는 수요기관)",
        (*_RECEIVED, _ACCOUNT),
        must=("계정 주소", "답글 주소"),
        kinds=("reply_received",),
    ),
    "reply_withdrawn": Text("거두어들인 참여 답글 (수요기관)", _TO_OWNER),
    "reply_sent": Text(
        "보낸 참여 답글",
        (
            NAME,
            Placeholder("답글 수", "보낸 답글의 수", "2"),
            Placeholder(
                "답글 목록", "보낸 답글마다 과제, 내용, 고치는 주소", "- 과제: 폐어망 되살림 공정 함께 만들기\n…"
            ),
        ),
        must=("답글 목록",),
    ),
    "reply_exists": Text("이미 보낸 참여 답글", (*_TO_SENDER, _LINK), must=("답글 링크",)),
    "reply_acknowledged": Text(
        "수요기관이 확인한 참여 답글",
        (*_TO_SENDER, _LINK, Placeholder("수요기관의 말", "확인하며 덧붙인 말", "다음 주에 연락드리겠습니다.", True)),
        must=("답글 링크",),
    ),
    "reply_declined": Text(
        "함께하지 않는 참여 답글",
        (
            *_TO_SENDER,
            Placeholder("수요기관의 답", "수요기관이 적은 까닭", "올해 예산이 이미 정해졌습니다."),
            Placeholder("과제 목록 주소", "공개된 과제 목록의 주소", "https://briefings.example.kr/needs"),
        ),
        must=("수요기관의 답",),
    ),
    "reply_matched": Text(
        "성사된 참여 답글",
        (*_TO_SENDER, Placeholder("과제 주소", "과제 화면의 주소", "https://briefings.example.kr/needs/1")),
    ),
}
