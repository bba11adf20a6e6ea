"""One of the programs that race for the last seat."""

from datetime import datetime
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier
from typing import Any

import briefings.app
from briefings.db import db, unit_of_work
from briefings.organizations.models import OrganizationKind
from briefings.schedule import registering
from briefings.schedule.models import Briefing
from briefings.schedule.registering import Applicant


def race(settings: dict[str, Any], ids: list[int], runner: int, now: datetime, start: Barrier, out: Connection) -> None:
    """Register for each briefing the moment everybody is ready; send the states that came of it."""
    app = briefings.app.create_app(settings, environ={"IEUM_ENV": "development"})
    states = []
    with app.app_context():
        for briefing_id in ids:
            briefing = db.session.get_one(Briefing, briefing_id)
            start.wait(timeout=60)
            with unit_of_work():
                states.append(registering.register(briefing, _applicant(runner), now).state)
        db.session.remove()
        db.engine.dispose()
    out.send(states)


def _applicant(runner: int) -> Applicant:
    kind, organization = OrganizationKind.COMPANY, f"가온재활용 {runner}"
    email = f"runner{runner}@example.com"
    return Applicant(kind=kind, organization=organization, name="이가온", email=email, locale="ko")
