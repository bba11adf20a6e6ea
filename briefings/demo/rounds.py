"""The rounds of the example data: one that takes needs, with organizations that answered or not, and one before it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import cycle
from zoneinfo import ZoneInfo

from sqlalchemy import select, update

from briefings.accounts.models import User
from briefings.db import db
from briefings.demo.people import NAMES, VISITORS
from briefings.needs.models import Need, NeedState, Round
from briefings.organizations.models import Organization
from briefings.rounds import asking, calling
from briefings.rounds import contacts as round_contacts
from briefings.rounds.calling import Plan
from briefings.rounds.contacts import Person
from briefings.rounds.models import RoundContact

ABOUT = (
    "다른 기관과 함께하면 더 잘 풀 수 있는 과제를 찾습니다.\n\n"
    "- 내놓을 수 있는 것과 필요한 것이 모두 있는 과제\n- 내년 안에 시작할 수 있는 과제"
)
ILLUSTRATIVE = "(예시)"
"""Stands behind the names of invented contacts."""


def load_rounds(needs: Sequence[Need], now: datetime, zone: ZoneInfo) -> None:
    """One round that closed months ago with the oldest needs, one that closes next week with the newest."""
    staff = db.session.scalars(select(User).where(User.email == "staff@example.kr")).one()
    names = cycle(NAMES)
    before = _round(now - timedelta(days=170), now - timedelta(days=128), staff, zone)
    _join(before, [need for need in needs if need.published_at and need.published_at < before.closes_at])
    _list(before, names, staff)
    db.session.execute(update(RoundContact).values(asked_at=before.opens_at))  # long ago: nothing is sent any more
    friday = now + timedelta(days=7 + (4 - now.weekday()) % 7)
    here = _round(now - timedelta(days=20), friday, staff, zone)
    waiting = select(Need).where(Need.state.in_((NeedState.SUBMITTED, NeedState.RETURNED, NeedState.DRAFT)))
    newest = [need for need in needs if need.published_at and need.published_at > here.opens_at]
    _join(here, [*db.session.scalars(waiting), *newest])
    _list(here, names, staff)
    asking.ask(here, staff, here.opens_at + timedelta(days=1))
    _answer(here, now - timedelta(days=4))


def _round(opens_at: datetime, closes_at: datetime, staff: User, zone: ZoneInfo) -> Round:
    opens_at = opens_at.astimezone(zone).replace(hour=9, minute=0, second=0, microsecond=0)
    closes_at = closes_at.astimezone(zone).replace(hour=18, minute=0, second=0, microsecond=0)
    name = f"{opens_at.year}년 {opens_at.month}월 협업 수요조사 {ILLUSTRATIVE}"
    plan = Plan(name, ABOUT, opens_at, closes_at, (closes_at + timedelta(days=14)).date())
    made = calling.make(plan, staff, opens_at - timedelta(days=7))
    calling.announce(made, staff, opens_at - timedelta(days=3))
    return made


def _join(round: Round, needs: Sequence[Need]) -> None:
    for need in needs:
        need.round = round


def _list(round: Round, names: Iterator[str], staff: User) -> None:
    """The organizations whose needs are in the round, and invented ones that may answer or not."""
    owners = select(Organization).where(
        Organization.id.in_(select(Need.organization_id).where(Need.round_id == round.id))
    )
    bodies = [(each.name, each.kind) for each in db.session.scalars(owners.order_by(Organization.id))]
    bodies += [(name, kind) for name, kind in VISITORS if kind.is_public]
    people = [
        Person(name, kind, f"{next(names)}{ILLUSTRATIVE}", f"round{round.id}.{place}@example.kr")
        for place, (name, kind) in enumerate(bodies)
    ]
    round_contacts.add_lines(round, people, staff, round.opens_at)


def _answer(round: Round, now: datetime) -> None:
    """Two have nothing this time; one more is on the list, not asked yet."""
    silent = db.session.scalars(select(RoundContact).where(RoundContact.round_id == round.id, asking.silent()))
    first, second, last, *_ = silent.all()
    asking.say_nothing(first, "이미 하고 있는 협업에 힘을 모으려고 합니다.", now)
    asking.say_nothing(second, "", now)
    last.asked_at = None
