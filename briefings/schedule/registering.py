"""Taking a place, changing what was given, giving it up; the waiting list fills by itself, in order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, literal, select

from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.organizations.finding import named
from briefings.organizations.models import OrganizationKind
from briefings.outbox.queueing import queue, queued_lately
from briefings.privacy.consenting import answer_all
from briefings.schedule.finding import coming_of
from briefings.schedule.invitations import Known, invite, known_of, recipient_of, rename, withdraw
from briefings.schedule.items import concerning
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Registration, RegistrationState, registration_interests

ASKED_FOR = ("my_registrations", "already_registered")
"""What somebody waits for at this moment: staff hold nothing of it."""
MAILS_PER_HOUR = 3
"""How often one address is told of its own registrations: more would let strangers fill its mailbox."""


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a registrant says, and may change later; `interests` are ids of needs presented at the briefing."""

    kind: OrganizationKind
    organization: str
    name: str
    department: str = ""
    phone: str = ""
    support: str = ""
    question: str = ""
    interests: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Applicant(Details):
    """Who wants a place; `consents` are (id of the text that was shown, answer)."""

    email: str
    locale: str
    consents: tuple[tuple[int, bool], ...] = ()


class Colleague(NamedTuple):
    """Somebody of the same organization whom an applicant registers too."""

    name: str
    email: str


class Bringer(NamedTuple):
    """Who registered a colleague: the name as it was typed, and their own registration if it came of the same form."""

    name: str
    registration: Registration | None


class Standing(NamedTuple):
    """How many hold a place or wait for one, what an address has there, and how it hears of a place."""

    taken: int
    registration: Registration | None
    known: Known


def closed_reason(briefing: Briefing, now: datetime) -> Refused | None:
    """Why nobody can register now, or None."""
    if briefing.state is BriefingState.DRAFT:
        return Refused(N_("아직 공개되지 않은 설명회입니다."))
    if briefing.state is BriefingState.CANCELLED:
        return Refused(N_("취소된 설명회라 신청을 받지 않습니다."))
    if briefing.is_over(now):
        return Refused(N_("이미 끝난 설명회라 신청을 받지 않습니다."))
    if now < briefing.registration_opens_at:
        not_yet = N_("아직 신청을 받지 않습니다. %(opens_at)s부터 신청할 수 있습니다.")
        return Refused(not_yet, opens_at=briefing.registration_opens_at)
    if now >= briefing.registration_closes_at:
        return Refused(N_("신청이 %(closed_at)s에 마감되었습니다."), closed_at=briefing.registration_closes_at)
    return None


def register(briefing: Briefing, applicant: Applicant, now: datetime, by: Bringer | None = None) -> Registration:
    """Give the applicant a place or a place in line, never one over, and tell them by mail; Refused when closed.

    An address that has one already keeps what it has and gets its personal link by mail: the answer on the page must
    not tell whether an address is known.
    """
    email = applicant.email.lower()
    organization = named(applicant.organization, applicant.kind, now)
    _lock_open(briefing, now)
    standing = _standing(briefing, email)
    registration = standing.registration
    if registration is None:
        registration = Registration(briefing_id=briefing.id, email=email)
        db.session.add(registration)
    elif registration.state is not RegistrationState.CANCELLED:
        _send_link_again(registration, now)
        return registration
    registration.organization_id = organization.id
    registration.locale, registration.registered_at = applicant.locale, now
    registration.brought_by = by and by.registration
    _write_down(registration, applicant)
    _seat(registration, standing.taken, briefing, now)
    _set_interests(registration, applicant.interests)
    answer_all(consents_of(registration), applicant.consents, now)
    _tell(registration, now, standing.known, by.name if by else "")
    return registration


def register_together(
    briefing: Briefing, applicant: Applicant, colleagues: Sequence[Colleague], now: datetime
) -> list[Registration]:
    """The applicant's registration and those of colleagues of the same organization, in order, under one lock.

    Each colleague is told by mail who registered them and where to say no. Nobody agrees to anything for another.
    """
    first = register(briefing, applicant, now)
    # What an address has had before says nothing of who is typing now.
    by = Bringer(applicant.name, first if is_new(first, now) else None)
    nothing_own = replace(applicant, department="", phone="", support="", question="", interests=(), consents=())
    others = [replace(nothing_own, name=name, email=email) for name, email in colleagues]
    return [first, *(register(briefing, other, now, by) for other in others)]


def is_new(registration: Registration, now: datetime) -> bool:
    """Whether it came of what was done at `now`, and had not stood before."""
    return registration.registered_at == now


def register_again(registration: Registration, now: datetime) -> None:
    """Take a cancelled registration up again with what was given before; Refused when closed or not cancelled."""
    briefing = registration.briefing
    _lock_open(briefing, now)
    standing = _standing(briefing, registration.email)
    db.session.refresh(registration)
    if registration.state is not RegistrationState.CANCELLED:
        raise Refused(N_("취소한 신청만 다시 신청할 수 있습니다."))
    registration.registered_at = now
    _seat(registration, standing.taken, briefing, now)
    _tell(registration, now, standing.known)


def change(registration: Registration, details: Details, now: datetime) -> None:
    """Replace what the registrant said; the address and the place stay. Refused after the end or a cancellation."""
    organization = named(details.organization, details.kind, now)
    if details.name != registration.name:
        lock(registration.briefing)  # the name stands in the calendar too
    lock(registration)
    if registration.state is RegistrationState.CANCELLED:
        raise Refused(N_("취소한 신청은 바꿀 수 없습니다. 다시 신청한 뒤에 바꿔 주세요."))
    if registration.briefing.is_over(now):
        raise Refused(N_("이미 끝난 설명회입니다."))
    registration.organization = organization
    if details.name != registration.name:
        rename(registration, details.name, now)
    _write_down(registration, details)
    of_registration = registration_interests.c.registration_id == registration.id
    db.session.execute(delete(registration_interests).where(of_registration))
    _set_interests(registration, details.interests)
    db.session.expire(registration, ["interests"])


def cancel(registration: Registration, now: datetime, by_staff: bool = False, by_calendar: bool = False) -> None:
    """Give the place up, withdraw it from the calendar, and let the next in line have it; Refused after the end.

    `by_calendar` when the registrant declined there, and the entry has left it already.
    """
    briefing = registration.briefing
    lock(briefing)
    db.session.refresh(registration)
    if registration.state is RegistrationState.CANCELLED:
        raise Refused(N_("이미 취소된 신청입니다."))
    if briefing.is_over(now):
        raise Refused(N_("이미 끝난 설명회입니다."))
    had_place = registration.state is RegistrationState.CONFIRMED
    registration.cancel(now)
    why = "staff" if by_staff else "self"
    if not had_place:
        _queue("waiting_ended", registration, now, why=why)
        return
    if not withdraw(registration, now, "calendar" if by_calendar else why):
        _queue("place_given_up", registration, now, why=why)  # a presenter's place stands in no calendar
    _fill(briefing, now)


def fill(briefing: Briefing, now: datetime) -> int:
    """Give free places to the first in line and tell them; how many got one. Also after the capacity was raised."""
    lock(briefing)
    return _fill(briefing, now)


def find_mine(email: str, now: datetime) -> None:
    """Mail the personal links of coming briefings to an address that has any; at most three mails an hour."""
    coming = coming_of(email.lower(), now)
    if coming and queued_lately("my_registrations", email.lower(), now) < MAILS_PER_HOUR:
        newest = max(coming, key=lambda registration: registration.registered_at)
        _queue("my_registrations", newest, now)


def consents_of(registration: Registration) -> str:
    """The name under which the consents given with a registration are kept."""
    return f"registration:{registration.public_id}"


def _lock_open(briefing: Briefing, now: datetime) -> None:
    lock(briefing)
    if refused := closed_reason(briefing, now):
        raise refused


def _seat(registration: Registration, taken: int, briefing: Briefing, now: datetime) -> None:
    if briefing.capacity is None or taken < briefing.capacity:
        registration.confirm(now)
    else:
        registration.wait(now)
    db.session.flush()


def _standing(briefing: Briefing, email: str) -> Standing:
    """Everything about a briefing and an address that decides what becomes of a registration, by one statement."""
    not_cancelled = (Registration.briefing_id == briefing.id, Registration.state != RegistrationState.CANCELLED)
    taken = select(func.count()).select_from(Registration).where(*not_cancelled).scalar_subquery()
    of_address = (Registration.briefing_id == Briefing.id) & (Registration.email == email)
    columns = (taken, Registration, *known_of(email, briefing.id))
    found = select(*columns).select_from(Briefing).outerjoin(Registration, of_address)
    row = db.session.execute(found.where(Briefing.id == briefing.id)).one()
    return Standing(row[0], row[1], Known(row[2], row[3]))


def _fill(briefing: Briefing, now: datetime) -> int:
    if briefing.state is not BriefingState.PUBLISHED or briefing.is_over(now):
        return 0
    waiting = select(Registration).where(
        Registration.briefing_id == briefing.id, Registration.state == RegistrationState.WAITLISTED
    )
    if briefing.capacity is not None:
        confirmed = (
            select(func.count())
            .select_from(Registration)
            .where(Registration.briefing_id == briefing.id, Registration.state == RegistrationState.CONFIRMED)
        )
        waiting = waiting.limit(max(briefing.capacity - db.session.scalars(confirmed).one(), 0))
    promoted = db.session.scalars(waiting.order_by(Registration.waiting_since, Registration.id)).all()
    for registration in promoted:
        registration.confirm(now)
        invite(registration, now, promoted=True)
    return len(promoted)


def _write_down(registration: Registration, details: Details) -> None:
    registration.name, registration.department = details.name, details.department
    registration.phone, registration.support, registration.question = details.phone, details.support, details.question


def _set_interests(registration: Registration, needs: tuple[int, ...]) -> None:
    """Remember those of `needs` that are presented at the briefing, in one statement."""
    if needs:
        presented = select(literal(registration.id), PresenterSlot.need_id).where(
            PresenterSlot.briefing_id == registration.briefing_id, PresenterSlot.need_id.in_(needs)
        )
        columns = ["registration_id", "need_id"]
        db.session.execute(insert(registration_interests).from_select(columns, presented))


def _tell(registration: Registration, now: datetime, known: Known, by: str = "") -> None:
    if registration.state is RegistrationState.CONFIRMED:
        invite(registration, now, known=known, by=by)
    else:
        _queue("waitlisted", registration, now, **({"by": by} if by else {}))


def _send_link_again(registration: Registration, now: datetime) -> None:
    if queued_lately("already_registered", registration.email, now) < MAILS_PER_HOUR:
        _queue("already_registered", registration, now)


def _queue(kind: str, registration: Registration, now: datetime, **params: Any) -> None:
    key = f"{kind}:{registration.id}:{int(now.timestamp())}"
    about = concerning(registration.briefing) | ({"held": False} if kind in ASKED_FOR else {})
    queue(kind, key, recipient_of(registration), now, registration=registration.id, **about, **params)
