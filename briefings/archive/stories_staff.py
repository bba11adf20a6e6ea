"""The staff's pages of success stories: written from a match, shown to both sides, published, taken off."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.archive import stories, stories_asking
from briefings.archive.models import Story, StoryState
from briefings.archive.stories_forms import PictureForm, StoryForm, StoryWithPictureForm, WithdrawForm
from briefings.archive.stories_words import ACTIONS, TONES
from briefings.audit.recording import history_of
from briefings.db import db, unit_of_work
from briefings.files.sending import download
from briefings.needs.finding import need_numbered
from briefings.participation.desk import done
from briefings.participation.match_models import Match
from briefings.participation.matching import match_of
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.routing import row_number
from briefings.web.uploads import takes_files

pages = Blueprint("staff_stories", __name__, url_prefix="/staff/stories")
pages.context_processor(lambda: {"story_tones": TONES, "story_acts": ACTIONS})


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Every story, and the matches that have none yet."""
    wanted = request.args.get("state", "")
    state = StoryState(wanted) if wanted in set(StoryState) else None
    reach = current_app.extensions["narrowed_reach"]()
    page = db.paginate(stories.all_stories(state, reach), per_page=20)
    without = stories.matches_without(reach) if state is None else ()
    return render_template(
        "archive/staff_stories.html", page=page, state=state, states=list(StoryState), without=without
    )


@pages.route("/of/<int:need_id>", methods=["GET", "POST"])
@staff
def of_match(need_id: int) -> ResponseReturnValue:
    """Begin the story of a match, filled in from what is known; where there is one already, go on with it."""
    match = _match(need_id)
    if known := stories.story_of(match):
        return redirect(url_for(".show", public_id=known.public_id))
    form, begun = StoryForm(obj=stories.draft_of(match)), []
    if done(form, lambda: begun.append(stories.begin(match, form.words(), current_user, clock.now()))):
        flash("이야기를 저장했습니다. 그림을 붙이거나, 두 기관에 동의를 부탁할 수 있습니다.", "success")
        return redirect(url_for(".show", public_id=begun[0].public_id), 303)
    return render_template("archive/staff_write.html", form=form, match=match, story=None)


@pages.get("/<public_id>")
@staff
def show(public_id: str) -> ResponseReturnValue:
    """The story as it reads, who agrees, and what can be done with it."""
    story = _story(public_id)
    return render_template(
        "archive/staff_story.html", story=story, sayings=stories.sayings_of(story), course=history_of(story)[::-1]
    )


@pages.route("/<public_id>/edit", methods=["GET", "POST"])
@staff
def edit(public_id: str) -> ResponseReturnValue:
    """Other words; what was public or agreed to before is so no more."""
    story = _story(public_id)
    form = (StoryWithPictureForm if story.picture else StoryForm)(obj=story, data={"seen": story.version})

    def act() -> None:
        alt = form.picture_alt.data if story.picture else ""
        seen = request.form.get("seen", 0, type=row_number)
        stories.rewrite(story, form.words(alt), seen, current_user, clock.now())

    if done(form, act):
        flash("고친 이야기를 저장했습니다. 게시하려면 두 기관의 동의를 다시 받아 주세요.", "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    story = _story(public_id)
    return render_template("archive/staff_write.html", form=form, match=story.match, story=story)


@pages.route("/<public_id>/picture", methods=["GET", "POST"])
@staff
@takes_files
def put_picture(public_id: str) -> ResponseReturnValue:
    """Give it a picture with words for those who do not see it."""
    story, form = _story(public_id), PictureForm()

    def act() -> None:
        sent = form.file.data[0]
        stories.put_picture(story, sent.filename, sent.read(), form.picture_alt.data, current_user, clock.now())

    if done(form, act):
        flash("그림을 붙였습니다.", "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("archive/staff_picture.html", form=form, story=_story(public_id))


@pages.post("/<public_id>/picture/remove")
@staff
def remove_picture(public_id: str) -> ResponseReturnValue:
    """Take the picture away."""
    story = _story(public_id)
    with unit_of_work():
        stories.remove_picture(story, current_user, clock.now())
    flash("그림을 지웠습니다.", "success")
    return redirect(url_for(".show", public_id=public_id), 303)


@pages.get("/<public_id>/picture/<file_id>")
@staff
def picture(public_id: str, file_id: str) -> ResponseReturnValue:
    """The picture, whether the story is public or not."""
    file = _story(public_id).picture
    return download(file) if file and file.public_id == file_id else abort(404)


@pages.route("/<public_id>/ask", methods=["GET", "POST"])
@staff
def ask(public_id: str) -> ResponseReturnValue:
    """Show who would be asked, then ask them."""
    story, form = _story(public_id), Form()
    if story.state is not StoryState.DRAFT:
        return redirect(url_for(".show", public_id=public_id))
    if done(form, lambda: stories_asking.ask(story, current_user, clock.now())):
        flash("두 기관에 읽고 동의해 달라고 알렸습니다. 모두 동의하면 바로 게시됩니다.", "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    story = _story(public_id)
    return render_template("archive/staff_ask.html", form=form, story=story, readers=stories_asking.readers_of(story))


@pages.post("/<public_id>/organizations/<int:organization_id>/remind")
@staff
def remind(public_id: str, organization_id: int) -> ResponseReturnValue:
    """Ask one organization once more."""
    story = _story(public_id)
    with unit_of_work():
        waits = story.state is StoryState.ASKED
        number = stories_asking.remind(story, organization_id, clock.now()) if waits else 0
    flash(
        "다시 알렸습니다." if number else "오늘 이미 다시 알렸거나 알릴 사람이 없습니다.",
        "success" if number else "info",
    )
    return redirect(url_for(".show", public_id=public_id), 303)


@pages.route("/<public_id>/withdraw", methods=["GET", "POST"])
@staff
def withdraw(public_id: str) -> ResponseReturnValue:
    """Ask why, then take it off the pages."""
    story, form = _story(public_id), WithdrawForm()
    if done(form, lambda: stories.withdraw(story, form.reason.data, current_user, clock.now())):
        flash("이야기를 내렸습니다.", "success")
        return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("archive/staff_withdraw.html", form=form, story=_story(public_id))


def _story(public_id: str) -> Story:
    return stories.story_with(public_id) or abort(404)


def _match(need_id: int) -> Match:
    need = need_numbered(need_id) or abort(404)
    return match_of(need) or abort(404)
