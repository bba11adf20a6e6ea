"""Taking a place, changing what was given, giving it up. How places are given and the line moves up is in `waiting`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from briefings.db import db, lock, new_public_id, write, written_together
from briefings.errors import N_, Refused
from briefings.organizations.finding import named, number_named
from briefings.organizations.models import OrganizationKind
from briefings.outbox.queueing import queued_lately
from briefings.privacy.consenting import answer_all
from briefings.schedule import support
from briefings.schedule.eligibility import again_reason, closed_reason, ineligible_reason, is_chosen, kinds_open_to
from briefings.schedule.finding import coming_of
from briefings.schedule.invitations import rename, tell, tell_standing, withdraw
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState
from briefings.schedule.ticking import tick, tick_anew
from briefings.schedule.waiting import Line, Standing, hand_out, seat, standing_of

MAILS_PER_HOUR = 3
"""How often one address is told of its own registrations: more would let strangers fill its mailbox."""


@dataclass(frozen=True, kw_only=True)
class More:
    """What may be said after the place is held."""

    department: str = ""
    rank: str = ""
    phone: str = ""
    support: str = ""
    question: str = ""


@dataclass(frozen=True, kw_only=True)
class Details(More):
    """What a registrant says, and may change later; `interests` are ids of needs presented at the briefing."""

    kind: OrganizationKind
    organization: str
    name: str
    interests: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Applicant(Details):
    """Who wants a place; `consents` are (id of the text that was shown, answer).

    The same `form_token` again is the same press of the same button, and `number` the public id of what comes of it, if
    that is new. `together`: with the colleagues, all or none. `invitee`: whose personal link was opened.
    """

    email: str
    locale: str
    consents: tuple[tuple[int, bool], ...] = ()
    form_token: str = ""
    number: str = ""
    together: bool = False
    invitee: Invitee | None = None


class Colleague(NamedTuple):
    """Somebody of the same organization whom an applicant registers too."""

    name: str
    email: str


class Bringer(NamedTuple):
    """Who registered a colleague: the name as it was typed, and their own registration if it came of the same form."""

    name: str
    registration: Registration | None


def register(briefing: Briefing, applicant: Applicant, now: datetime, by: Bringer | None = None) -> Registration:
    """Give the applicant a place or a place in line, never one over, and tell them by mail; Refused when closed.

    Where staff approve first they wait for that, unless staff invited them. An address that has a registration already
    keeps what it has and gets its personal link by mail: the answer on the page must not tell whether it is known.
    """
    organization = number_named(applicant.organization, applicant.kind, now)
    lock(briefing)
    _refuse(briefing, applicant, now)
    standing = standing_of(briefing, applicant.email.lower())
    if standing.holds:
        _send_link_again(standing.holds, applicant, now)
        return standing.holds
    registration = take_down(briefing, applicant, organization, standing, now)
    registration.brought_by = by and by.registration
    with written_together():
        _place([registration], briefing, standing.line, now, approval=briefing.approval and applicant.invitee is None)
        _finish(registration, applicant, standing, now, by.name if by else "")
    return registration


def register_together(
    briefing: Briefing, applicant: Applicant, colleagues: Sequence[Colleague], now: datetime
) -> list[Registration]:
    """The applicant's registration and those of colleagues of the same organization, in order, under one lock.

    Each colleague is told by mail who registered them and where to say no. Nobody agrees to anything for another.
    """
    others = [_colleague_of(applicant, each) for each in colleagues]
    if others and (refused := ineligible_reason(briefing, applicant.kind, None)):
        raise Refused(_COLLEAGUES, field="colleagues") if applicant.invitee else refused
    if others and applicant.together:
        return _register_party(briefing, [applicant, *others], now)
    first = register(briefing, applicant, now)
    # What an address has had before says nothing of who is typing now.
    by = Bringer(applicant.name, first if is_new(first, now, applicant.form_token) else None)
    return [first, *(register(briefing, other, now, by) for other in others)]


def is_new(registration: Registration, now: datetime, form_token: str = "") -> bool:
    """Whether it came of what was done at `now` or of the form with this token, and had not stood before."""
    return registration.registered_at == now or (form_token != "" and registration.form_token == form_token)


def register_again(registration: Registration, now: datetime) -> None:
    """Take a cancelled registration up again with what was given before, at the end of the line.

    Refused when closed, not cancelled, or of somebody who may not register any more. Staff approve it anew where they
    approve, unless it was them who invited or entered this person.
    """
    briefing = registration.briefing
    lock(briefing)
    standing = standing_of(briefing, registration.email)
    db.session.refresh(registration)
    if registration.state is not RegistrationState.CANCELLED:
        raise Refused(N_("취소한 신청만 다시 신청할 수 있습니다."))
    if refused := again_reason(registration, now):
        raise refused
    approval = briefing.approval and not is_chosen(registration)
    registration.take_up(now)
    registration.brought_by = None
    support.ask_again(registration, now)
    _place([registration], briefing, standing.line, now, approval=approval)
    tell_standing(registration, now, standing.known)


def change(registration: Registration, details: Details, now: datetime) -> None:
    """Replace what the registrant said; the address and the place stay. Refused after the end or a cancellation."""
    organization = named(details.organization, details.kind, now)
    if details.name != registration.name:
        lock(registration.briefing)  # the name stands in the calendar too
    lock(registration)
    _refuse_settled(registration, now)
    _refuse_another_kind(registration, details.kind)
    registration.organization = organization
    if details.name != registration.name:
        rename(registration, details.name, now)
    _write_down(registration, details, now)
    tick_anew(registration, details.interests)


def add_details(registration: Registration, more: More, now: datetime) -> None:
    """Add what is said after the place is held; what is left empty stays as it was.

    Refused after the end or a cancellation.
    """
    lock(registration)
    _refuse_settled(registration, now)
    for name in ("department", "rank", "phone", "question"):
        setattr(registration, name, getattr(more, name) or getattr(registration, name))
    if more.support:
        support.ask(registration, more.support, now)


def cancel(
    registration: Registration, now: datetime, by_staff: bool = False, by_calendar: bool = False, reason: str = ""
) -> None:
    """Give the place up, withdraw it from the calendar, and let the next in line have it; Refused after the end.

    `by_calendar` when the registrant declined there, and the entry has left it already. `reason`: why staff did it, as
    the person reads it.
    """
    briefing = registration.briefing
    lock(briefing)
    db.session.refresh(registration)
    if registration.state is RegistrationState.CANCELLED:
        raise Refused(N_("이미 취소된 신청입니다."))
    if briefing.is_over(now):
        raise Refused(N_("이미 끝난 설명회입니다."))
    why, said = ("staff", {"reason": reason}) if by_staff else ("self", {})
    leave(registration, now, "calendar" if by_calendar else why, **said)
    hand_out(briefing, now)


def leave(registration: Registration, now: datetime, why: str, **said: str) -> None:
    """Take somebody off the list and tell them, in the words for `why`; whoever holds the lock hands the place out."""
    before = registration.state
    registration.cancel(now)
    db.session.flush()
    if before is RegistrationState.REQUESTED:
        tell(registration, "request_ended", now, why=why, **said)
    elif before is RegistrationState.WAITLISTED:
        tell(registration, "waiting_ended", now, why=why, **said)
    elif not withdraw(registration, now, why, **said):
        # A presenter's place stands in no calendar.
        tell(registration, "place_given_up", now, why="self" if why == "calendar" else why, **said)


def find_mine(email: str, now: datetime) -> None:
    """Mail the personal links of coming briefings to an address that has any; at most three mails an hour."""
    coming = coming_of(email.lower(), now)
    if coming and queued_lately("my_registrations", email.lower(), now) < MAILS_PER_HOUR:
        newest = max(coming, key=lambda registration: registration.registered_at)
        tell(newest, "my_registrations", now)


def consents_of(registration: Registration) -> str:
    """The name under which the consents given with a registration are kept."""
    return f"registration:{registration.public_id}"


def take_down(
    briefing: Briefing, applicant: Applicant, organization: int, standing: Standing, now: datetime
) -> Registration:
    """The registration with what the applicant said, new or taken up again; it has no state yet.

    `organization` is the id of the one that was named.
    """
    registration = standing.registration or Registration(
        id=standing.number,
        briefing_id=briefing.id,
        email=applicant.email.lower(),
        public_id=applicant.number or new_public_id(),
    )
    registration.take_up(now)
    registration.organization_id, registration.locale = organization, applicant.locale
    registration.form_token, registration.by_staff, registration.brought_by = applicant.form_token, False, None
    _write_down(registration, applicant, now)
    return registration


def keep(registration: Registration, applicant: Applicant, now: datetime, anew: bool) -> None:
    """Store what the applicant ticked, once the registration has its state; `anew`: there may be something already."""
    (tick_anew if anew else tick)(registration, applicant.interests)
    answer_all(consents_of(registration), applicant.consents, now)


def _register_party(briefing: Briefing, people: Sequence[Applicant], now: datetime) -> list[Registration]:
    """Places for all who are new, or places in line side by side; who was registered already keeps what they have."""
    applicant, emails = people[0], [each.email.lower() for each in people]
    organization = number_named(applicant.organization, applicant.kind, now)
    lock(briefing)
    _refuse(briefing, applicant, now)
    if briefing.capacity is not None and len(people) > briefing.capacity:
        raise Refused(_TOO_MANY, field="together", capacity=briefing.capacity, people=len(people))
    standing = {email: standing_of(briefing, email) for email in emails}
    said = dict(zip(emails, people, strict=True))
    known = {email: each.holds for email, each in standing.items() if each.holds}
    fresh = {
        email: take_down(briefing, person, organization, standing[email], now)
        for email, person in said.items()
        if email not in known
    }
    first, party = fresh.get(emails[0]), new_public_id() if len(fresh) > 1 else ""
    for registration in fresh.values():
        registration.party = party
        registration.brought_by = first if registration is not first else None
    _place(list(fresh.values()), briefing, standing[emails[0]].line, now, approval=briefing.approval)
    for email, person in said.items():
        if email in known:
            _send_link_again(known[email], person, now)
        else:
            _finish(fresh[email], person, standing[email], now, applicant.name if person is not applicant else "")
    together = known | fresh
    return [together[email] for email in emails]


def _colleague_of(applicant: Applicant, colleague: Colleague) -> Applicant:
    """Somebody of the same organization, of whom nothing but name and address is known."""
    return Applicant(
        kind=applicant.kind,
        organization=applicant.organization,
        name=colleague.name,
        email=colleague.email,
        locale=applicant.locale,
        form_token=applicant.form_token,
    )


def _refuse(briefing: Briefing, applicant: Applicant, now: datetime) -> None:
    """Whoever calls holds the lock."""
    invitee = applicant.invitee
    refused = closed_reason(briefing, now) or ineligible_reason(briefing, applicant.kind, invitee)
    if refused:
        raise refused
    if invitee is not None and invitee.email.lower() != applicant.email.lower():
        raise Refused(
            N_("초대받은 주소로만 신청할 수 있습니다. 초대 전자우편을 받은 주소를 적어 주세요."), field="email"
        )


def _refuse_settled(registration: Registration, now: datetime) -> None:
    if registration.state is RegistrationState.CANCELLED:
        raise Refused(N_("취소한 신청은 바꿀 수 없습니다. 다시 신청한 뒤에 바꿔 주세요."))
    if registration.briefing.is_over(now):
        raise Refused(N_("이미 끝난 설명회입니다."))


def _refuse_another_kind(registration: Registration, kind: OrganizationKind) -> None:
    """Nobody gets in by changing what they said; who is not of a kind that may register keeps what was there before."""
    kinds = kinds_open_to(registration)
    if kinds and kind not in kinds and (refused := ineligible_reason(registration.briefing, kind, None)):
        raise refused


def _place(together: Sequence[Registration], briefing: Briefing, line: Line, now: datetime, *, approval: bool) -> None:
    """Give newcomers places or places in line, or let them wait for what staff decide."""
    if together and not approval:
        seat(together, briefing, line, now)
        return
    for registration in together:
        registration.request()
    write(together)


def _finish(registration: Registration, applicant: Applicant, standing: Standing, now: datetime, by: str) -> None:
    """Keep what is stored beside a registration that has its state, and tell of it."""
    keep(registration, applicant, now, anew=standing.registration is not None)
    _note_answer(applicant.invitee, registration)
    tell_standing(registration, now, standing.known, **({"by": by} if by else {}))


def _note_answer(invitee: Invitee | None, registration: Registration) -> None:
    if invitee is not None:
        lock(invitee)  # staff may be taking it away
        invitee.registration, invitee.declined_at = registration, None


def _write_down(registration: Registration, details: Details, now: datetime) -> None:
    registration.name, registration.department, registration.rank = details.name, details.department, details.rank
    registration.phone, registration.question = details.phone, details.question
    support.ask(registration, details.support, now)


def _send_link_again(registration: Registration, applicant: Applicant, now: datetime) -> None:
    """Tell an address of what it has; nothing where it is the same press of the same form once more."""
    _note_answer(applicant.invitee, registration)
    token = applicant.form_token
    if token and token == registration.form_token:
        return
    if queued_lately("already_registered", registration.email, now) < MAILS_PER_HOUR:
        tell(registration, "already_registered", now, key=token)


_COLLEAGUES = N_("초대받은 분만 신청할 수 있어 동료는 함께 신청할 수 없습니다. 동료의 칸을 비우고 신청해 주세요.")
_TOO_MANY = N_(
    "정원이 %(capacity)s명이라 %(people)s명이 함께 참석할 수 없습니다. ‘모두 함께’를 풀거나 동료를 줄여 주세요."
)
