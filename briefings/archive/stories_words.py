"""The words people read for the states of a story."""

from briefings.archive.models import StoryState
from briefings.errors import N_

STATES = {
    StoryState.DRAFT: N_("쓰는 중"),
    StoryState.ASKED: N_("동의 기다림"),
    StoryState.PUBLISHED: N_("게시 중"),
    StoryState.WITHDRAWN: N_("내림"),
}
TONES = {
    StoryState.DRAFT: "info",
    StoryState.ASKED: "warning",
    StoryState.PUBLISHED: "success",
    StoryState.WITHDRAWN: "quiet",
}
ACTIONS = {
    "story.begun": "처음 저장",
    "story.rewritten": "고침",
    "story.asked": "동의를 부탁함",
    "story.published": "모두 동의해 게시함",
    "story.consent_taken_back": "동의를 거두어 내림",
    "story.withdrawn": "담당자가 내림",
}
WORDS = {StoryState: STATES}
