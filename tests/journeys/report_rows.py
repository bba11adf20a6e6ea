"""For the journeys: a briefing of yesterday with earlier ones to be compared with, and long remarks of staff."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.db import unit_of_work
from briefings.schedule.models import Briefing
from briefings.statistics.report import write_remarks
from tests.builders import a_briefing, a_registration
from tests.journeys.running import BEGINNING

REMARKS = "업무망에서 영상이 열리지 않아 전화로 들은 참가자가 있었습니다.\n" * 12 + "https://" + "verylongaddress" * 12


def fill_report(officer: User, briefing: Briefing) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    start = briefing.starts_at
    for days, people in ((9, 4), (16, 1)):
        earlier = a_briefing(theme=briefing.theme, starts_at=start - timedelta(days=days), capacity=None)
        for place in range(people):
            a_registration(earlier, registered_at=start - timedelta(days=days + 1 + place))
    with unit_of_work():
        write_remarks(briefing, REMARKS, None, officer, BEGINNING)
    return {"unwritten_id": earlier.id, "reported_theme": briefing.theme_id}
