"""What an organization says to stories about it."""

from datetime import datetime

from sqlalchemy import delete, select

from briefings.archive.models import StoryConsent
from briefings.db import db
from briefings.organizations.belongings import Belonging, Belongings, Pair


def join_consents(pair: Pair, now: datetime) -> None:
    """Of two answers about one story that to the newer version stays; of two to the same, a no before a yes."""
    both = select(StoryConsent).where(StoryConsent.organization_id.in_(pair)).order_by(StoryConsent.story_id)
    said: dict[int, list[StoryConsent]] = {}
    for each in db.session.scalars(both):
        said.setdefault(each.story_id, []).append(each)
    for story_id, answers in said.items():
        if len(answers) > 1:
            answers.sort(key=lambda one: (one.version, not one.agreed, one.said_at))
            row = (StoryConsent.story_id == story_id, StoryConsent.organization_id == answers[0].organization_id)
            db.session.execute(delete(StoryConsent).where(*row))


BELONGINGS: Belongings = (
    Belonging("story_consents", "사례 공개 동의", StoryConsent.organization_id, join=join_consents),
)
