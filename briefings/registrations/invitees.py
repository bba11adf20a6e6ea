"""Whom staff invite to register for a briefing by personal links: on the list, asked, reminded, and what they said."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager

from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import Refused
from briefings.organizations.models import OrganizationKind
from briefings.outbox.finding import undeliverable_among
from briefings.outbox.queueing import Draft, Recipient, queue_many
from briefings.schedule.items import concerning
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registration_models import Invitee, Registration

HELD_BACK = timedelta(days=2)
"""Nobody is pressed for an answer within this time of being told."""


class Answer(StrEnum):
    """What came of an invitation."""

    UNASKED = "unasked"
    SILENT = "silent"
    REGISTERED = "registered"
    DECLINED = "declined"


@dataclass(frozen=True)
class Guest:
    """Somebody to be invited."""

    email: str
    name: str = ""
    organization: str = ""
    kind: OrganizationKind | None = None
    locale: str = "ko"


@dataclass(frozen=True)
class Added:
    """How many are new on the list, and how many addresses were on it already."""

    new: int
    known: int


def invitees_of(briefing: Briefing, answer: Answer | None = None) -> Select[Invitee]:
    """The list by name, those who have not been told first; each with what they registered."""
    found = select(Invitee).outerjoin(Registration, _registered()).where(Invitee.briefing_id == briefing.id)
    if answer is not None:
        found = found.where(_answered(answer))
    in_order = found.order_by(Invitee.asked_at.is_not(None), Invitee.organization, Invitee.name, Invitee.id)
    return in_order.options(contains_eager(Invitee.registration))


def numbers(briefing: Briefing) -> dict[Answer, int]:
    """How many on the list gave which answer."""
    counted = select(*(func.count().filter(_answered(answer)) for answer in Answer)).select_from(Invitee)
    found = counted.outerjoin(Registration, _registered()).where(Invitee.briefing_id == briefing.id)
    return dict(zip(Answer, db.session.execute(found).one(), strict=True))


def answer_of(invitee: Invitee) -> Answer:
    """What came of one invitation."""
    if invitee.registration is not None:
        return Answer.REGISTERED
    if invitee.declined_at is not None:
        return Answer.DECLINED
    return Answer.SILENT if invitee.asked_at else Answer.UNASKED


def invitee_of(briefing: Briefing, public_id: str) -> Invitee | None:
    """One of those on the list; None for another's."""
    found = invitees_of(briefing).where(Invitee.public_id == public_id)
    return db.session.scalar(found)


def add(briefing: Briefing, guest: Guest, by: Actor, now: datetime) -> None:
    """Put one person on the list; Refused where the address is on it."""
    lock(briefing)
    if _add_rows(briefing, [guest], now).known:
        raise Refused("이미 초대 명단에 있는 전자우편 주소입니다.", field="email")
    record(by, "briefing.invitees_added", briefing, now, number=1)


def add_all(briefing: Briefing, guests: Iterable[Guest], by: Actor, now: datetime) -> Added:
    """Put everybody on the list who is not on it."""
    lock(briefing)
    added = _add_rows(briefing, guests, now)
    if added.new:
        record(by, "briefing.invitees_added", briefing, now, number=added.new)
    return added


def on_the_list(briefing: Briefing) -> set[str]:
    """The addresses on the list."""
    return set(db.session.scalars(select(Invitee.email).where(Invitee.briefing_id == briefing.id)))


def remove(invitee: Invitee, by: Actor, now: datetime) -> None:
    """Take somebody off the list: their link opens nothing any more; what they registered stands."""
    lock(invitee.briefing)
    record(by, "briefing.invitee_removed", invitee.briefing, now)
    db.session.delete(invitee)


def not_to_be_asked(briefing: Briefing, now: datetime) -> str | None:
    """Why nobody can be invited now, or None."""
    if briefing.state is BriefingState.DRAFT:
        return "아직 공개하지 않은 설명회입니다. 명단은 지금 만들고, 초대는 공개한 뒤에 보내 주세요."
    if briefing.state is BriefingState.CANCELLED:
        return "취소된 설명회라 초대할 수 없습니다."
    return "신청이 마감되어 초대할 수 없습니다." if now >= briefing.registration_closes_at else None


def ask(briefing: Briefing, by: Actor, now: datetime) -> int:
    """Write to everybody on the list who has not been told and has not registered; how many of them mail can reach."""
    people = _people(briefing, now, _answered(Answer.UNASKED))
    if not people:
        raise Refused("명단의 모든 분께 이미 보냈습니다. 새로 초대할 분을 더한 뒤에 보내 주세요.")
    reached = _tell("guest_invited", briefing, people, now, lambda invitee: f"guest_invited:{invitee.public_id}")
    record(by, "briefing.invitees_asked", briefing, now, number=len(people))
    return reached


def remind(briefing: Briefing, by: Actor, now: datetime, at_once: bool = False) -> int:
    """Remind those who have not answered, `at_once` also those told a short while ago; how many mail can reach."""
    silent = _answered(Answer.SILENT)
    people = _people(briefing, now, silent if at_once else silent & _left_in_peace(now))
    if not people:
        raise Refused("지금 다시 알릴 분이 없습니다.")
    reached = _tell(
        "guest_reminded",
        briefing,
        people,
        now,
        lambda invitee: f"guest_reminded:{invitee.public_id}:{int(now.timestamp())}",
    )
    record(by, "briefing.invitees_reminded", briefing, now, number=len(people))
    return reached


def number_held_back(briefing: Briefing, now: datetime) -> int:
    """How many of the silent were told a short while ago."""
    found = select(func.count()).select_from(Invitee).outerjoin(Registration, _registered())
    silent = (Invitee.briefing_id == briefing.id, _answered(Answer.SILENT), ~_left_in_peace(now))
    return db.session.scalars(found.where(*silent)).one()


def _registered() -> ColumnElement[bool]:
    """What somebody registered by the link, or before and without it under the same address."""
    of_address = select(Registration.id).where(
        Registration.briefing_id == Invitee.briefing_id, Registration.email == Invitee.email
    )
    return Registration.id == func.coalesce(Invitee.registration_id, of_address.correlate(Invitee).scalar_subquery())


def _answered(answer: Answer) -> ColumnElement[bool]:
    nothing = Registration.id.is_(None)
    return {
        Answer.REGISTERED: Registration.id.is_not(None),
        Answer.DECLINED: and_(nothing, Invitee.declined_at.is_not(None)),
        Answer.SILENT: and_(nothing, Invitee.declined_at.is_(None), Invitee.asked_at.is_not(None)),
        Answer.UNASKED: and_(nothing, Invitee.declined_at.is_(None), Invitee.asked_at.is_(None)),
    }[answer]


def _left_in_peace(now: datetime) -> ColumnElement[bool]:
    return Invitee.asked_at <= now - HELD_BACK


def _people(briefing: Briefing, now: datetime, condition: ColumnElement[bool]) -> Sequence[Invitee]:
    lock(briefing)
    if reason := not_to_be_asked(briefing, now):
        raise Refused(reason)
    return db.session.scalars(invitees_of(briefing).where(condition)).all()


def _tell(
    kind: str, briefing: Briefing, people: Sequence[Invitee], now: datetime, key: Callable[[Invitee], str]
) -> int:
    for invitee in people:
        invitee.asked_at = now
    drafts = [
        Draft(key(invitee), Recipient(invitee.email, invitee.name, invitee.locale), {"invitee": invitee.id})
        for invitee in people
    ]
    queue_many(kind, drafts, now, **concerning(briefing))
    return len(people) - len(undeliverable_among({invitee.email for invitee in people}))


def _add_rows(briefing: Briefing, guests: Iterable[Guest], now: datetime) -> Added:
    """Whoever holds the briefing adds: nobody else does so meanwhile."""
    listed, new, known = on_the_list(briefing), 0, 0
    for guest in guests:
        email = guest.email.lower()
        if email in listed:
            known += 1
            continue
        listed.add(email)
        given = {"name": guest.name, "organization": guest.organization, "kind": guest.kind, "locale": guest.locale}
        db.session.add(Invitee(briefing_id=briefing.id, email=email, added_at=now, **given))
        new += 1
    db.session.flush()
    return Added(new, known)
