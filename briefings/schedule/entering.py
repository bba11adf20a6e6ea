"""What staff do about who takes part: entering somebody, and moving somebody to another briefing."""

from collections.abc import Sequence
from datetime import datetime

from briefings.db import db, insert_or_update, lock
from briefings.errors import N_, Refused
from briefings.organizations.finding import number_named
from briefings.privacy.consenting import consents_with
from briefings.privacy.models import Consent
from briefings.schedule import support
from briefings.schedule.invitations import tell_standing, withdraw
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.registering import Applicant, consents_of, keep, take_down
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.ticking import tick_anew, ticked
from briefings.schedule.waiting import hand_out, seat, standing_of

FROM_LIST = N_("담당 부서가 받은 참석 명단")
"""Where the data of people come from whom staff enter, unless they say otherwise."""


def enter(briefing: Briefing, applicant: Applicant, now: datetime, source: str = "") -> Registration:
    """Register somebody in their stead: a place or a place in line, and a mail that says so and how to say no.

    The time of registration, who may register, and approval do not bind staff. Nobody agrees to anything by it:
    consents are kept only where the applicant brings some. `source`: where the data came from, as the mail says it
    (개인정보 보호법 제20조 제1항).
    Refused where the address is registered already or staff no longer can.
    """
    return enter_all(briefing, [applicant], now, source)[0]


def enter_all(
    briefing: Briefing, applicants: Sequence[Applicant], now: datetime, source: str = ""
) -> list[Registration]:
    """The same for many, in this order: for all of them, or Refused for whoever is registered already."""
    bodies = {(each.organization, each.kind) for each in applicants}
    # Before the lock, as everybody does who registers, and in one order: nobody waits for another crosswise.
    organizations = {body: number_named(*body, now) for body in sorted(bodies)}
    lock(briefing)
    _refuse_closed(briefing, now)
    return [_enter(briefing, each, organizations[each.organization, each.kind], now, source) for each in applicants]


def _enter(briefing: Briefing, applicant: Applicant, organization: int, now: datetime, source: str) -> Registration:
    standing = standing_of(briefing, applicant.email.lower())
    if standing.holds is not None:
        if applicant.form_token and standing.holds.form_token == applicant.form_token:
            return standing.holds
        raise Refused(_refused(standing.holds), field="email")
    registration = take_down(briefing, applicant, organization, standing, now)
    registration.by_staff = True
    seat([registration], briefing, standing.line, now)
    keep(registration, applicant, now, anew=standing.registration is not None)
    tell_standing(registration, now, standing.known, news="entered", source=source or FROM_LIST)
    return registration


def move_to(registration: Registration, other: Briefing, now: datetime) -> Registration:
    """Give up somebody's place here and take one there, or a place at the end of the line; the registration there.

    What they said and agreed to goes along. They are told in words of both: what stands in their calendar leaves it
    before the new entry comes. Also from a briefing that was called off, where they know that already. Refused where
    they are registered there already.
    """
    here = registration.briefing
    for briefing in sorted(
        (here, other), key=lambda each: each.id
    ):  # in one order: two moves must not wait for another
        lock(briefing)
    db.session.refresh(registration)
    _refuse_move(registration, here, other, now)
    standing = standing_of(other, registration.email)
    if standing.holds is not None:
        raise Refused(_refused(standing.holds))
    moved = _copied(registration, standing.registration or Registration(email=registration.email), other, now)
    seat([moved], other, standing.line, now)
    _take_along(registration, moved)
    had_place = registration.state is RegistrationState.CONFIRMED
    registration.cancel(now)
    if had_place:
        withdraw(registration, now, "moved", news="moved", moved_to=moved.id)
    tell_standing(moved, now, standing.known, news="moved", moved_from=registration.id)
    hand_out(here, now)
    return moved


def _refuse_closed(briefing: Briefing, now: datetime) -> None:
    if briefing.state is BriefingState.DRAFT:
        raise Refused("아직 공개하지 않은 설명회입니다. 공개한 뒤에 사람을 넣어 주세요.")
    if briefing.state is BriefingState.CANCELLED or briefing.is_over(now):
        raise Refused("취소되었거나 끝난 설명회에는 사람을 넣을 수 없습니다.")


def _refuse_move(registration: Registration, here: Briefing, other: Briefing, now: datetime) -> None:
    if here is other:
        raise Refused("지금과 같은 설명회입니다. 다른 설명회를 골라 주세요.")
    if registration.state is RegistrationState.CANCELLED:
        raise Refused("취소된 신청은 옮길 수 없습니다.")
    if here.is_over(now):
        raise Refused("이미 끝난 설명회의 신청은 옮길 수 없습니다.")
    _refuse_closed(other, now)


def _refused(there: Registration) -> str:
    """Why an address that is registered cannot be registered."""
    if there.state is RegistrationState.REQUESTED:
        return "이 주소로 승인을 기다리는 신청이 있습니다. 그 신청을 승인해 주세요."
    return "이 주소로 이미 신청되어 있습니다."


def _copied(registration: Registration, moved: Registration, other: Briefing, now: datetime) -> Registration:
    moved.take_up(now)
    moved.briefing_id, moved.organization_id, moved.brought_by = other.id, registration.organization_id, None
    for name in ("name", "department", "rank", "phone", "question", "locale", "by_staff"):
        setattr(moved, name, getattr(registration, name))
    support.ask(moved, registration.support, now)
    support.ask(registration, "", now)  # the words go along, so that they are destroyed in one place
    return moved


def _take_along(registration: Registration, moved: Registration) -> None:
    """What was agreed to, and the interest in what is presented at both."""
    given = [
        {name: getattr(each, name) for name in ("text_id", "given", "answered_at", "withdrawn_at")}
        | {"about": consents_of(moved)}
        for each in consents_with(consents_of(registration))
    ]
    insert_or_update(Consent.__table__, given, key=("about", "text_id"))
    tick_anew(moved, ticked(registration))
