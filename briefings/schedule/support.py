"""What people need in order to take part (수어·문자 통역 and the like): asked for, answered."""

from datetime import datetime

from briefings.schedule.registration_models import Registration, SupportState


def ask(registration: Registration, text: str, now: datetime) -> None:
    """Write down what somebody needs; other words than before are a new question, none at all take it back.

    The caller holds the lock on the registration, or has just made it.
    """
    if text == (registration.support or ""):
        return
    registration.support, registration.support_answer = text, ""
    registration.support_state = SupportState.ASKED if text else None
    registration.support_changed_at = now
