"""The success stories as a file for staff."""

from briefings.archive import stories
from briefings.archive.models import Story, StoryState
from briefings.archive.stories_words import STATES
from briefings.exports.lists import Asked, Column, Found, ListFile, Step, listed

COLUMNS: tuple[Column[Story], ...] = (
    Column("제목", 40, lambda each: each.title),
    Column("상태", 12, lambda each: STATES[each.state]),
    Column("요약", 50, lambda each: each.summary),
    Column("과제", 40, lambda each: each.match.need.title),
    Column("수요기관", 28, lambda each: each.match.need.organization.name),
    Column("본문", 60, lambda each: each.text, personal=True),
    Column("고친 때", 17, lambda each: each.changed_at),
    Column("동의를 부탁한 때", 17, lambda each: each.asked_at),
    Column("게시한 때", 17, lambda each: each.published_at),
)


def find_stories(asked: Asked) -> Found[Story]:
    """Every story, or those in one state, those changed last first."""
    wanted = asked.args.get("state", "")
    state = StoryState(wanted) if wanted in set(StoryState) else None
    conditions = [("상태", STATES[state])] if state else []
    above = (Step("답글", "staff_replies.index", {}),)
    return Found(COLUMNS, listed(stories.all_stories(state, asked.reach)), conditions, above=above)


LISTS = (ListFile("stories", "성공 사례", "staff_stories.index", find_stories, narrowed=True),)
