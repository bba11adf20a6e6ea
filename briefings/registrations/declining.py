"""Saying no to an invitation."""

from datetime import datetime

from briefings.db import lock
from briefings.errors import N_, Refused
from briefings.registrations.remembering import standing_of_address
from briefings.schedule.registration_models import Invitee


def decline(invitee: Invitee, now: datetime) -> None:
    """Note that an invited person will not come; saying so again changes nothing. Refused to whoever has registered."""
    lock(invitee.briefing)
    lock(invitee)
    if standing_of_address(invitee.briefing, invitee.email):
        raise Refused(N_("이미 신청하셨습니다. 참석하지 못하시면 신청 내역에서 취소해 주세요."))
    invitee.declined_at = invitee.declined_at or now
