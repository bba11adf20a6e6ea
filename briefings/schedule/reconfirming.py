"""Saying again, shortly before a briefing, that one will come."""

from datetime import datetime

from briefings.db import lock
from briefings.errors import N_, Refused
from briefings.schedule.models import BriefingState
from briefings.schedule.registration_models import Registration, RegistrationState


def settled_reason(registration: Registration, now: datetime) -> Refused | None:
    """Why nothing can be said about coming any more, or None."""
    if registration.briefing.state is BriefingState.CANCELLED:
        return Refused(N_("취소된 설명회입니다."))
    if registration.briefing.is_over(now):
        return Refused(N_("이미 끝난 설명회입니다."))
    if registration.state is RegistrationState.REQUESTED:
        return Refused(N_("아직 승인을 기다리는 신청입니다. 결과가 나오면 알려 드립니다."))
    if registration.state is RegistrationState.WAITLISTED:
        return Refused(N_("아직 대기 중인 신청입니다. 자리가 나면 알려 드립니다."))
    if registration.state is RegistrationState.CANCELLED:
        return Refused(N_("이미 취소된 신청입니다."))
    return None


def reconfirm(registration: Registration, now: datetime) -> None:
    """Note that the registrant will come; saying so again is welcome. Refused without a place in what is to come."""
    lock(registration)
    if refused := settled_reason(registration, now):
        raise refused
    registration.reconfirmed_at = now
