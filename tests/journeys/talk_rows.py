"""For the journeys: talks that are offered, agreed on, past and called off, and words kept to answer with."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from briefings.accounts.models import User
from briefings.calendar.holidays import working_days_from
from briefings.db import unit_of_work
from briefings.needs.models import Need
from briefings.outbox.queueing import Recipient
from briefings.participation import answer_templates, appointments
from briefings.participation.appointments import Terms
from briefings.participation.links import token_of
from briefings.participation.models import Appointment, Side, TemplatePurpose
from tests.builders import a_reply
from tests.journeys.running import BEGINNING

SEOUL = ZoneInfo("Asia/Seoul")
TERMS = Terms("https://room.example.kr/talk", "설비의 규모와 쓸 수 있는 때를 여쭙고 싶습니다.")


def fill_talks(owner: User, need: Need) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    with unit_of_work():
        offered, agreed, moving = (_talk(owner, need, hour, BEGINNING) for hour in (9, 11, 14))
        past = _talk(owner, need, 16, BEGINNING - timedelta(days=14))
        off = _talk(owner, need, 17, BEGINNING)
        for talk in (agreed, moving, past, off):
            _choose(talk)
        appointments.offer_others(moving, _times(10, BEGINNING), TERMS, owner, SEOUL, BEGINNING)
        appointments.call_off(off, Side.OWNER, "담당자가 출장을 갑니다.", BEGINNING)
        kept = answer_templates.keep(
            need.organization, TemplatePurpose.DECLINE, "올해 예산", "#{이름} 님, 올해 예산이 끝났습니다.", BEGINNING
        )
    talks = {"offered": offered, "agreed": agreed, "moving": moving, "past": past, "off": off}
    rows: dict[str, Any] = {"template": kept.id}
    for name, talk in talks.items():
        rows[f"talk_{name}"] = talk.public_id
        rows[f"talking_{name}"] = token_of(talk.reply, talk.reply.email, "talk")
    return rows


def _talk(owner: User, need: Need, hour: int, at: datetime) -> Appointment:
    return appointments.offer(a_reply(need), _times(hour, at), TERMS, owner, SEOUL, at)


def _times(hour: int, at: datetime) -> list[datetime]:
    days = [working_days_from(at.astimezone(SEOUL).date(), number) for number in (3, 4, 5)]
    return [datetime.combine(day, time(hour), SEOUL) for day in days]


def _choose(talk: Appointment) -> None:
    made = talk.reply
    appointments.choose(talk, talk.times[0].starts_at, Recipient(made.email, made.name, made.locale), talk.offered_at)
