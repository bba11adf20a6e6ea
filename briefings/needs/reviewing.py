"""The staff's side: publish a submitted need, or return it with what is missing."""

from datetime import datetime

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.needs.registering import tell_owner


def publish(need: Need, by: User, now: datetime) -> None:
    """Show it to everyone and tell the owner."""
    lock(need)
    need.publish(now)
    record(by, "need.published", need, now)
    tell_owner("need_published", need, now)


def send_back(need: Need, reason: str, by: User, now: datetime) -> None:
    """Return it with `reason`, which the owner reads on the need and in the mail; Refused without one."""
    if not reason.strip():
        raise Refused(N_("돌려보내는 까닭을 적어 주세요."), field="reason")
    lock(need)
    need.send_back(reason.strip())
    record(by, "need.returned", need, now, reason=need.return_reason)
    tell_owner("need_returned", need, now)
