"""The words of mails about advice: to mentors what they are asked for, to owners what they were advised."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db
from briefings.mentoring.advising import ADVISED
from briefings.mentoring.models import Advice
from briefings.needs.models import Need
from briefings.needs.registering import has_left
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text


def to_mentor(text: str) -> Composer:
    """The composer of a mail that names the needs a mentor was asked about and has not answered."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        found = select(Advice).where(Advice.id.in_(message.params.get("advices", [])), Advice.written_at.is_(None))
        found = found.options(joinedload(Advice.need).joinedload(Need.organization), joinedload(Advice.mentor))
        asked = [each for each in db.session.scalars(found.order_by(Advice.id)) if _waits(each, message)]
        if not asked:
            return Dropped("그 사이 조언을 적었거나 부탁을 거둠")
        listed = "\n".join(f"- {each.need.title} ({each.need.organization.name})" for each in asked)
        said = {"이름": message.recipient_name, "과제 수": f"{len(asked):,}", "과제 목록": listed}
        return write(text, said | {"조언 주소": url_for("advice.index", _external=True)})

    return compose


def to_owner(text: str) -> Composer:
    """The composer of a mail that tells an owner of an advice on a need."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        need = db.session.get(Need, message.params["need"], options=[joinedload(Need.organization)])
        if need is None or has_left(message.recipient, need):
            return Dropped("그 사이 과제의 기관을 떠난 계정")
        address = url_for("owner.show", need_id=need.id, _external=True)
        return write(text, {"이름": message.recipient_name, "과제": need.title, "과제 주소": address})

    return compose


def to_asker(message: Message, now: datetime) -> Mail | Dropped:
    """Whoever asked a mentor hears that they do not take it on, and why."""
    need = db.session.get(Need, message.params["need"])
    if need is None:
        return Dropped("과제가 없어짐")
    said = {"이름": message.recipient_name, "전문가": message.params["mentor"], "과제": need.title}
    address = url_for("staff_needs.show", need_id=need.id, _external=True)
    return write("advice_given_back", said | {"까닭": message.params["reason"], "과제 주소": address})


def _waits(advice: Advice, message: Message) -> bool:
    mentor = advice.mentor
    return mentor.active and mentor.is_expert and mentor.email == message.recipient and advice.need.state in ADVISED


COMPOSERS: dict[str, Composer] = {
    "advice_asked": to_mentor("advice_asked"),
    "advice_reminded": to_mentor("advice_reminded"),
    "advice_written": to_owner("advice_written"),
    "advice_changed": to_owner("advice_changed"),
    "advice_given_back": to_asker,
}

_NEED = Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기")
_TO_MENTOR = (
    NAME,
    Placeholder("과제 수", "조언을 부탁하는 과제의 수", "3"),
    Placeholder("과제 목록", "조언을 부탁하는 과제와 수요기관", "- 폐어망 되살림 공정 함께 만들기 (한려해양공단)"),
    Placeholder("조언 주소", "부탁받은 과제를 보는 화면의 주소", "https://briefings.example.kr/advice"),
)
_TO_OWNER = (
    NAME,
    _NEED,
    Placeholder("과제 주소", "내 수요 과제 화면의 주소", "https://briefings.example.kr/my/needs/1"),
)
TEXTS = {
    "advice_asked": Text("조언 부탁 (전문가)", _TO_MENTOR, must=("과제 목록", "조언 주소")),
    "advice_reminded": Text("조언을 다시 부탁 (전문가)", _TO_MENTOR, must=("과제 목록", "조언 주소")),
    "advice_written": Text("새 전문가 조언 (수요기관)", _TO_OWNER, must=("과제 주소",)),
    "advice_changed": Text("고친 전문가 조언 (수요기관)", _TO_OWNER, must=("과제 주소",)),
    "advice_given_back": Text(
        "전문가가 맡지 않은 조언 (담당자)",
        (
            NAME,
            _NEED,
            Placeholder("전문가", "맡지 않은 전문가", "서해솔"),
            Placeholder("까닭", "전문가가 적은 까닭", "제 분야가 아니라 도움이 되기 어렵습니다."),
            Placeholder("과제 주소", "직원이 보는 과제 화면의 주소", "https://briefings.example.kr/staff/needs/1"),
        ),
        must=("까닭", "과제 주소"),
    ),
}
