"""Whose a join link is, and whose an entry number.

The link is asked every few seconds by everybody in the room, and told by one look into the database.
"""

from datetime import datetime, timedelta
from hmac import compare_digest
from typing import NamedTuple

from flask import abort
from sqlalchemy import select
from sqlalchemy.orm import load_only

from briefings.db import db, looked_up
from briefings.errors import N_, Refused
from briefings.schedule.links import MOVED
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import STANDING, Registration, RegistrationState
from briefings.web.tokens import digits_for, public_id_in, refuse_unless_in_force

_HOLDER = """
SELECT r.id, r.public_id, r.link_version, r.email, r.briefing_id, r.state,
       EXISTS (SELECT 1 FROM attendances a WHERE a.registration_id = r.id AND a.first_seen_at IS NOT NULL),
       (SELECT v.version FROM content_version v WHERE v.id = -r.briefing_id),
       (SELECT v.version FROM content_version v WHERE v.id = 1)
FROM registrations r WHERE r.public_id {among}
"""


class Holder(NamedTuple):
    """The holder of a join link, and the version of everything the room of their briefing sees."""

    registration_id: int
    briefing_id: int
    has_place: bool
    has_entered: bool
    version: tuple[int | None, int | None]


def holder_behind(token: str) -> Holder:
    """Whom a join link was made for; LinkEnded for one of before, 404 for any other token."""
    for number, public_id, link_version, email, briefing_id, state, entered, of_places, of_content in looked_up(
        _HOLDER, [public_id_in(token)]
    ):
        refuse_unless_in_force(token, "join", public_id, link_version, MOVED, email)
        has_place = state == RegistrationState.CONFIRMED
        return Holder(number, briefing_id, has_place, bool(entered), (of_places, of_content))
    abort(404)


CODE_LENGTH = 5
NUMBER_LENGTH = 8
BEFORE = timedelta(days=1)
AFTER = timedelta(days=1)
"""From so long before the start until so long after the end one gets in by number."""
WRONG = N_(
    "맞는 입장 번호가 아닙니다. 설명회 번호와 입장 번호를 다시 확인하거나, 전자우편에 있는 입장 링크를 열어 주세요."
)


def code_of(briefing: Briefing) -> str:
    """The few signs by which a briefing is called on another device: the beginning of its public id."""
    return briefing.public_id[:CODE_LENGTH]


def entry_number(registration: Registration) -> str:
    """The digits that lead one person to their join page from another device; nobody stores them."""
    return digits_for("entry-number", registration.public_id, registration.link_version, NUMBER_LENGTH)


def takes_numbers(briefing: Briefing, now: datetime) -> bool:
    """Whether one gets in by number at `now`."""
    begins, ends = briefing.starts_at - BEFORE, briefing.ends_at + AFTER
    return briefing.state is BriefingState.PUBLISHED and begins <= now < ends


def numbered(code: str, number: str, name: str, now: datetime) -> Registration:
    """Whose number it is; Refused, in the same words whatever does not fit.

    Two people may have the same digits, once in some hundred large briefings: then the `name` tells them apart.
    """
    found = [each for each in _standing(tidy_code(code), now) if compare_digest(entry_number(each), number)]
    if len(found) > 1:
        found = [each for each in found if each.name == name]
        if not found:
            raise Refused(N_("이 번호는 두 분이 함께 쓰고 있습니다. 신청한 이름도 적어 주세요."), field="name")
    if len(found) != 1:
        raise Refused(WRONG, field="number")
    return found[0]


def tidy_code(typed: str) -> str:
    """A code as it may have been meant: nobody can tell 1, l and i apart, and none but i is in it."""
    return "".join(typed.lower().split()).replace("1", "i").replace("l", "i")


def _standing(code: str, now: datetime) -> list[Registration]:
    if len(code) != CODE_LENGTH or not code.isalnum():
        return []
    begun_by, over_since = now + BEFORE, now - AFTER
    wanted = select(Briefing).where(
        Briefing.public_id.startswith(code, autoescape=True),
        Briefing.state == BriefingState.PUBLISHED,
        Briefing.starts_at <= begun_by,
        Briefing.ends_at > over_since,
    )
    ids = [briefing.id for briefing in db.session.scalars(wanted)]
    columns = load_only(Registration.public_id, Registration.link_version, Registration.name)
    found = select(Registration).where(Registration.briefing_id.in_(ids), Registration.state.in_(STANDING))
    return list(db.session.scalars(found.options(columns)))
