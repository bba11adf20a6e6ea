"""Success stories: written by staff from a match, read and agreed to by every organization in it, then published."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from briefings.accounts.models import User
from briefings.archive.models import Story, StoryConsent, StoryState
from briefings.archive.pictures import without_metadata
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.files.kinds import Kind
from briefings.files.storing import discard, store
from briefings.needs.models import Need
from briefings.organizations.models import Organization
from briefings.outbox.reach import Reach
from briefings.participation.match_models import Match, MatchOrganization
from briefings.participation.progressing import progress_of
from briefings.webhooks.announcing import announce
from briefings.webhooks.events import Event

PICTURES = frozenset({Kind.PNG, Kind.JPEG})
LARGEST_PICTURE = 5 * 1024 * 1024
STALE = N_("그사이 이야기가 바뀌었습니다. 바뀐 내용을 읽고 다시 눌러 주세요.")
ANSWERED = (StoryState.ASKED, StoryState.PUBLISHED, StoryState.WITHDRAWN)
"""In these states organizations can say whether they agree."""


@dataclass(frozen=True)
class Words:
    """What a story says."""

    title: str
    summary: str
    text: str
    picture_alt: str = ""


@dataclass(frozen=True)
class Saying:
    """What one organization says to the present version; `consent` is None while it has said nothing."""

    organization: Organization
    consent: StoryConsent | None

    @property
    def agreed(self) -> bool:
        """Whether it agrees."""
        return self.consent is not None and self.consent.agreed


def draft_of(match: Match) -> Words:
    """A beginning, out of what the need, the match and what was told since say."""
    need = match.need
    parts = [
        f"## 무엇이 문제였나\n{need.background or need.summary}",
        f"## 무엇을 주고받았나\n내놓은 것: {need.offers}\n찾은 것: {need.seeks}",
        "## 누가 무엇을 맡았나\n"
        + "\n".join(f"{each.organization.name}: {each.contribution}" for each in match.standing),
        f"## 어떻게 함께하나\n{match.summary}",
    ]
    told = [said for said in reversed(progress_of(match)) if said.public]
    if told:
        parts.append("## 그 뒤로\n" + "\n".join(f"{said.happened_on:%Y. %-m. %-d.} {said.text}" for said in told))
    return Words(need.title, need.summary, "\n\n".join(parts))


def begin(match: Match, words: Words, by: User, now: datetime) -> Story:
    """Write the story of a match that both sides have confirmed; Refused where there is one already."""
    lock(match.need)
    if not match.is_public:
        raise Refused("두 기관이 확인한 성사만 성공 사례로 쓸 수 있습니다.")
    if db.session.scalar(select(Story.id).where(Story.match_id == match.id)):
        raise Refused("이 성사의 성공 사례가 이미 있습니다.")
    story = Story(match=match, title=words.title, text=words.text, written_by_id=by.id, changed_at=now)
    story.summary, story.picture_alt = words.summary, words.picture_alt
    db.session.add(story)
    db.session.flush()
    record(by, "story.begun", story, now)
    return story


def rewrite(story: Story, words: Words, seen: int, by: User, now: datetime) -> None:
    """Put other words; what was shown to the organizations before is a version of its own, and is public no more."""
    lock(story)
    _refuse_stale(story, seen)
    _renew(story, by, now)
    story.title, story.summary, story.text = words.title, words.summary, words.text
    story.picture_alt = words.picture_alt
    _refuse_unnamed_picture(story)


def put_picture(story: Story, name: str, data: bytes, alt: str, by: User, now: datetime) -> None:
    """Give it a picture instead of any before; Refused without words for those who do not see it."""
    lock(story)
    file = store(name, without_metadata(data), now, PICTURES, LARGEST_PICTURE)
    _renew(story, by, now)
    before, story.picture, story.picture_alt = story.picture, file, alt
    _refuse_unnamed_picture(story)
    db.session.flush()
    if before is not None:
        discard(before)


def remove_picture(story: Story, by: User, now: datetime) -> None:
    """Take the picture away."""
    lock(story)
    if story.picture is None:
        raise Refused("그사이 지워진 그림입니다.")
    _renew(story, by, now)
    before, story.picture, story.picture_alt = story.picture, None, ""
    db.session.flush()
    discard(before)


def ask(story: Story, by: User, now: datetime) -> None:
    """Lay it before every organization in the match; the caller tells them. Refused while they are being asked."""
    lock(story)
    if story.state is not StoryState.DRAFT:
        raise Refused("이미 동의를 부탁한 이야기입니다. 내용을 고치면 다시 부탁할 수 있습니다.")
    if not story.match.standing:
        raise Refused("두 기관이 확인한 성사만 성공 사례로 쓸 수 있습니다.")
    story.state, story.asked_at = StoryState.ASKED, now
    record(by, "story.asked", story, now, version=story.version)


def answer(
    story: Story, organization_id: int, agreed: bool, said: str, by: str, version: int, now: datetime
) -> StoryState:
    """An organization agrees to a version or not; where it stands then. With the last one that agrees it is published.

    Who takes a consent back takes the story off the pages. Refused for another version than the present one.
    """
    lock(story)
    _refuse_stale(story, version)
    if not takes_answers(story):
        raise Refused(STALE)
    consent = next((each for each in story.consents if each.organization_id == organization_id), None)
    if consent is None:
        consent = StoryConsent(organization_id=organization_id)
        story.consents.append(consent)
    consent.version, consent.agreed, consent.words = version, agreed, said
    consent.said_by, consent.said_at = by, now
    db.session.flush()
    _settle(story, now)
    return story.state


def takes_answers(story: Story) -> bool:
    """Whether organizations can say now if they agree; not once staff have taken it off the pages."""
    return story.state in ANSWERED and story.asked_at is not None


def withdraw(story: Story, reason: str, by: User, now: datetime) -> None:
    """Staff take it off the pages, for a reason that is kept; nobody's consent to what it said puts it back."""
    lock(story)
    if story.state is not StoryState.PUBLISHED:
        raise Refused("게시한 이야기가 아닙니다.")
    story.state, story.published_at, story.asked_at = StoryState.WITHDRAWN, None, None
    story.version += 1
    record(by, "story.withdrawn", story, now, reason=reason)


def sayings_of(story: Story) -> list[Saying]:
    """Every organization that has to agree, with what it said to the present version; the need's own first."""
    said = {each.organization_id: each for each in story.consents if each.version == story.version}
    return [Saying(each.organization, said.get(each.organization_id)) for each in story.match.standing]


def organizations_of(story: Story) -> list[Organization]:
    """Who is named in public: those who agreed."""
    return [saying.organization for saying in sayings_of(story) if saying.agreed]


def story_with(public_id: str) -> Story | None:
    """A story with all its page shows."""
    return db.session.scalar(_complete().where(Story.public_id == public_id))


def story_of(match: Match) -> Story | None:
    """The story of a match, if there is one."""
    return db.session.scalar(_complete().where(Story.match_id == match.id))


def public_story(public_id: str) -> Story | None:
    """A story everybody may read; None for any other."""
    return db.session.scalar(public_stories().where(Story.public_id == public_id))


def public_stories() -> Select[Story]:
    """The stories everybody may read, the latest first."""
    shown = (Story.state == StoryState.PUBLISHED, Match.confirmed_at.is_not(None))
    found = _complete().join(Match, Match.id == Story.match_id).where(*shown)
    return found.order_by(Story.published_at.desc(), Story.id.desc())


def all_stories(state: StoryState | None, reach: Reach) -> Select[Story]:
    """Every story that may be seen, or those in one state, those changed last first."""
    seen = select(Match.id).where(reach.of_need(Match.need_id))
    found = _complete().where(Story.match_id.in_(seen)).order_by(Story.changed_at.desc(), Story.id.desc())
    return found if state is None else found.where(Story.state == state)


def matches_without(reach: Reach) -> Sequence[Match]:
    """The latest confirmed matches that may be seen and have no story yet."""
    told = select(Story.match_id)
    found = select(Match).where(Match.confirmed_at.is_not(None), Match.id.not_in(told), reach.of_need(Match.need_id))
    with_need = joinedload(Match.need).joinedload(Need.organization)
    return db.session.scalars(found.options(with_need).order_by(Match.confirmed_at.desc()).limit(10)).all()


def _complete() -> Select[Story]:
    match = joinedload(Story.match)
    organizations = selectinload(Match.organizations).joinedload(MatchOrganization.organization)
    return select(Story).options(
        match.joinedload(Match.need).joinedload(Need.organization),
        match.options(organizations),
        joinedload(Story.picture),
        selectinload(Story.consents).joinedload(StoryConsent.organization),
    )


def _renew(story: Story, by: User, now: datetime) -> None:
    """It is being written again: what was shown before stays known as an earlier version."""
    if story.asked_at is not None:
        story.version += 1
    story.state, story.asked_at, story.published_at, story.changed_at = StoryState.DRAFT, None, None, now
    record(by, "story.rewritten", story, now, version=story.version)


def _settle(story: Story, now: datetime) -> None:
    agreed = all(saying.agreed for saying in sayings_of(story))
    if agreed and story.state is not StoryState.PUBLISHED:
        story.state, story.published_at = StoryState.PUBLISHED, now
        record(None, "story.published", story, now, version=story.version)
        announce(Event.STORY_PUBLISHED, story, now)
    elif not agreed and story.state is StoryState.PUBLISHED:
        story.state, story.published_at = StoryState.WITHDRAWN, None
        record(None, "story.consent_taken_back", story, now, version=story.version)


def _refuse_stale(story: Story, seen: int) -> None:
    if story.version != seen:
        raise Refused(STALE)


def _refuse_unnamed_picture(story: Story) -> None:
    if story.picture is not None and not story.picture_alt:
        raise Refused("그림을 보지 못하는 사람에게 읽어 줄 글을 적어 주세요.", field="picture_alt")
