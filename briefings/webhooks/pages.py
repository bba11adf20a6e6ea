"""설정 → 웹훅: which programs are told of what, what each was told, and what it answered."""

import json

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.db import unit_of_work
from briefings.errors import Refused
from briefings.web.access import administrator
from briefings.web.forms import Form
from briefings.webhooks import managing
from briefings.webhooks.forms import EndpointForm
from briefings.webhooks.makers import name_of
from briefings.webhooks.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from briefings.webhooks.telling import BOUNDS, is_written
from briefings.webhooks.words import EVENT_WORDS, STATE_TONES, STATES

pages = Blueprint("staff_webhooks", __name__, url_prefix="/staff/webhooks")
pages.context_processor(lambda: {"events": EVENT_WORDS, "states": STATES, "tones": STATE_TONES, "now": clock.now()})


@pages.get("")
@administrator
def index() -> ResponseReturnValue:
    """Every endpoint, and how it does."""
    return render_template("webhooks/index.html", rows=managing.all_endpoints())


@pages.route("/new", methods=["GET", "POST"])
@administrator
def new() -> ResponseReturnValue:
    """Make one; the answer shows its secret, this once."""
    form = EndpointForm()
    if form.validate_on_submit():
        try:
            with unit_of_work():
                endpoint, secret = managing.make(**form.wanted(), private=_private(), by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return _shown_once(endpoint, secret)
    return render_template("webhooks/edit.html", form=form, endpoint=None)


@pages.get("/<public_id>")
@administrator
def show(public_id: str) -> ResponseReturnValue:
    """One endpoint with what it was told, the newest on top."""
    endpoint = _endpoint(public_id)
    said = request.args.get("state", "")
    state = DeliveryState(said) if said in list(DeliveryState) else None
    return render_template(
        "webhooks/show.html",
        endpoint=endpoint,
        maker=name_of(endpoint.created_by_id),
        state=state,
        page=managing.deliveries_of(endpoint, state, request.args.get("page", 1, int)),
        form=Form(),
    )


@pages.route("/<public_id>/edit", methods=["GET", "POST"])
@administrator
def edit(public_id: str) -> ResponseReturnValue:
    """Change where, what or of what."""
    endpoint = _endpoint(public_id)
    form = EndpointForm(obj=endpoint)
    if form.validate_on_submit():
        try:
            with unit_of_work():
                changed = managing.change(
                    endpoint, **form.wanted(), private=_private(), by=current_user, now=clock.now()
                )
        except Refused as error:
            form.refuse(error)
        else:
            flash("웹훅을 고쳤습니다." if changed else "바뀐 것이 없습니다.", "success" if changed else "info")
            return redirect(url_for(".show", public_id=public_id), 303)
    return render_template("webhooks/edit.html", form=form, endpoint=endpoint)


@pages.route("/<public_id>/secret", methods=["GET", "POST"])
@administrator
def renew_secret(public_id: str) -> ResponseReturnValue:
    """Ask, then make another secret and show it, this once."""
    endpoint, form = _endpoint(public_id), Form()
    if form.validate_on_submit():
        with unit_of_work():
            secret = managing.renew_secret(endpoint, by=current_user, now=clock.now())
        return _shown_once(endpoint, secret)
    return render_template("webhooks/secret.html", form=form, endpoint=endpoint)


@pages.route("/<public_id>/remove", methods=["GET", "POST"])
@administrator
def remove(public_id: str) -> ResponseReturnValue:
    """Ask, then take it away with its log."""
    endpoint, form = _endpoint(public_id), Form()
    if form.validate_on_submit():
        name = endpoint.description
        with unit_of_work():
            managing.remove(endpoint, by=current_user, now=clock.now())
        flash(f"‘{name}’ 웹훅을 지웠습니다.", "success")
        return redirect(url_for(".index"), 303)
    return render_template("webhooks/remove.html", form=form, endpoint=endpoint)


@pages.post("/<public_id>/<any('pause', 'resume'):act>")
@administrator
def switch(public_id: str, act: str) -> ResponseReturnValue:
    """Pause it, or tell it again."""
    endpoint = _endpoint(public_id)
    with unit_of_work():
        {"pause": managing.pause, "resume": managing.resume}[act](endpoint, by=current_user, now=clock.now())
    flash("웹훅을 멈췄습니다." if act == "pause" else "웹훅을 다시 켰습니다. 기다리던 것부터 보냅니다.", "success")
    return redirect(url_for(".show", public_id=public_id), 303)


@pages.post("/<public_id>/test")
@administrator
def try_out(public_id: str) -> ResponseReturnValue:
    """Send it an event that means nothing."""
    endpoint = _endpoint(public_id)
    with unit_of_work():
        delivery = managing.try_out(endpoint, by=current_user, now=clock.now())
        number = delivery.public_id
    flash("시험 알림을 차례에 넣었습니다. 몇 초 뒤에 이 화면을 새로 열어 결과를 확인해 주세요.", "success")
    return redirect(url_for(".delivery", public_id=public_id, delivery_id=number), 303)


@pages.get("/<public_id>/deliveries/<delivery_id>")
@administrator
def delivery(public_id: str, delivery_id: str) -> ResponseReturnValue:
    """One delivery: what was said, what was answered."""
    endpoint = _endpoint(public_id)
    found = _delivery(endpoint, delivery_id)
    body = json.dumps(found.data, ensure_ascii=False, indent=2) if is_written(found) else ""
    return render_template("webhooks/delivery.html", endpoint=endpoint, delivery=found, body=body, form=Form())


@pages.post("/<public_id>/deliveries/<delivery_id>/again")
@administrator
def send_again(public_id: str, delivery_id: str) -> ResponseReturnValue:
    """Put it into the line again."""
    found = _delivery(_endpoint(public_id), delivery_id)
    with unit_of_work():
        managing.send_again(found, by=current_user, now=clock.now())
    flash("보낼 차례에 다시 넣었습니다. 몇 초 뒤에 이 화면을 새로 열어 결과를 확인해 주세요.", "success")
    return redirect(url_for(".delivery", public_id=public_id, delivery_id=delivery_id), 303)


def _shown_once(endpoint: WebhookEndpoint, secret: str) -> Response:
    page = render_template("webhooks/made.html", endpoint=endpoint, secret=secret, seconds=BOUNDS.timeout)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


def _endpoint(public_id: str) -> WebhookEndpoint:
    return managing.endpoint_known_as(public_id) or abort(404)


def _delivery(endpoint: WebhookEndpoint, public_id: str) -> WebhookDelivery:
    return managing.delivery_known_as(endpoint, public_id) or abort(404)


def _private() -> bool:
    return bool(current_app.config["WEBHOOK_PRIVATE"])
