"""For the journeys: a briefing that is on, led by hand, with a stand-by who took over and much to be read."""

from datetime import timedelta
from typing import Any

from briefings.accounts.models import User
from briefings.db import db, unit_of_work
from briefings.live import cueing, leading
from briefings.live.days import day_of
from briefings.live.leading import Press, mark_of, mark_of_line
from briefings.live.models import Attendance
from briefings.live.moderator_links import moderator_token
from briefings.live.running import state_of
from briefings.needs.models import Audience, Theme
from briefings.organizations.models import OrganizationKind
from briefings.schedule.links import presenter_token
from briefings.schedule.models import Briefing
from tests.builders import a_briefing, a_registration, an_organization, saved
from tests.journeys.running import BEGINNING

MINUTE = timedelta(minutes=1)
LINE = "소리가 들리지 않으면 화면 아래의 전화로 들으실 수 있습니다. 10분 쉬었다가 다음 발표를 이어 갑니다."


def fill_day(officer: User, theme: Theme, audience: Audience, long_title: str) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    start = BEGINNING - 40 * MINUTE
    briefing = a_briefing(needs=4, theme=theme, audience=audience, now=BEGINNING, starts_at=start, moderator="윤다온")
    briefing.room_note = "영상이 열리지 않으면 044-205-1234로 전화해 주세요."
    for number, slot in enumerate(briefing.slots):
        slot.presenter_email, slot.presenter_title = f"talk{number}@gaon.example.kr", "해양환경관리본부 자원순환처장"
        slot.standby_name, slot.standby_title = "서가람", "선임연구원"
        slot.standby_email = f"standby{number}@gaon.example.kr"
    briefing.slots[1].need.title = long_title
    db.session.commit()
    for kind in OrganizationKind:
        person = a_registration(briefing, organization=an_organization(kind=kind))
        seen = BEGINNING - (0 if kind.is_public else 9) * MINUTE
        saved(Attendance(registration=person, first_seen_at=start, last_seen_at=seen))
    _lead(briefing, officer)
    state = state_of(briefing, BEGINNING)
    with_day = day_of(briefing)
    return {
        "on_id": briefing.id,
        "moderator": moderator_token(briefing, with_day),
        "presenter_on": presenter_token(state.slots[1].slot),
        "presenter_next": presenter_token(state.slots[2].slot),
        "presenter_done": presenter_token(state.slots[0].slot),
        "presenter_last": presenter_token(state.slots[3].slot),
    }


def _lead(briefing: Briefing, officer: User) -> None:
    """The first talk is over, the second overruns, the third has its stand-by."""
    for minutes, what, place in (
        (0, Press.BEGIN, None),
        (5, Press.BEGIN_TALK, 0),
        (18, Press.BEGIN_TALK, 1),
        (30, Press.STANDBY, 2),
        (31, Press.SEE_PRESENTER, 2),
        (32, Press.CLOSE_REPLIES, 0),
    ):
        at = briefing.starts_at + minutes * MINUTE
        with unit_of_work():
            state = state_of(briefing, at)
            slot = None if place is None else state.slots[place]
            mark = mark_of(state, what, slot)
            leading.press(briefing, what, slot.slot.public_id if slot else "", mark, officer, at)
    notes = {f"talk:{briefing.slots[1].public_id}": "영상이 하나 있음: 소리 공유를 켰는지 묻기", "closing": LINE}
    with unit_of_work():
        at = briefing.starts_at + 33 * MINUTE
        leading.say(briefing, LINE, mark_of_line(day_of(briefing)), officer, at)
        cueing.write_notes(briefing, notes, cueing.mark_of_notes(day_of(briefing)), officer, at)
