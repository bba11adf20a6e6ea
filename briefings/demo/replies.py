"""Beside the replies of the example data: who joins them, and who said during the talks that they are interested."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from sqlalchemy import select, update

from briefings.db import db
from briefings.outbox.queueing import Recipient
from briefings.participation.colleagues import ask_to_join, let_join
from briefings.participation.models import ParticipationReply
from briefings.privacy.models import ConsentText
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, registration_interests

OFFERS = ("시험 운영할 현장과 담당 인력이 있습니다.", "관련 자료를 함께 모을 수 있습니다.")


def share_replies(
    made: Sequence[ParticipationReply], briefing: Briefing, consent: ConsentText, names: Iterator[str]
) -> None:
    """Of two replies a colleague joins one and waits at the other; half of the ticked interest was said on the day."""
    for number, reply in enumerate(made[:2]):
        person = Recipient(f"colleague{number}@example.com", next(names))
        at = reply.sent_at + timedelta(hours=3)
        ask_to_join(reply, person, "", OFFERS[number], consent, at)
    let_join(made[0].colleagues[0], made[0].sent_at + timedelta(hours=5))
    there = select(Registration.id).where(Registration.briefing_id == briefing.id, Registration.id % 2 == 0)
    said = registration_interests.c.registration_id.in_(there)
    during = briefing.starts_at + timedelta(minutes=40)
    db.session.execute(update(registration_interests).where(said).values(raised_at=during))
