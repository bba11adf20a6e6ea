"""A registrant's own pages: opened by a personal link, they show and change one registration."""

from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from briefings import clock
from briefings.calendar.items import published as published_calendar
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.registrations.cookies import forget, remember, remembers
from briefings.registrations.forms import ChangeForm, FindForm, NewAddressForm
from briefings.registrations.remembering import agreed_before, offers_for
from briefings.schedule import new_address, registering, waiting
from briefings.schedule.agreeing import answers_of
from briefings.schedule.calendar_objects import item_object
from briefings.schedule.eligibility import again_reason, kinds_open_to
from briefings.schedule.finding import party_of, place_in_line, places_of
from briefings.schedule.invitations import open_item, resend_invite
from briefings.schedule.links import registration_behind, token_of
from briefings.schedule.models import Phase
from briefings.schedule.programme import programme_of
from briefings.schedule.public import calendar_file
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.schedule.support import asked_until
from briefings.schedule.words import REGISTRATION_TONES, status_of
from briefings.web.access import by_token, public
from briefings.web.forms import Form, new_form_token
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait
from briefings.web.problems import reason

pages = Blueprint("registrations", __name__)


def stands(registration: Registration, now: datetime) -> bool:
    """Whether there is anything left to change or to give up."""
    over = registration.briefing.phase(now) in (Phase.CANCELLED, Phase.ENDED)
    return registration.state is not RegistrationState.CANCELLED and not over


WAITING = (RegistrationState.WAITLISTED, RegistrationState.REQUESTED)


@pages.get("/r/<token>")
@by_token
def show(token: str) -> ResponseReturnValue:
    """Where the registration stands, everything given with it, and what can be done."""
    now = clock.now()
    registration = registration_behind(token)
    briefing, state = registration.briefing, registration.state
    said = answers_of(registration, language())
    impossible = again_reason(registration, now)
    phase = briefing.phase(now)
    full = phase is Phase.OPEN and places_of(briefing).full
    may_return = state is RegistrationState.CANCELLED and not impossible
    return render_template(
        "schedule/registration.html",
        token=token,
        join_token=token_of(registration, "join"),
        registration=registration,
        briefing=briefing,
        phase=phase,
        status=status_of(briefing, full, now),
        tone=REGISTRATION_TONES[state],
        place=place_in_line(registration) if state is RegistrationState.WAITLISTED else None,
        step=_step(registration, phase),
        stands=stands(registration, now),
        has_place=state is RegistrationState.CONFIRMED,
        no_way_back=reason(impossible) if impossible else None,
        would_wait=may_return and not briefing.approval and full,
        refused=registration.refused_at is not None and state is RegistrationState.CANCELLED,
        waits_with=party_of(registration) if registration.party and state in WAITING else 0,
        interests=registration.interests,
        consents=said,
        boxes=[box for make in current_app.extensions["own_boxes"] if (box := make(registration, now))],
        remembers=remembers(registration),
        offers=[offer._replace(form_token=new_form_token()) for offer in offers_for(registration, now)],
        asks=bool(agreed_before(said).anew),
    )


@pages.route("/r/<token>/change", methods=["GET", "POST"])
@by_token
def change(token: str) -> ResponseReturnValue:
    """Correct what was given; the address and the place stay."""
    registration = registration_behind(token)
    if request.method == "GET" and not stands(registration, clock.now()):
        return redirect(url_for("registrations.show", token=token), 303)
    form = ChangeForm(programme_of(registration.briefing), registration)
    if kinds := kinds_open_to(registration):
        form.only_for(kinds)
    if form.validate_on_submit():
        details = form.changed()
        try:
            with unit_of_work():
                registering.change(registration, details, clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            flash(gettext("바꾼 내용을 저장했습니다."), "success")
            return redirect(url_for("registrations.show", token=token), 303)
    briefing = registration.briefing
    return render_template(
        "schedule/change.html",
        form=form,
        token=token,
        briefing=briefing,
        email=registration.email,
        support_until=asked_until(briefing, clock.now()),
    )


@pages.route("/r/<token>/address", methods=["GET", "POST"])
@by_token
def change_address(token: str) -> ResponseReturnValue:
    """Ask for another address; the answer is the same whatever is known of it."""
    registration = registration_behind(token)
    form, refused = NewAddressForm(), None
    if form.validate_on_submit():
        try:
            with counting_mail([form.email.data], about="another address"), unit_of_work():
                new_address.ask(registration_behind(token), form.email.data, clock.now())
        except Refused as error:
            form.refuse(error)
            refused = error
        else:
            sent = gettext(
                "%(address)s 주소로 확인 링크를 보냈습니다. 24시간 안에 그 링크를 열어 ‘이 주소로 바꾸기’를 "
                "눌러 주세요. 그때까지는 지금 주소를 씁니다.",
                address=form.email.data,
            )
            flash(sent, "success")
            return redirect(url_for("registrations.show", token=token), 303)
    impossible = new_address.settled_reason(registration, clock.now())
    page = render_template(
        "schedule/change_address.html",
        form=None if impossible else form,
        impossible=reason(impossible) if impossible else None,
        token=token,
        briefing=registration.briefing,
        email=registration.email,
    )
    return with_wait(page, refused)


@pages.route("/r/new-address/<token>", methods=["GET", "POST"])
@by_token
def confirm_address(token: str) -> ResponseReturnValue:
    """Move a registration to the address that the link came to, once the button is pressed."""
    now, form = clock.now(), Form()
    refused: Refused | None = None
    move = new_address.move_behind(token) or abort(404)
    if move.expires_at <= now and not move.done:
        return render_template("schedule/address_late.html"), 410
    if form.validate_on_submit():
        try:
            with unit_of_work():
                new_address.follow(new_address.move_behind(token) or abort(404), now)
        except Refused as error:
            refused = error
        else:
            flash(gettext("전자우편 주소를 바꾸었습니다. 앞으로 이 주소로 안내해 드립니다."), "success")
            return redirect(url_for("registrations.show", token=token_of(move.registration)), 303)
    return render_template(
        "schedule/confirm_address.html",
        form=form,
        token=token,
        move=move,
        briefing=move.registration.briefing,
        refused=reason(refused) if refused else None,
        taken=refused is not None and refused.field == "email",
    )


@pages.get("/r/<token>/cancel")
@by_token
def confirm_cancel(token: str) -> ResponseReturnValue:
    """What is lost, before it is, and whether there is a way back."""
    registration = registration_behind(token)
    if not stands(registration, clock.now()):
        return redirect(url_for("registrations.show", token=token), 303)
    waits = registration.state is RegistrationState.WAITLISTED
    impossible = again_reason(registration, clock.now())
    return render_template(
        "schedule/cancel.html",
        form=Form(),
        token=token,
        registration=registration,
        briefing=registration.briefing,
        waits=waits,
        place=place_in_line(registration) if waits else None,
        somebody_waits=places_of(registration.briefing).waiting > 0,
        no_way_back=reason(impossible) if impossible else None,
    )


@pages.post("/r/<token>/cancel")
@by_token
def cancel(token: str) -> ResponseReturnValue:
    """Give the place up."""
    done = gettext("신청을 취소했습니다. 취소되었다는 안내를 전자우편으로 보내 드립니다.")
    return _do(token, registering.cancel, done)


@pages.post("/r/<token>/register")
@by_token
def register_again(token: str) -> ResponseReturnValue:
    """Take a cancelled registration up again."""
    return _do(token, registering.register_again, gettext("다시 신청했습니다. 결과를 전자우편으로 보내 드립니다."))


@pages.post("/r/<token>/any-place")
@by_token
def take_any(token: str) -> ResponseReturnValue:
    """Wait no longer for colleagues who come all together."""
    return _do(token, waiting.take_any, gettext("이제 한 사람씩 따로 기다립니다. 자리가 나면 알려 드립니다."))


@pages.post("/r/<token>/remember")
@by_token
def remember_person(token: str) -> ResponseReturnValue:
    """Have this browser remember the person, who has proven the address by this very page."""
    registration = registration_behind(token)
    flash(gettext("이 브라우저에서 기억합니다. 다음 설명회는 단추 하나로 신청할 수 있습니다."), "success")
    return remember(redirect(url_for("registrations.show", token=token, _anchor="others"), 303), registration)


@pages.post("/r/<token>/forget")
@by_token
def forget_person(token: str) -> ResponseReturnValue:
    """Have this browser forget the person."""
    registration_behind(token)
    flash(gettext("이 브라우저에서 더는 기억하지 않습니다."), "success")
    return forget(redirect(url_for("registrations.show", token=token), 303))


@pages.post("/r/<token>/invitation")
@by_token
def invite_again(token: str) -> ResponseReturnValue:
    """Send the invitation for the calendar once more."""
    return _do(token, resend_invite, gettext("일정 초대를 다시 보냈습니다. 전자우편을 확인해 주세요."))


@pages.get("/r/<token>/briefing.ics")
@by_token
def ics(token: str) -> ResponseReturnValue:
    """The registrant's own calendar entry as a file, under the same UID as in the invitation."""
    item = open_item(registration_behind(token))
    if item is None:
        abort(404)
    return calendar_file(published_calendar([item_object(item, item.sequence)]))


@pages.route("/registrations/find", methods=["GET", "POST"])
@public
def find() -> ResponseReturnValue:
    """Ask for one's personal links; the answer is the same for every address."""
    form, refused = FindForm(), None
    if form.validate_on_submit():
        try:
            with counting_mail([form.email.data], about="links"), unit_of_work():
                registering.find_mine(form.email.data, clock.now())
        except Refused as error:
            form.refuse(error)
            refused = error
        else:
            return redirect(url_for("registrations.links_sent"), 303)
    return with_wait(render_template("schedule/find.html", form=form), refused)


@pages.get("/registrations/find/sent")
@public
def links_sent() -> ResponseReturnValue:
    """What to expect now; says nothing about any address."""
    return render_template("schedule/links_sent.html")


def _do(token: str, act: Callable[[Registration, datetime], object], done: str) -> ResponseReturnValue:
    """Do something with the registration and say so on its page, or why not."""
    try:
        with unit_of_work():
            act(registration_behind(token), clock.now())
    except Refused as error:
        flash(reason(error), "error")
    else:
        flash(done, "success")
    return redirect(url_for("registrations.show", token=token), 303)


def _step(registration: Registration, phase: Phase) -> int | None:
    """Which step of the way the registration has come to; None when it led nowhere."""
    if registration.state is RegistrationState.CANCELLED or phase is Phase.CANCELLED:
        return None
    if registration.state in WAITING:
        return None if phase is Phase.ENDED else 1
    return {Phase.LIVE: 3, Phase.ENDED: 4}.get(phase, 2)
