"""The public pages, for search engines."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import select

from briefings.archive.models import Story, StoryState
from briefings.db import db
from briefings.front.site_map import SECTIONS
from briefings.needs.finding import PUBLIC
from briefings.needs.models import Need, Round
from briefings.schedule.finding import LISTED
from briefings.schedule.models import Briefing, BriefingState

MOST = 20_000
"""Of each kind, the last changed; a sitemap may hold 50,000 addresses, and older pages are found through the lists."""
NOT_FOUND = ("front.search", "display.settings", "accounts.sign_in", "accounts.forgotten")
"""Pages of the map that are nothing to be found by a search engine."""

FEEDS = "/cal/f/"
"""Feeds with a secret in the address: Google's importer asks robots.txt before it reads one; no page leads there."""

Address = tuple[str, dict[str, Any], datetime | None]


def private_paths(rules: Iterable[str]) -> list[str]:
    """How the addresses by these rules begin: up to the first part that differs from page to page."""
    private = {rule.partition("<")[0] for rule in rules if FEEDS not in rule}
    return sorted(path for path in private if not any(path.startswith(other) for other in private - {path}))


def public_addresses(now: datetime) -> Iterator[Address]:
    """Endpoint, its values and the last change (None: not known) of every page that search engines may show."""
    pages = (endpoint for _, pages in SECTIONS for endpoint, _ in pages)
    yield from ((endpoint, {}, None) for endpoint in pages if endpoint not in NOT_FOUND)
    needs = select(Need.id, Need.changed_at).where(Need.state.in_(PUBLIC)).order_by(Need.changed_at.desc())
    for need_id, changed_at in db.session.execute(needs.limit(MOST)):
        yield "needs.show", {"need_id": need_id}, changed_at
    held = (Briefing.state == BriefingState.PUBLISHED) & (Briefing.ends_at <= now)
    announced = select(Briefing.public_id, Briefing.changed_at, held).where(LISTED)
    announced = announced.order_by(Briefing.changed_at.desc()).limit(MOST)
    for public_id, changed_at, is_over in db.session.execute(announced):
        yield "briefings.show", {"public_id": public_id}, changed_at
        if is_over:  # what is left of it grows without the briefing changing
            yield "archive.show", {"public_id": public_id}, None
    told = select(Story.public_id, Story.published_at).where(Story.state == StoryState.PUBLISHED)
    for public_id, published_at in db.session.execute(told.order_by(Story.published_at.desc()).limit(MOST)):
        yield "stories.show", {"public_id": public_id}, published_at
    rounds = select(Round.public_id, Round.changed_at).where(Round.announced_at.is_not(None))
    for public_id, changed_at in db.session.execute(rounds.order_by(Round.changed_at.desc()).limit(MOST)):
        yield "rounds.show", {"public_id": public_id}, changed_at
