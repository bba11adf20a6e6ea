"""What became of people's data in the example: somebody was erased, and an account waits to be closed."""

from datetime import datetime, timedelta

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.db import db
from briefings.live.models import Attendance
from briefings.organizations.models import Membership
from briefings.participation.models import ParticipationReply
from briefings.privacy.register import OVER, write_down
from briefings.rights import erasing
from briefings.schedule.registration_models import Registration

DESTROYED = (("raw_mails", 14, 12), ("support", 13, 3), ("drafts", 6, 5), ("export_files", 2, 1))
"""Kind, days ago, how many: what the worker has destroyed so far."""
LEAVING = "leaving@example.kr"


def load_rights(now: datetime) -> None:
    """The destruction register, one person erased, and a request that an administrator has to look at."""
    for kind, days, number in DESTROYED:
        at = now - timedelta(days=days)
        write_down(kind, number, OVER, at, until=at - timedelta(days=14))
    repliers = select(ParticipationReply.email)
    was_there = select(Registration).join(Attendance, Attendance.registration_id == Registration.id)
    found = was_there.where(Registration.email.not_in(repliers)).order_by(Registration.id.desc())
    if gone := db.session.scalars(found.limit(1)).first():
        erasure = erasing.ask(gone.email, "ko", now)
        looked = erasing.look_for(erasure.id)
        assert looked is not None  # noqa: S101 (asked for just now)
        erasing.finish(erasure.id, *looked, now)
    _ask_to_leave(now)


def _ask_to_leave(now: datetime) -> None:
    """An owner whose work goes over to somebody else."""
    owner = db.session.scalars(select(Membership).limit(1)).first()
    if owner is None:
        return
    leaving = User(email=LEAVING, name="서가람", role=Role.OWNER, created_at=now, session_version=0)
    db.session.add(leaving)
    db.session.flush()
    db.session.add(Membership(user_id=leaving.id, organization_id=owner.organization_id))
    erasing.ask(LEAVING, "ko", now - timedelta(days=2))
