"""Personal links by which an organization reads a story before it is published, and agrees or not."""

from flask import abort, url_for

from briefings.archive.models import Story
from briefings.archive.stories import story_with
from briefings.organizations.looking_after import successor_of
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "story"


def consent_token(story: Story, organization_id: int) -> str:
    """The token for the present version of the story."""
    return token_for(PURPOSE, f"{story.public_id}-{organization_id}", story.version)


def consent_url(story: Story, organization_id: int) -> str:
    """The full address of the page on which that organization says whether it agrees, for a mail."""
    return url_for("stories.consent", token=consent_token(story, organization_id), _external=True)


def story_behind(token: str) -> tuple[Story, int, bool]:
    """The story a token opens, which organization it is for, and whether it was made for the present version.

    404 for any other token, and for organizations that are in the match no more.
    """
    name = public_id_in(token)
    public_id, _, number = name.partition("-")
    story = story_with(public_id)
    if story is None or not number.isascii() or not number.isdigit() or len(number) > 9:
        abort(404)
    organization_id = successor_of(int(number))  # links live longer than organizations that turn out to be another
    if organization_id not in {joined.organization_id for joined in story.match.standing}:
        abort(404)
    fitting = (each for each in range(story.version, 0, -1) if token_fits(token, PURPOSE, name, each))
    version = next(fitting, None)
    if version is None:
        abort(404)
    return story, organization_id, version == story.version
