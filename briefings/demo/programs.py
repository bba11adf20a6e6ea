"""Programs that read the example: one with a key in use, one whose key ends soon, one whose key was revoked."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.api.keys import make_key, revoke
from briefings.api.models import Scope
from briefings.db import db

PROGRAMS = (
    ("데이터분석과 성과 현황판", (Scope.STATISTICS, Scope.FUNNEL), 90, 300, timedelta(minutes=20), False),
    ("협업이음터 누리집의 통계 상자", (Scope.STATISTICS,), 340, 18, timedelta(hours=3), False),
    ("작년 성과 분석 용역", (Scope.FUNNEL,), 200, 30, timedelta(days=45), True),
)
"""Name, what its key opens, made so many days ago, good for so many more, last used so long ago, revoked since."""


def load_programs(now: datetime, zone: ZoneInfo) -> None:
    """Three keys; nobody knows what they are."""
    by = db.session.scalars(select(User).where(User.role == Role.ADMINISTRATOR).limit(1)).one()
    for name, scopes, ago, left, used, revoked in PROGRAMS:
        made = now - timedelta(days=ago)
        today = now.astimezone(zone).date()
        until = today + timedelta(days=left)
        key, _ = make_key(name, scopes, until, by=by, today=today, now=made)
        key.last_used_at = now - used
        if revoked:
            revoke(key, by=by, now=now - timedelta(days=40))
