"""Ways in beside the main room, and what can be seen again of a briefing that is over."""

from briefings.live.rooms import WayPlan
from briefings.schedule.models import Briefing, Room, RoomKind

WAYS = (
    WayPlan(RoomKind.STREAM, "수어 통역 방송", "https://tv.example.com/live/ieum", "수어 통역과 자막이 함께 나옵니다."),
    WayPlan(RoomKind.PHONE, "", "044-000-0100", "화면 없이 소리만 듣습니다."),
)
TRANSCRIPT = (
    "사회자: 지금부터 협업이음 온라인 사업설명회를 시작하겠습니다. 먼저 오늘 순서를 말씀드립니다.\n\n"
    "발표자: 저희 기관이 내놓는 것과 찾는 것을 차례로 말씀드리겠습니다."
)
OPENING = 600


def open_ways_in(briefing: Briefing) -> None:
    """A broadcast and a telephone number."""
    for place, plan in enumerate(WAYS, start=1):
        briefing.rooms.append(Room(position=place, **vars(plan)))


def put_up_recording(briefing: Briefing) -> None:
    """A recording with captions, a transcript, and a chapter for each need."""
    briefing.replay_url = "https://room.example.com/ieum/replay"
    briefing.replay_captioned, briefing.replay_transcript = True, TRANSCRIPT
    seconds = OPENING
    for slot in briefing.slots:
        slot.replay_seconds = seconds
        seconds += 60 * slot.minutes + 20
