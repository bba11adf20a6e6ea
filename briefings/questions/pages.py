"""Questions of people with a place, by their join link: asking, wanting to know too, taking back."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.questions import asking
from briefings.questions.board import questions_of
from briefings.questions.desk_lists import Page
from briefings.questions.forms import ask_form_for, asking_values
from briefings.questions.words import TONES
from briefings.schedule.links import registration_behind
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token
from briefings.web.filters import local
from briefings.web.problems import reason
from briefings.web.security import limiter, personal_link

pages = Blueprint("questions", __name__)
pages.add_app_template_filter(TONES.__getitem__, "question_tone")


@pages.route("/join/<token>/questions", methods=["GET", "POST"])
@by_token
@limiter.limit("10/minute", key_func=personal_link, methods=["POST"])
def ask(token: str) -> ResponseReturnValue:
    """Every question of the briefing, one's own among them, and the form for another."""
    registration, now = registration_behind(token, "join"), clock.now()
    form = ask_form_for(registration, now)
    if form is not None and form.validate_on_submit():
        given = form.text.data, form.slot.data, form.anonymous.data
        try:
            with unit_of_work():
                asking.ask(registration_behind(token, "join"), *given, local(now).date(), now)
        except Refused as error:
            form.refuse(error)
        else:
            return _said(token, gettext("질문을 올렸습니다."))
    registration = registration_behind(token, "join")
    values = asking_values(registration, now, form=form)
    return render_template(
        "questions/all.html",
        token=token,
        briefing=registration.briefing,
        page=Page(request.args.get("page", 1, int), questions_of(registration.briefing)),
        own_ids={question.public_id for question in values["own"].asked},
        back="all",
        failed=bool(form and form.errors),
        now=now,
        **values,
    )


@pages.post("/join/<token>/questions/vote")
@by_token
@limiter.limit("60/minute", key_func=personal_link)
def vote(token: str) -> ResponseReturnValue:
    """Want a question answered too."""
    done = gettext("궁금하다고 표시했습니다.")
    return _do(token, lambda person: asking.vote(person, _named(), clock.now()), done)


@pages.post("/join/<token>/questions/unvote")
@by_token
@limiter.limit("60/minute", key_func=personal_link)
def unvote(token: str) -> ResponseReturnValue:
    """Want it no longer."""
    done = gettext("궁금하다는 표시를 거두었습니다.")
    return _do(token, lambda person: asking.take_vote_back(person, _named(), clock.now()), done)


@pages.post("/join/<token>/questions/withdraw")
@by_token
@limiter.limit("10/minute", key_func=personal_link)
def withdraw(token: str) -> ResponseReturnValue:
    """Take one's own question back."""
    done = gettext("질문을 거두었습니다.")
    return _do(token, lambda person: asking.withdraw(person, _named()), done)


def _named() -> str:
    """The question a button is about, without what no text of ours may hold."""
    return request.form.get("question", "").replace("\0", "")


def _do(token: str, act: Callable[[Registration], object], done: str) -> ResponseReturnValue:
    try:
        with unit_of_work():
            act(registration_behind(token, "join"))
    except Refused as error:
        return _said(token, reason(error), "error")
    return _said(token, done)


def _said(token: str, words: str, kind: str = "success") -> ResponseReturnValue:
    """Back to the page it came from, which says what was done."""
    flash(words, kind)
    if request.form.get("back") == "all":
        return redirect(url_for("questions.ask", token=token, _anchor="asking"), 303)
    return redirect(url_for("live.join", token=token, _anchor="asking"), 303)
