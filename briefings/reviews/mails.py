"""The words of mails about the review: to reviewers what waits for them, to owners what was decided."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import User
from briefings.db import db
from briefings.needs.models import Need, Round
from briefings.needs.registering import has_left
from briefings.needs.review_models import Outcome, Selection
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.reviews.asking_reviewers import waiting
from briefings.reviews.selecting import READERS
from briefings.web.filters import day, local
from briefings.web.labels import label


def to_reviewer(text: str) -> Composer:
    """The composer of a mail that says how many needs wait for its reader, and until when."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        round = db.session.get(Round, message.params["round"])
        user = db.session.get(User, message.params.get("user", 0))
        if round is None or user is None:
            return Dropped("수요조사나 계정이 없어짐")
        number = waiting(round.id).get(user)
        if not number:
            return Dropped("그 사이 점수를 모두 보냈거나 배정이 바뀜")
        due = round.reviews_due_on
        if due is None or due < local(now).date():
            return Dropped("심사 기한이 지남")
        said = {"이름": user.name, "수요조사": round.name, "과제 수": f"{number:,}", "심사 기한": day(due)}
        return write(text, said | {"심사 주소": url_for("reviewer.index", _external=True)})

    return compose


def of_outcome(outcome: Outcome) -> Composer:
    """The composer of the mail that tells an owner of this outcome."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        found = select(Selection).where(Selection.need_id == message.params["need"])
        need = joinedload(Selection.need)
        found = found.options(need.joinedload(Need.organization), need.joinedload(Need.round))
        selection = db.session.scalar(found)
        if selection is None or selection.outcome is not outcome or selection.told_at is None:
            return Dropped("그 사이 결정이 바뀜")
        if selection.need.state not in READERS or selection.need.round is None:
            return Dropped("그 사이 과제를 철회했거나 고치는 중")
        if has_left(message.recipient, selection.need):
            return Dropped("그 사이 과제의 기관을 떠난 계정")
        before = message.params.get("before")
        public = selection.need.is_public
        said = {
            "이름": message.recipient_name,
            "과제": selection.need.title,
            "수요기관": selection.need.organization.name,
            "수요조사": selection.need.round.name,
            "까닭": selection.reason,
            "앞선 결과": label(Outcome(before)) if before else "",
            "과제 주소": url_for("needs.show", need_id=selection.need_id, _external=True) if public else "",
        }
        return write(f"selection_{outcome.value}", said)

    return compose


COMPOSERS: dict[str, Composer] = {
    "review_assigned": to_reviewer("review_assigned"),
    "review_reminder": to_reviewer("review_reminder"),
    **{f"selection_{outcome.value}": of_outcome(outcome) for outcome in Outcome},
}

_ROUND = Placeholder("수요조사", "수요조사의 이름", "2027년 상반기 협업 수요조사")
_REVIEW = (
    NAME,
    _ROUND,
    Placeholder("과제 수", "아직 점수를 보내지 않은 과제의 수", "12"),
    Placeholder("심사 기한", "점수를 보내야 하는 마지막 날", "2026. 12. 4.(금)"),
    Placeholder("심사 주소", "맡은 과제를 보는 화면의 주소", "https://briefings.example.kr/reviews"),
)
_DECIDED = (
    NAME,
    _ROUND,
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
    Placeholder("수요기관", "과제를 올린 기관", "한려해양공단"),
    Placeholder("까닭", "결정한 까닭", "두 기관이 주고받을 것이 뚜렷하고 바로 시작할 수 있습니다."),
    Placeholder("앞선 결과", "결과를 바꾸어 다시 알릴 때 앞서 알린 결과", "예비", optional=True),
    Placeholder(
        "과제 주소",
        "누구나 보는 과제 화면의 주소, 게시한 과제에만",
        "https://briefings.example.kr/needs/1",
        optional=True,
    ),
)
_MUST_REVIEW = ("심사 기한", "심사 주소")
TEXTS = {
    "review_assigned": Text("심사 부탁", _REVIEW, must=_MUST_REVIEW),
    "review_reminder": Text("심사 기한 알림", _REVIEW, must=_MUST_REVIEW),
    "selection_selected": Text("주요 과제로 선정", _DECIDED, must=("과제", "까닭")),
    "selection_reserve": Text("예비 과제로 선정", _DECIDED, must=("과제", "까닭")),
    "selection_not_selected": Text("주요 과제로 선정하지 않음", _DECIDED, must=("과제", "까닭")),
}
