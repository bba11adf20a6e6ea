"""The certificate on somebody's join page, once the briefing is over."""

from datetime import datetime

from briefings.afterwards.certifying import certificate_of, not_given_reason, presence_of, rule_of, why_not
from briefings.live.boxes import Box
from briefings.schedule.registration_models import Registration


def certificate_box(registration: Registration, now: datetime) -> Box | None:
    """That there is one, or may be one, for whoever was there; nothing where nobody gets one."""
    certificate = certificate_of(registration)
    rule = rule_of(registration.briefing)
    if certificate is None and not_given_reason(registration.briefing, rule, now):
        return None
    presence = presence_of(registration, now)
    if certificate is None and not presence.was_there:
        return None
    missing = None if certificate else why_not(registration.briefing, rule, presence, now)
    return Box("afterwards/certificate_box.html", {"certificate": certificate, "missing": missing})
