"""Replying to needs without an account: one screen from a need, a briefing, or a personal link."""

from collections.abc import Sequence

from flask import Blueprint, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import Need
from briefings.organizations.finding import organization_of
from briefings.organizations.models import OrganizationKind
from briefings.participation import replying
from briefings.participation.forms import ChangeForm, SenderForm, reply_form
from briefings.participation.links import reply_behind
from briefings.participation.models import ReplyState, Visibility
from briefings.participation.replying import Offer, Sender
from briefings.participation.words import REPLY_TONES
from briefings.privacy.consenting import current_text
from briefings.privacy.models import Purpose
from briefings.schedule.links import registration_behind
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token, public
from briefings.web.language import language
from briefings.web.security import limiter

OFTEN = "10/minute;100/hour"  # whole ministries share one network address, and reply after the same briefing
pages = Blueprint("replies", __name__)
pages.context_processor(lambda: {"reply_tones": REPLY_TONES})


@pages.route("/needs/<int:need_id>/reply", methods=["GET", "POST"])
@public
@limiter.limit(OFTEN, methods=["POST"])
def write(need_id: int) -> ResponseReturnValue:
    """Reply to one need."""
    with_owner = joinedload(Need.organization)
    need = db.session.scalar(select(Need).where(Need.id == need_id).options(with_owner))
    if need is None or not need.is_public:
        abort(404)
    return _write([need])


@pages.route("/briefings/<public_id>/reply", methods=["GET", "POST"])
@public
@limiter.limit(OFTEN, methods=["POST"])
def write_for_briefing(public_id: str) -> ResponseReturnValue:
    """Reply to any of the needs presented in a briefing."""
    briefing = db.session.scalar(select(Briefing).where(Briefing.public_id == public_id))
    if briefing is None or briefing.state is not BriefingState.PUBLISHED:
        abort(404)
    return _write(_needs_of(briefing), briefing)


@pages.route("/r/<token>/reply", methods=["GET", "POST"], defaults={"purpose": "registration"})
@pages.route("/join/<token>/reply", methods=["GET", "POST"], defaults={"purpose": "join"}, endpoint="write_from_join")
@by_token
@limiter.limit(OFTEN, methods=["POST"])
def write_with_link(token: str, purpose: str) -> ResponseReturnValue:
    """The same, with what the person gave at registration filled in."""
    registration = registration_behind(token, purpose)
    return _write(_needs_of(registration.briefing), registration.briefing, registration)


@pages.get("/replies/sent")
@public
def sent() -> ResponseReturnValue:
    """What happens next; says nothing about anybody."""
    return render_template("participation/sent.html")


@pages.get("/replies/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """One's own reply, where it stands, and what can still be done with it."""
    made = reply_behind(token)
    return render_template(
        "participation/reply.html", reply=made, token=token, can_change=made.state is ReplyState.SENT
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
    """Ask first, then take it back."""
    made = reply_behind(token)
    form = FlaskForm()
    if form.validate_on_submit():
        with unit_of_work():
            replying.withdraw(made, clock.now())
        flash(gettext("답글을 거두어들였습니다. 수요기관에 알렸습니다."), "success")
        return redirect(url_for("replies.show", token=token), 303)
    return render_template("participation/withdraw.html", form=form, reply=made, token=token)


def _write(
    needs: Sequence[Need], briefing: Briefing | None = None, registration: Registration | None = None
) -> ResponseReturnValue:
    open_needs = [need for need in needs if need.takes_replies]
    form = reply_form(open_needs, data=_known(registration, open_needs))
    consent = current_text(Purpose.REPLY, language())
    form.consent.about(consent)
    if open_needs and form.validate_on_submit():
        now = clock.now()
        try:
            with unit_of_work():
                done = replying.reply(
                    _sender(form),
                    _offers(form),
                    form.conditions.data,
                    Visibility(form.visibility.data),
                    consent,
                    current_app.config["TIMEZONE"],
                    now,
                    briefing,
                )
            _say(done)
            return redirect(url_for("replies.sent"), 303)
        except Refused as refused:
            form.refuse(refused)
    return render_template(
        "participation/write.html",
        form=form,
        needs=open_needs,
        closed=[need for need in needs if not need.takes_replies],
        briefing=briefing,
        consent=consent,
    )


def _known(registration: Registration | None, needs: Sequence[Need]) -> dict[str, object]:
    if registration is None:
        return _of_account()
    interesting = {need.id for need in registration.interests}
    ticks = {f"chosen_{need.id}": need.id in interesting for need in needs}
    return {
        "kind": registration.organization.kind.value,
        "organization": registration.organization.name,
        "name": registration.name,
        "email": registration.email,
        "phone": registration.phone,
        **ticks,
    }


def _of_account() -> dict[str, object]:
    """What is known of a need owner who is signed in and replies to another's need."""
    organization = organization_of(current_user) if current_user.is_authenticated else None
    if organization is None:
        return {}
    person = {"name": current_user.name, "email": current_user.email, "phone": current_user.phone}
    return {"kind": organization.kind.value, "organization": organization.name, **person}


def _sender(form: SenderForm) -> Sender:
    kind = OrganizationKind(form.kind.data)
    return Sender(form.name.data, form.email.data, form.organization.data, kind, form.phone.data, language())


def _offers(form: SenderForm) -> list[Offer]:
    parts = [(need, *form.parts(need)) for need in form.chosen()]
    return [Offer(need, offer.data, tuple(tags.data)) for need, _, offer, tags in parts]


def _say(done: replying.Sent) -> None:
    if done.replies:
        flash(gettext("참여 답글 %(number)s건을 보냈습니다.", number=len(done.replies)), "success")
    for need in done.already:
        text = gettext(
            "‘%(title)s’ 과제에는 같은 기관에서 보낸 답글이 이미 있어 새로 보내지 않았습니다. "
            "먼저 보낸 분께 답글을 고칠 수 있는 주소를 다시 보냈습니다.",
            title=need.title,
        )
        flash(text, "warning")


def _needs_of(briefing: Briefing) -> list[Need]:
    return [entry.need for entry in programme_of(briefing)]
