"""Success stories for everybody, and the page on which an organization agrees to one before it is published."""

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.archive import stories, stories_asking
from briefings.archive.models import Story, StoryState
from briefings.archive.stories_forms import ConsentForm, TakeBackForm
from briefings.archive.stories_links import story_behind
from briefings.db import db
from briefings.files.sending import download
from briefings.organizations.models import Organization
from briefings.participation.desk import done
from briefings.participation.progressing import progress_of
from briefings.web.access import by_token, public
from briefings.web.routing import row_number
from briefings.web.security import limiter

OFTEN = "30/minute;200/hour"
pages = Blueprint("stories", __name__, url_prefix="/stories")


@pages.get("")
@public
def index() -> ResponseReturnValue:
    """Every published story, the latest first."""
    number = request.args.get("page", 1, row_number)
    page = db.paginate(stories.public_stories(), page=number, per_page=12, error_out=False)
    organizations = {story.id: stories.organizations_of(story) for story in page.items}
    return render_template("archive/stories.html", page=page, organizations=organizations)


@pages.get("/<public_id>")
@public
def show(public_id: str) -> ResponseReturnValue:
    """One story, and how it went on."""
    story = stories.public_story(public_id) or abort(404)
    return render_template(
        "archive/story.html",
        story=story,
        organizations=stories.organizations_of(story),
        progress=progress_of(story.match, public_only=True),
    )


@pages.get("/<public_id>/picture/<file_id>")
@public
def picture(public_id: str, file_id: str) -> ResponseReturnValue:
    """The picture of a published story."""
    return _picture(stories.public_story(public_id), file_id)


@pages.route("/consent/<token>", methods=["GET", "POST"])
@by_token
@limiter.limit(OFTEN, methods=["POST"])
def consent(token: str) -> ResponseReturnValue:
    """The story as it would be published, and whether one agrees; an earlier version says that it has changed."""
    story, organization, current = _behind(token)
    if not current or not stories.takes_answers(story):
        return render_template("archive/story_changed.html", story=story), 410
    form = ConsentForm(data={"seen": story.version})

    def act() -> None:
        agreed, said = form.agreed.data == "yes", form.said.data or ""
        seen = request.form.get("seen", 0, type=row_number)
        stories_asking.answer(story, organization, agreed, said, form.by.data, seen, clock.now())

    if done(form, act):
        _say(story, form.agreed.data == "yes")
        return redirect(url_for(".consent", token=token), 303)
    story, organization, _ = _behind(token)
    saying = next(each for each in stories.sayings_of(story) if each.organization.id == organization.id)
    return render_template(
        "archive/story_consent.html", story=story, organization=organization, saying=saying, form=form, token=token
    )


@pages.route("/consent/<token>/take-back", methods=["GET", "POST"])
@by_token
@limiter.limit(OFTEN, methods=["POST"])
def take_back(token: str) -> ResponseReturnValue:
    """Ask first, then take the consent back, and with it the story off the pages."""
    story, organization, current = _behind(token)
    saying = next(each for each in stories.sayings_of(story) if each.organization.id == organization.id)
    if not current or not saying.agreed:
        return redirect(url_for(".consent", token=token))
    form = TakeBackForm(data={"seen": story.version})

    def act() -> None:
        seen = request.form.get("seen", 0, type=row_number)
        stories_asking.answer(story, organization, False, form.said.data or "", form.by.data, seen, clock.now())

    if done(form, act):
        flash(gettext("동의를 거두었습니다. 이야기를 더 이상 게시하지 않습니다."), "success")
        return redirect(url_for(".consent", token=token), 303)
    return render_template("archive/story_take_back.html", story=story, form=form, token=token)


@pages.get("/consent/<token>/picture/<file_id>")
@by_token
def picture_to_agree_to(token: str, file_id: str) -> ResponseReturnValue:
    """The picture of a story that is not public yet."""
    story, _, current = _behind(token)
    return _picture(story if current else None, file_id)


def _behind(token: str) -> tuple[Story, Organization, bool]:
    story, organization_id, current = story_behind(token)
    return story, db.session.get_one(Organization, organization_id), current


def _picture(story: Story | None, file_id: str) -> Response:
    file = story.picture if story else None
    return download(file) if file and file.public_id == file_id else abort(404)


def _say(story: Story, agreed: bool) -> None:
    if not agreed:
        flash(gettext("알려 주셔서 고맙습니다. 담당자가 고쳐서 다시 부탁드립니다."), "success")
    elif story.state is StoryState.PUBLISHED:
        flash(gettext("동의해 주셔서 고맙습니다. 모두 동의해 이야기를 게시했습니다."), "success")
    else:
        flash(gettext("동의해 주셔서 고맙습니다. 함께한 기관이 모두 동의하면 게시하고 알려 드립니다."), "success")
