"""For the journeys: somebody who was invited, and an officer of one theme with two devices and a second factor."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.accounts.opening import send_password_link
from briefings.accounts.second_factor import new_secret
from briefings.accounts.sessions import begin
from briefings.db import unit_of_work
from briefings.needs.officers import give_themes
from briefings.web.sealing import seal
from tests.builders import a_theme, a_user
from tests.journeys.running import BEGINNING

PHONE = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/28.0"


def fill_accounts(administrator: User) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    invited = a_user(name="박나래")
    careful = a_user(name="윤다온", signed_in_at=BEGINNING, totp_since=BEGINNING, oidc_subject="a subject")
    theme = a_theme("바다와 항만")
    with unit_of_work():
        send_password_link(invited, BEGINNING)
        careful.totp_secret = seal(new_secret(), "totp")
        give_themes(careful, [theme.id], administrator, BEGINNING)
        for agent in (PHONE, "Firefox/145.0"):
            begin(careful, BEGINNING - timedelta(minutes=3), "203.0.113.7", agent)
    return {"account_invited": invited.id, "devices": careful.id}
