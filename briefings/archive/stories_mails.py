"""The words of mails about success stories: to both sides what to agree to, to its author what they said."""

from datetime import datetime

from flask import url_for

from briefings.archive.models import Story, StoryState
from briefings.archive.stories import story_with
from briefings.archive.stories_links import consent_url
from briefings.db import db
from briefings.organizations.looking_after import successor_of
from briefings.organizations.models import Organization
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text

CHANGED = "그 사이 이야기가 바뀜"


def asking(message: Message, now: datetime) -> Mail | Dropped:
    """An organization is asked to read the story and to say whether it agrees."""
    story = _story(message, StoryState.ASKED)
    if story is None:
        return Dropped(CHANGED)
    organization = successor_of(message.params["organization"])
    if organization not in {joined.organization_id for joined in story.match.standing}:
        return Dropped("그 사이 성사에서 빠진 기관")
    return write("story_asked", {**_said(message, story), "동의 주소": consent_url(story, organization)})


def published(message: Message, now: datetime) -> Mail | Dropped:
    """Everybody has agreed; whoever was asked gets the link by which the consent is taken back."""
    story = _story(message, StoryState.PUBLISHED)
    if story is None:
        return Dropped(CHANGED)
    organization = successor_of(message.params.get("organization", 0))
    own = consent_url(story, organization) if organization else ""
    address = url_for("stories.show", public_id=story.public_id, _external=True)
    return write("story_published", {**_said(message, story), "이야기 주소": address, "동의 주소": own})


def to_author(text: str, state: StoryState) -> Composer:
    """The composer of a mail that tells its author that an organization does not agree, or no longer."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        story = _story(message, state)
        organization = db.session.get(Organization, successor_of(message.params.get("organization", 0)))
        if story is None or organization is None:
            return Dropped(CHANGED)
        said = next((each.words for each in story.consents if each.organization_id == organization.id), "")
        address = url_for("staff_stories.show", public_id=story.public_id, _external=True)
        values = {"기관": organization.name, "적은 말": said or "–", "이야기 주소": address}
        return write(text, {**_said(message, story), **values})

    return compose


def _story(message: Message, state: StoryState) -> Story | None:
    story = story_with(str(message.params.get("story", "")))
    fits = story is not None and story.state is state and story.version == message.params.get("version")
    return story if fits else None


def _said(message: Message, story: Story) -> dict[str, str]:
    return {"이름": message.recipient_name, "제목": story.title, "과제": story.match.need.title}


COMPOSERS: dict[str, Composer] = {
    "story_asked": asking,
    "story_published": published,
    "story_refused": to_author("story_refused", StoryState.ASKED),
    "story_withdrawn": to_author("story_withdrawn", StoryState.WITHDRAWN),
}

_STORY = (
    NAME,
    Placeholder("제목", "성공 사례의 제목", "버려진 그물이 새 원료가 되기까지"),
    Placeholder("과제", "수요 과제의 제목", "폐어망 되살림 공정 함께 만들기"),
)
_TO_AUTHOR = (
    *_STORY,
    Placeholder("기관", "답한 기관", "가온재활용"),
    Placeholder("적은 말", "그 기관이 적은 말", "수치를 2026년 것으로 고쳐 주세요."),
    Placeholder("이야기 주소", "직원이 보는 이야기의 주소", "https://briefings.example.kr/staff/stories/…"),
)
TEXTS = {
    "story_asked": Text(
        "성공 사례 게시 동의 부탁",
        (
            *_STORY,
            Placeholder(
                "동의 주소",
                "그 기관만 쓰는, 읽고 동의하는 주소",
                "https://briefings.example.kr/stories/consent/…",
            ),
        ),
        must=("동의 주소",),
    ),
    "story_published": Text(
        "게시한 성공 사례",
        (
            *_STORY,
            Placeholder("이야기 주소", "게시한 이야기의 주소", "https://briefings.example.kr/stories/…"),
            Placeholder(
                "동의 주소",
                "동의를 거둘 수 있는 주소, 동의한 기관에만",
                "https://briefings.example.kr/stories/consent/…",
                optional=True,
            ),
        ),
        must=("이야기 주소",),
    ),
    "story_refused": Text("동의하지 않은 성공 사례 (담당자)", _TO_AUTHOR, must=("적은 말", "이야기 주소")),
    "story_withdrawn": Text("동의를 거둔 성공 사례 (담당자)", _TO_AUTHOR, must=("이야기 주소",)),
}
