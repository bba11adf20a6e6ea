"""Asking the organizations of a story whether they agree, and telling everybody what became of it."""

from datetime import datetime
from typing import Any

from briefings.accounts.models import User
from briefings.accounts.opening import recipient
from briefings.archive import stories
from briefings.archive.models import Story, StoryState
from briefings.db import db
from briefings.needs.registering import owners_of
from briefings.organizations.models import Organization
from briefings.outbox.queueing import Draft, Recipient, queue, queue_many
from briefings.participation.replying import reply_of
from briefings.participation.telling import repliers


def readers_of(story: Story) -> list[tuple[Organization, list[Recipient]]]:
    """Whom each organization's question goes to: the need's owners, and everybody of a reply."""
    need, found = story.match.need, []
    for joined in story.match.standing:
        if joined.organization_id == need.organization_id:
            people = owners_of(need)
        else:
            made = reply_of(joined.organization, need)
            people = repliers(made) if made else []
        found.append((joined.organization, people))
    return found


def ask(story: Story, by: User, now: datetime) -> int:
    """Lay the story before every organization; how many people are written to."""
    stories.ask(story, by, now)
    drafts = [
        Draft(f"story_asked:{story.id}:{story.version}:{organization.id}:{to.address}", to, _about(story, organization))
        for organization, people in readers_of(story)
        for to in people
    ]
    return queue_many("story_asked", drafts, now, about=_filed(story))


def remind(story: Story, organization_id: int, now: datetime) -> int:
    """Ask the people of one organization once more, at most once a day; how many mails were queued."""
    drafts = [
        Draft(f"story_asked:{story.id}:{story.version}:{organization.id}:{to.address}:{now:%Y%m%d}", to, about)
        for organization, people in readers_of(story)
        if organization.id == organization_id and (about := _about(story, organization))
        for to in people
    ]
    return queue_many("story_asked", drafts, now, about=_filed(story))


def answer(
    story: Story, organization: Organization, agreed: bool, said: str, by: str, version: int, now: datetime
) -> StoryState:
    """What an organization says, and telling those whom it concerns; where the story stands then."""
    before = story.state
    after = stories.answer(story, organization.id, agreed, said, by, version, now)
    if after is StoryState.PUBLISHED and before is not StoryState.PUBLISHED:
        _tell_all(story, now)
    elif not agreed:
        kind = "story_withdrawn" if before is StoryState.PUBLISHED else "story_refused"
        _tell_author(story, kind, now, organization=organization.id)
    return after


def _tell_all(story: Story, now: datetime) -> None:
    for organization, people in readers_of(story):
        for to in people:
            key = f"story_published:{story.id}:{story.version}:{organization.id}:{to.address}:{now:%Y%m%d%H%M%S}"
            queue("story_published", key, to, now, about=_filed(story), **_about(story, organization))
    _tell_author(story, "story_published", now)


def _tell_author(story: Story, kind: str, now: datetime, **about: Any) -> None:
    author = db.session.get(User, story.written_by_id) if story.written_by_id else None
    if author is not None and author.active:
        key = f"{kind}:{story.id}:{story.version}:author:{now:%Y%m%d%H%M%S%f}"
        said = {"story": story.public_id, "version": story.version, **about}
        queue(kind, key, recipient(author), now, about=_filed(story), **said)


def _filed(story: Story) -> str:
    return f"need:{story.match.need_id}"


def _about(story: Story, organization: Organization) -> dict[str, Any]:
    return {"story": story.public_id, "organization": organization.id, "version": story.version}
