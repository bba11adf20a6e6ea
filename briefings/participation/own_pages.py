"""One's own reply by personal link: how it stands, other words, taking it back."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_wtf import FlaskForm

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.participation import replying
from briefings.participation.forms import ChangeForm
from briefings.participation.links import replier_behind, reply_behind, token_of
from briefings.participation.matching import match_of
from briefings.participation.models import ReplyState, Visibility
from briefings.participation.public import pages
from briefings.web.access import by_token

WITHDRAWABLE = (ReplyState.SENT, ReplyState.ACKNOWLEDGED, ReplyState.CONSULTING)


@pages.get("/replies/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """The reply, where it stands, and what can still be done with it."""
    holder = replier_behind(token)
    made = holder.reply
    talk = made.talk
    return render_template(
        "participation/reply.html",
        reply=made,
        talk_url=url_for("talks.show", token=token_of(made, holder.email, "talk"))
        if talk and talk.stands(clock.now())
        else None,
        holder=holder,
        token=token,
        can_change=made.state is ReplyState.SENT,
        can_withdraw=holder.colleague is None and made.state in WITHDRAWABLE,
        match_token=token_of(made, holder.email, "match"),
        in_match=match.of(made.organization_id) if (match := match_of(made.need)) else None,
        asking=[each for each in made.colleagues if each.waits],
        joined=[each for each in made.colleagues if each.is_in],
    )


@pages.route("/replies/<token>/change", methods=["GET", "POST"])
@by_token
def change(token: str) -> ResponseReturnValue:
    """Other words, until the owner opens it."""
    made = reply_behind(token)
    form = ChangeForm(obj=made)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                replying.change(
                    made, form.offer.data, form.offer_tags.data, form.conditions.data, Visibility(form.visibility.data)
                )
            flash(gettext("답글을 고쳤습니다."), "success")
            return redirect(url_for("replies.show", token=token), 303)
        except Refused as refused:
            form.refuse(refused)
    return render_template("participation/change.html", form=form, reply=made, token=token)


@pages.route("/replies/<token>/withdraw", methods=["GET", "POST"])
@by_token
def withdraw(token: str) -> ResponseReturnValue:
    """Ask first, then take it back; colleagues leave it instead."""
    holder = replier_behind(token)
    if holder.colleague is not None:
        return redirect(url_for("reply_colleagues.leave", token=token), 303)
    form = FlaskForm()
    if form.validate_on_submit():
        with unit_of_work():
            replying.withdraw(holder.reply, clock.now())
        flash(gettext("답글을 거두어들였습니다. 수요기관에 알렸습니다."), "success")
        return redirect(url_for("replies.show", token=token), 303)
    return render_template("participation/withdraw.html", form=form, reply=holder.reply, token=token)
