"""For the journeys: a room with several ways in and slides to take away, and a recording with chapters."""

from typing import Any

from briefings.accounts.models import User
from briefings.db import unit_of_work
from briefings.live.links import code_of
from briefings.live.rooms import WayPlan, mark_of, set_ways
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Briefing, RoomKind
from tests.files import samples
from tests.journeys.running import BEGINNING

WAYS = [
    WayPlan(RoomKind.STREAM, "수어 통역과 자막이 나오는 방송", "https://tv.example.kr/live/1", "소리가 조금 늦습니다."),
    WayPlan(RoomKind.LINK, "행정망 화상회의", "https://onnara.example.kr/room/1", ""),
    WayPlan(RoomKind.PHONE, "", "044-205-1234", "화면 없이 소리만 듣습니다."),
]
SPOKEN = "사회자: 설명회를 시작하겠습니다.\n\n발표자: 고맙습니다. 저희가 내놓는 것부터 말씀드리겠습니다."


def fill_rooms(officer: User, going_on: Briefing, over: Briefing) -> dict[str, Any]:
    """Values for the addresses of pages, under a short name each."""
    with unit_of_work():
        set_ways(going_on, WAYS, seen=mark_of([]), by=officer, now=BEGINNING)
        hand_in(going_on.slots[0], "설비 공유 협업 제안 발표자료.pdf", samples.a_pdf(), BEGINNING, public=True)
        over.replay_captioned, over.replay_transcript = True, SPOKEN
        for number, slot in enumerate(over.slots):
            slot.replay_seconds = 600 + 960 * number
    return {"room_code": code_of(going_on)}
