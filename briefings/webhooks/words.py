"""What administrators read for events and states."""

from briefings.webhooks.events import TEST, Event
from briefings.webhooks.models import DeliveryState

EVENTS = {
    Event.NEED_PUBLISHED: "과제를 게시함",
    Event.NEED_CHANGED: "게시한 과제를 고침",
    Event.NEED_CLOSED: "과제를 마감하거나 철회함",
    Event.BRIEFING_PUBLISHED: "설명회를 공개함",
    Event.BRIEFING_MOVED: "설명회의 일시를 바꿈",
    Event.BRIEFING_CHANGED: "공개한 설명회를 고침",
    Event.BRIEFING_CANCELLED: "설명회를 취소함",
    Event.BRIEFING_ENDED: "설명회가 끝남",
    Event.MATERIALS_PUBLISHED: "발표자료를 공개함",
    Event.MATCH_CONFIRMED: "협업 성사를 확인함",
    Event.STORY_PUBLISHED: "협업 사례를 공개함",
}
EVENT_WORDS = {**{event.value: words for event, words in EVENTS.items()}, TEST: "시험 발송"}
STATES = {DeliveryState.QUEUED: "기다림", DeliveryState.SENT: "보냄", DeliveryState.FAILED: "보내지 못함"}
STATE_TONES = {DeliveryState.QUEUED: "info", DeliveryState.SENT: "success", DeliveryState.FAILED: "error"}
WORDS = {DeliveryState: STATES, Event: EVENTS}
