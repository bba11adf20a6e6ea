"""What staff of the example data took away as files, as the log knows it."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.accounts.signing_in import user_with
from briefings.audit.recording import record
from briefings.db import db
from briefings.schedule.models import Briefing


def load_exports(now: datetime) -> None:
    """For every briefing that is over: the attendance with people for the report, its programme without."""
    staff = user_with("staff@example.kr")
    over = select(Briefing).where(Briefing.ends_at <= now).order_by(Briefing.id)
    for briefing in db.session.scalars(over):
        then = min(briefing.ends_at + timedelta(days=1), now)
        came = {"rows": 31, "format": "xlsx", "personal": True, "filters": {"standing": "came"}}
        record(staff, "attendance.exported", briefing, then, reason="결과보고에 붙일 출석부", **came)
        record(staff, "programme.exported", briefing, then, rows=5, format="csv", personal=False, filters={})
