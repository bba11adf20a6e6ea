"""For the journeys: keys of programs in every state."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.api.keys import make_key, revoke
from briefings.api.models import Scope
from briefings.db import unit_of_work
from tests.journeys.running import BEGINNING


def fill_keys(administrator: User, long: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    today = BEGINNING.date()
    soon, made = today + timedelta(days=9), {"by": administrator, "today": today, "now": BEGINNING}
    with unit_of_work():
        used, _ = make_key(long[:120], list(Scope), soon, **made)
        used.last_used_at = BEGINNING
        fresh, _ = make_key("현황판", [Scope.FUNNEL], None, **made)
        gone, _ = make_key("지난 용역", [Scope.STATISTICS], soon, **made)
        revoke(gone, by=administrator, now=BEGINNING)
    return {"key_used": used.public_id, "key_fresh": fresh.public_id, "key_gone": gone.public_id}
