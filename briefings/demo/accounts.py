"""Accounts beside those to try the program with: a colleague of some themes, somebody invited, devices in use."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.accounts.opening import send_password_link
from briefings.accounts.sessions import begin
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import record
from briefings.db import db
from briefings.needs.models import Theme
from briefings.needs.officers import give_themes

PHONE = "Mozilla/5.0 (Linux; Android 15; SM-S931N) AppleWebKit/537.36 Chrome/140.0.0.0 SamsungBrowser/28.0"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0"


def load_accounts(now: datetime) -> None:
    """Everything once, beside the accounts that stand on the sign-in page."""
    administrator = user_with("admin@example.kr")
    assert administrator is not None  # noqa: S101 (loaded before)
    colleague = _colleague("officer@example.kr", "한바다(예시)", now - timedelta(days=40))
    two = select(Theme.id).order_by(Theme.position).limit(2)
    give_themes(colleague, list(db.session.scalars(two)), administrator, now - timedelta(days=39))
    colleague.signed_in_at = now - timedelta(hours=2)
    invited = _colleague("invited@example.kr", "문새벽(예시)", now - timedelta(days=2))
    send_password_link(invited, now - timedelta(days=2))
    for email, hours in (("admin@example.kr", 20), ("staff@example.kr", 3), ("owner@example.kr", 26)):
        if user := user_with(email):
            user.signed_in_at = now - timedelta(hours=hours)
    if officer := user_with("staff@example.kr"):
        for agent, minutes in ((DESK, 8), (PHONE, 15)):
            begin(officer, now - timedelta(minutes=minutes), "203.0.113.24", agent)


def _colleague(email: str, name: str, at: datetime) -> User:
    user = User(email=email, name=name, role=Role.OFFICER, created_at=at)
    db.session.add(user)
    db.session.flush()
    record(user_with("admin@example.kr"), "account.opened", user, at, role=user.role, organization="")
    return user
