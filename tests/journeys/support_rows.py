"""Support asked for, answered and past, consents of every sort, and people interested in a need, for the pages."""

from datetime import timedelta
from typing import Any

from briefings.db import db, unit_of_work
from briefings.needs.models import Need
from briefings.privacy.consenting import answer_all, current_texts
from briefings.privacy.models import Purpose
from briefings.schedule import support
from briefings.schedule.links import token_of
from briefings.schedule.models import Briefing
from briefings.schedule.registering import consents_of
from briefings.schedule.registration_models import SupportState
from tests.builders import a_registration
from tests.journeys.running import BEGINNING

WISH = "문자 통역과, 글자가 들어 있는 발표자료를 하루 전에 받고 싶습니다."
ANSWER = "문자 통역을 준비했습니다. 입장한 뒤에 화면 아래의 ‘자막’을 눌러 주세요.\n발표자료는 전날 보내 드립니다."


def fill_support(briefing: Briefing, ended: Briefing, need_id: int) -> dict[str, Any]:
    """Values for the addresses of the pages."""
    need = db.session.get_one(Need, need_id)
    asked = a_registration(briefing, name="정다운", interests=[need])
    helped = a_registration(briefing, name="배움터", interests=[need])
    past = a_registration(ended, name="안다솜")
    a_registration(briefing, name="유난새", interests=[need])
    with unit_of_work():
        texts = current_texts([Purpose.REGISTRATION, Purpose.PROVISION, Purpose.NEWS], "ko")
        answer_all(consents_of(helped), [(text.id, True) for text in texts.values()], BEGINNING)
        for registration in (asked, helped, past):
            support.ask(registration, WISH, BEGINNING - timedelta(days=21))
    with unit_of_work():
        support.answer(helped, SupportState.ARRANGED, ANSWER, helped.support_changed_at, BEGINNING)
    return {
        "support_asked": asked.public_id,
        "support_answered": helped.public_id,
        "support_past": past.public_id,
        "helped": token_of(helped),
    }
