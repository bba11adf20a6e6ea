"""What is kept of somebody, in every state of their own page; a register, and people who want their accounts closed."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from briefings.db import unit_of_work
from briefings.needs.attaching import attach
from briefings.outbox.models import Message, MessageState
from briefings.privacy.consenting import answer_all, current_texts
from briefings.privacy.models import Consent, Purpose
from briefings.privacy.register import OVER, write_down
from briefings.rights import erasing
from briefings.rights.erasing import MY_DATA
from briefings.rights.links import PURPOSE, good_until
from briefings.schedule.models import Briefing
from briefings.schedule.registering import consents_of
from briefings.web.tokens import token_for
from tests.builders import a_need, a_registration, a_reply, an_owner, saved
from tests.files import samples
from tests.journeys.running import BEGINNING

DAY = timedelta(days=1)
WHO, NOTHING = "eunsaem@gaon.example.kr", "nothing@gaon.example.kr"


def fill_rights(coming: Briefing, ended: Briefing, long_title: str) -> dict[str, Any]:
    """Values for the addresses of the pages."""
    place = a_registration(coming, name="선우은샘", email=WHO, phone="010-2345-6789", question=long_title)
    a_registration(ended, name="선우은샘", email=WHO, department="해양환경관리본부 자원순환처")
    a_reply(name="선우은샘", email=WHO, offer=long_title)
    leaving = an_owner(name="서가람", email="leaving@gaon.example.kr")
    with unit_of_work():
        texts = current_texts([Purpose.REGISTRATION, Purpose.PROVISION, Purpose.NEWS], "ko")
        answer_all(consents_of(place), [(text.id, True) for text in texts.values()], BEGINNING)
        write_down("raw_mails", 12, OVER, BEGINNING - DAY, until=BEGINNING - 31 * DAY)
        write_down("registrations", 48, OVER, BEGINNING, until=BEGINNING - 366 * DAY)
        waiting = erasing.ask(leaving.email, "ko", BEGINNING - 2 * DAY)
        attach(a_need(title=long_title), "자원순환 협업 제안서 최종본.pdf", samples.a_pdf(), leaving, BEGINNING - DAY)
    news = select(Consent.id).where(Consent.about == consents_of(place), Consent.text_id == texts[Purpose.NEWS].id)
    with unit_of_work() as session:
        consent_id = session.scalar(news)
    return {
        "my_data": _link(WHO, BEGINNING + DAY),
        "my_data_late": _link(WHO, BEGINNING - DAY),
        "my_data_none": _link(NOTHING, BEGINNING + DAY),
        "news_consent": consent_id,
        "erasure": waiting.id,
        "known_address": WHO,
    }


def _link(email: str, at: Any) -> str:
    """A link as a mail of that moment brings it."""
    common = {"kind": MY_DATA, "locale": "ko", "params": {}, "state": MessageState.SENT}
    message = saved(Message(key=f"{at}{email}", recipient=email, recipient_name="", created_at=at, due_at=at, **common))
    return token_for(PURPOSE, str(message.id), int(good_until(message).timestamp()))
