"""The words of mails about colleagues who join a reply."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.participation.links import colleague_url, reply_url, token_of
from briefings.participation.models import ParticipationReply, ReplyColleague, ReplyState

GONE = Dropped("그 사이 함께하기를 그만두었거나 답글을 거두어들임")
SETTLED = Dropped("이미 답한 요청")


def asked(message: Message, now: datetime) -> Mail | Dropped:
    """Whoever sent the reply is asked whether a colleague may join it."""
    colleague = _colleague(message)
    if colleague is None:
        return GONE
    if not colleague.waits:
        return SETTLED
    made = colleague.reply
    address = url_for("reply_colleagues.index", token=token_of(made), _external=True)
    values = {"동료": colleague.name, "동료의 말": colleague.offer, "동료 주소": address}
    return write("reply_join_asked", {**_said(message, made), **values})


def waits(message: Message, now: datetime) -> Mail | Dropped:
    """Who asked learns that their organization answers each need once, and who decides."""
    colleague = _colleague(message)
    if colleague is None:
        return GONE
    if not colleague.waits:
        return SETTLED
    return write("reply_join_waits", {**_said(message, colleague.reply), "진행 링크": colleague_url(colleague)})


def joined(message: Message, now: datetime) -> Mail | Dropped:
    """They are in, with a link of their own."""
    colleague = _colleague(message)
    if colleague is None or not colleague.is_in:
        return GONE
    made = colleague.reply
    return write("reply_joined", {**_said(message, made), "답글 링크": reply_url(made, colleague.email)})


def refused(message: Message, now: datetime) -> Mail | Dropped:
    """They are not in, or no longer."""
    colleague = _colleague(message)
    if colleague is None or colleague.refused_at is None:
        return GONE
    return write("reply_join_refused", _said(message, colleague.reply))


def over(message: Message, now: datetime) -> Mail | Dropped:
    """The reply they were in, or asked to be in, was taken back."""
    found = select(ParticipationReply).where(ParticipationReply.id == message.params["reply"])
    with_names = (joinedload(ParticipationReply.need).joinedload(Need.organization),)
    made = db.session.scalars(found.options(*with_names)).one()
    if made.state is not ReplyState.WITHDRAWN or not made.need.takes_replies:
        return Dropped("다시 보냈거나 답글을 받지 않는 과제")
    address = url_for("replies.write", need_id=made.need_id, _external=True)
    return write("reply_join_over", {**_said(message, made), "답글 쓰기 주소": address})


def owner_told(message: Message, now: datetime) -> Mail | Dropped:
    """The need's owner learns of somebody more to write to."""
    colleague = _colleague(message)
    if colleague is None or not colleague.is_in or colleague.reply.state is ReplyState.WITHDRAWN:
        return GONE
    made = colleague.reply
    if has_left(message.recipient, made.need):
        return Dropped("그 사이 과제의 기관을 떠난 계정")
    address = url_for("owner_replies.show", public_id=made.public_id, _external=True)
    values = {"답글 기관": made.organization.name, "동료": colleague.name, "답글 주소": address}
    return write("reply_colleague_joined", {**_said(message, made), **values})


def _colleague(message: Message) -> ReplyColleague | None:
    reply = joinedload(ReplyColleague.reply)
    found = select(ReplyColleague).where(ReplyColleague.id == message.params["colleague"])
    return db.session.scalar(
        found.options(
            reply.joinedload(ParticipationReply.organization),
            reply.joinedload(ParticipationReply.need).joinedload(Need.organization),
        )
    )


def _said(message: Message, made: ParticipationReply) -> dict[str, str]:
    return {"이름": message.recipient_name, "과제": made.need.title, "수요기관": made.need.organization.name}


COMPOSERS: dict[str, Composer] = {
    "reply_join_asked": asked,
    "reply_join_waits": waits,
    "reply_joined": joined,
    "reply_join_refused": refused,
    "reply_join_over": over,
    "reply_colleague_joined": owner_told,
}

_SAID = (
    NAME,
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("수요기관", "과제를 올린 기관", "한려해양공단"),
)
_COLLEAGUE = Placeholder("동료", "같은 기관에서 함께하려는 사람의 이름", "박나래")
TEXTS = {
    "reply_join_asked": Text(
        "동료가 답글에 함께하려 함",
        (
            *_SAID,
            _COLLEAGUE,
            Placeholder("동료의 말", "동료가 적은, 보탤 수 있는 것", "시험 운영할 현장이 있습니다."),
            Placeholder(
                "동료 주소", "함께할지 답하는, 본인만 쓰는 주소", "https://briefings.example.kr/replies/…/colleagues"
            ),
        ),
        must=("동료 주소",),
    ),
    "reply_join_waits": Text(
        "답글에 함께하기를 기다리는 동료",
        (*_SAID, Placeholder("진행 링크", "본인만 쓰는, 답을 보는 주소", "https://briefings.example.kr/joining/…")),
        must=("진행 링크",),
    ),
    "reply_joined": Text(
        "답글에 함께하게 된 동료",
        (*_SAID, Placeholder("답글 링크", "본인만 쓰는, 답글을 보는 주소", "https://briefings.example.kr/replies/…")),
        must=("답글 링크",),
    ),
    "reply_join_refused": Text("답글에 함께하지 않게 된 동료", _SAID),
    "reply_join_over": Text(
        "함께하던 답글을 거두어들임 (동료)",
        (
            *_SAID,
            Placeholder("답글 쓰기 주소", "새 답글을 쓰는 주소", "https://briefings.example.kr/needs/1/reply"),
        ),
        must=("답글 쓰기 주소",),
    ),
    "reply_colleague_joined": Text(
        "답글에 동료가 함께함 (수요기관)",
        (
            *_SAID,
            _COLLEAGUE,
            Placeholder("답글 기관", "답글을 보낸 기관", "가온재활용"),
            Placeholder("답글 주소", "답글을 확인하는 화면의 주소", "https://briefings.example.kr/my/replies/…"),
        ),
        must=("답글 주소",),
    ),
}
