"""The words of mails about joint work: what to confirm, what a partner said to it, how it goes on."""

from collections.abc import Callable
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
from briefings.participation.links import is_replier, reply_url, token_of
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.matching import match_of
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.web.filters import day
from briefings.web.labels import label

GONE = "그 사이 답글이나 과제가 없어짐"
SPOKEN = "그 사이 확인했거나 성사 기록이 바뀜"
LEFT = "그 사이 과제의 기관을 떠난 계정"
NOT_OF_REPLY = "그 사이 답글에서 빠진 사람"


def match_url(made: ParticipationReply, address: str) -> str:
    """The full address of a partner's own page of the match, for a mail to that address."""
    return url_for("matches.show", token=token_of(made, address, "match"), _external=True)


def asking(text: str) -> Composer:
    """The composer of a mail that asks a partner to confirm what was recorded."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        made = _reply(message)
        if made is None:
            return Dropped(GONE)
        match = match_of(made.need)
        joined = match.of(made.organization_id) if match else None
        if match is None or joined is None or not joined.waits:
            return Dropped(SPOKEN)
        if not is_replier(made, message.recipient):
            return Dropped(NOT_OF_REPLY)
        return write(text, {**_said(message, made), **_terms(match, joined, made, message.recipient)})

    return compose


def to_partner_left_out(message: Message, now: datetime) -> Mail | Dropped:
    """A partner who was asked to confirm is in the match no more."""
    made = _reply(message)
    if made is None:
        return Dropped(GONE)
    match = match_of(made.need)
    if match and match.of(made.organization_id):
        return Dropped("그 사이 다시 함께하는 것으로 적힘")
    return write("match_left_out", {**_said(message, made), "답글 링크": reply_url(made, message.recipient)})


def to_owner_said(text: str, fits: Callable[[MatchOrganization], bool]) -> Composer:
    """The composer of a mail that tells the owner what a partner said, as long as that `fits`."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        made = _reply(message)
        if made is None:
            return Dropped(GONE)
        if has_left(message.recipient, made.need):
            return Dropped(LEFT)
        match = match_of(made.need)
        joined = match.of(made.organization_id) if match else None
        if joined is None or not fits(joined):
            return Dropped(SPOKEN)
        address = url_for("owner_matches.show", need_id=made.need_id, _external=True)
        said = {"다르다고 한 것": joined.objection} if joined.objected_at else {}
        return write(text, {**_said(message, made), **said, "성사 주소": address})

    return compose


def to_replier_ended(message: Message, now: datetime) -> Mail | Dropped:
    """The owner has ended the talks, and why."""
    made = _reply(message)
    if made is None or made.state is not ReplyState.ENDED:
        return Dropped(GONE)
    others = url_for("needs.index", _external=True)
    return write("reply_ended", {**_said(message, made), "까닭": _why(made), "과제 목록 주소": others})


def to_owner_ended(message: Message, now: datetime) -> Mail | Dropped:
    """The replying side has ended the talks, and why."""
    made = _reply(message)
    if made is None or made.state is not ReplyState.ENDED:
        return Dropped(GONE)
    if has_left(message.recipient, made.need):
        return Dropped(LEFT)
    address = url_for("owner.show", need_id=made.need_id, _external=True)
    return write("reply_ended_by_replier", {**_said(message, made), "까닭": _why(made), "과제 주소": address})


def asking_how_it_goes(message: Message, now: datetime) -> Mail | Dropped:
    """Half a year later: how does the joint work go?"""
    need = db.session.get(Need, message.params["need"], options=[joinedload(Need.organization)])
    match = match_of(need) if need else None
    if need is None or match is None or not match.standing:
        return Dropped("그 사이 성사 기록이 없어짐")
    made = _reply(message)
    if made is None and has_left(message.recipient, need):
        return Dropped(LEFT)
    own = url_for("owner_matches.show", need_id=need.id, _external=True)
    address = match_url(made, message.recipient) if made else own
    together = ", ".join(joined.organization.name for joined in match.standing)
    said = {"이름": message.recipient_name, "과제": need.title, "함께하는 기관": together}
    return write("match_progress_asked", said | {"성사된 날": day(match.matched_on), "성사 주소": address})


def _reply(message: Message) -> ParticipationReply | None:
    found = select(ParticipationReply).where(ParticipationReply.id == message.params.get("reply", 0))
    need = joinedload(ParticipationReply.need).joinedload(Need.organization)
    return db.session.scalar(found.options(need, joinedload(ParticipationReply.organization)))


def _said(message: Message, made: ParticipationReply) -> dict[str, str]:
    return {
        "이름": message.recipient_name,
        "과제": made.need.title,
        "수요기관": made.need.organization.name,
        "답글 기관": made.organization.name,
    }


def _terms(match: Match, joined: MatchOrganization, made: ParticipationReply, address: str) -> dict[str, str]:
    own = match.of(made.need.organization_id)
    return {
        "성사된 날": day(match.matched_on),
        "시작하는 날": day(match.starts_on) if match.starts_on else "",
        "우리 기관이 맡는 일": joined.contribution or "–",
        "수요기관이 맡는 일": (own.contribution if own else "") or "–",
        "요약": match.summary,
        "성사 주소": match_url(made, address),
    }


def _why(made: ParticipationReply) -> str:
    reason = label(made.end_reason) if made.end_reason else _("그 밖의 까닭")
    return f"{reason}\n{made.end_words}".strip()


COMPOSERS: dict[str, Composer] = {
    "match_asked": asking("match_asked"),
    "match_reminded": asking("match_reminded"),
    "match_left_out": to_partner_left_out,
    "match_confirmed": to_owner_said("match_confirmed", lambda joined: joined.agrees),
    "match_objected": to_owner_said("match_objected", lambda joined: joined.objected_at is not None),
    "match_progress_asked": asking_how_it_goes,
    "reply_ended": to_replier_ended,
    "reply_ended_by_replier": to_owner_ended,
}

_NEED = Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기")
_OWNER = Placeholder("수요기관", "과제를 올린 기관", "한려해양공단")
_REPLIER = Placeholder("답글 기관", "답글을 보낸 기관", "가온재활용")
_DAY = Placeholder("성사된 날", "함께하기로 한 날", "2026. 11. 20.(금)")
_WHY = Placeholder("까닭", "고른 까닭과 덧붙인 말", "시기가 맞지 않음\n내년에 다시 이야기하고 싶습니다.")
_TERMS = (
    NAME,
    _NEED,
    _OWNER,
    _REPLIER,
    _DAY,
    Placeholder("시작하는 날", "함께 시작하는 날, 정했을 때만", "2027. 1. 4.(월)", optional=True),
    Placeholder("우리 기관이 맡는 일", "읽는 기관이 맡는 일", "재생 설비를 돌립니다."),
    Placeholder("수요기관이 맡는 일", "수요기관이 맡는 일", "폐어망을 모읍니다."),
    Placeholder("요약", "공개할 요약", "폐어망을 모아 재생 원료를 함께 만들기로 했습니다."),
    Placeholder("성사 주소", "본인만 쓰는, 성사를 확인하는 주소", "https://briefings.example.kr/matches/…"),
)
_TO_OWNER = (
    NAME,
    _NEED,
    _REPLIER,
    Placeholder("성사 주소", "성사를 보는 화면의 주소", "https://briefings.example.kr/my/matches/1"),
)
TEXTS = {
    "match_asked": Text("성사 확인 부탁", _TERMS, must=("요약", "성사 주소")),
    "match_reminded": Text("성사 확인을 다시 부탁", _TERMS, must=("요약", "성사 주소")),
    "match_left_out": Text(
        "성사 기록에서 빠짐",
        (
            NAME,
            _NEED,
            _OWNER,
            Placeholder("답글 링크", "본인만 쓰는, 답글을 보는 주소", "https://briefings.example.kr/replies/…"),
        ),
    ),
    "match_confirmed": Text("함께하는 기관이 확인한 성사 (수요기관)", _TO_OWNER, must=("성사 주소",)),
    "match_objected": Text(
        "함께하는 기관이 다르다고 한 성사 (수요기관)",
        (*_TO_OWNER, Placeholder("다르다고 한 것", "함께하는 기관이 적은 말", "우리 기관은 설비만 맡습니다.")),
        must=("다르다고 한 것", "성사 주소"),
    ),
    "match_progress_asked": Text(
        "반년 뒤 성사 진행 소식 부탁",
        (
            NAME,
            _NEED,
            Placeholder("함께하는 기관", "성사에 함께하는 기관들", "한려해양공단, 가온재활용"),
            _DAY,
            Placeholder("성사 주소", "진행 소식을 적는 주소", "https://briefings.example.kr/matches/…"),
        ),
        must=("성사 주소",),
    ),
    "reply_ended": Text(
        "성사 없이 끝난 협의",
        (
            NAME,
            _NEED,
            _OWNER,
            _WHY,
            Placeholder("과제 목록 주소", "공개된 과제 목록의 주소", "https://briefings.example.kr/needs"),
        ),
        must=("까닭",),
    ),
    "reply_ended_by_replier": Text(
        "성사 없이 끝난 협의 (수요기관)",
        (
            NAME,
            _NEED,
            _REPLIER,
            _WHY,
            Placeholder("과제 주소", "내 수요 과제 화면의 주소", "https://briefings.example.kr/my/needs/1"),
        ),
        must=("까닭", "과제 주소"),
    ),
}
