"""Whether somebody may register: when, and who."""

from datetime import datetime

from sqlalchemy import exists, select

from briefings.db import db
from briefings.errors import N_, Refused
from briefings.organizations.models import OrganizationKind
from briefings.privacy.erasures import is_being_erased
from briefings.schedule.models import Briefing, BriefingState, Eligibility
from briefings.schedule.registration_models import Invitee, Registration, RegistrationState

BEING_ERASED = N_(
    "개인정보를 지우고 있어 지금은 다시 신청할 수 없습니다. "
    "다 지우면 전자우편으로 알려 드리니, 그 뒤에 새로 신청해 주세요."
)


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


def ineligible_reason(briefing: Briefing, kind: OrganizationKind | None, invitee: Invitee | None) -> Refused | None:
    """Why somebody of this kind of organization may not register, or None; `kind` None: it has not been said yet.

    Whom staff invited may always, whatever their organization.
    """
    if briefing.eligibility is Eligibility.OPEN or (invitee is not None and invitee.briefing_id == briefing.id):
        return None
    if briefing.eligibility is Eligibility.INVITED:
        return Refused(N_("초대받은 분만 신청할 수 있는 설명회입니다. 초대 전자우편에 있는 링크로 신청해 주세요."))
    if kind is None or kind in briefing.eligible_kinds:
        return None
    return Refused(
        N_("이 설명회는 정해진 기관 유형만 신청할 수 있습니다. 고른 유형은 해당하지 않습니다."), field="kind"
    )


def again_reason(registration: Registration, now: datetime) -> Refused | None:
    """Why somebody could not register again after a cancellation, or None.

    Whom staff invited or entered may, whatever their organization.
    """
    briefing = registration.briefing
    if closed := closed_reason(briefing, now):
        return closed
    if registration.state is RegistrationState.CANCELLED and is_being_erased(registration.email):
        return Refused(BEING_ERASED)
    refused = ineligible_reason(briefing, registration.organization.kind, None)
    return refused if refused and not is_chosen(registration) else None


def kinds_open_to(registration: Registration) -> list[OrganizationKind]:
    """Which kinds of organization this person may name instead, their present one among them; empty: any."""
    taken = registration.briefing.kinds_taken
    return [*taken, registration.organization.kind] if taken and not is_chosen(registration) else []


def is_chosen(registration: Registration) -> bool:
    """Whether staff invited or entered this person."""
    invited = exists().where(Invitee.briefing_id == registration.briefing_id, Invitee.email == registration.email)
    return registration.by_staff or bool(db.session.scalar(select(invited)))
