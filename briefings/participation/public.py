"""Writing replies: from the page of a need, a briefing, or a personal link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.live import interests
from briefings.live.interests import interests_of
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import organization_of
from briefings.organizations.models import OrganizationKind
from briefings.participation import drafts, interest_box, replying
from briefings.participation.drafting import place_of
from briefings.participation.forms import SenderForm, reply_form
from briefings.participation.models import ReplyDraft, Visibility
from briefings.participation.replying import Offer, Sender, due_at
from briefings.participation.words import REPLY_TONES
from briefings.privacy.consenting import current_text
from briefings.privacy.models import Purpose
from briefings.schedule.links import registration_behind
from briefings.schedule.models import Briefing, BriefingState
from briefings.schedule.programme import programme_of
from briefings.schedule.registration_models import Registration
from briefings.web.access import by_token, public
from briefings.web.language import language
from briefings.web.limits import counting_mail, with_wait
from briefings.web.security import limiter

OFTEN = "10/minute;100/hour"  # whole ministries share one network address, and reply after the same briefing
SAVED_OFTEN = "600/minute"
pages = Blueprint("replies", __name__)
pages.context_processor(lambda: {"reply_tones": REPLY_TONES})


def _keeps() -> bool:
    """Whether a post only has a draft kept or thrown away."""
    return request.form.get("do", "") in ("save", "autosave", "forget")


def _by_link() -> str:
    return str((request.view_args or {}).get("token", ""))


not_too_often = limiter.limit(OFTEN, methods=["POST"], exempt_when=_keeps)
saved_not_too_often = limiter.limit(SAVED_OFTEN, methods=["POST"], exempt_when=lambda: not _keeps())
not_too_often_by_link = limiter.limit(OFTEN, methods=["POST"], key_func=_by_link, exempt_when=_keeps)


@dataclass(frozen=True)
class Desk:
    """Where somebody writes: which needs there are to answer, from where they came, and where they read it was sent."""

    needs: Sequence[Need]
    done: str
    briefing: Briefing | None = None
    registration: Registration | None = None

    @cached_property
    def open(self) -> list[Need]:
        """The needs that take replies and have none of this person yet, the one that was asked for first."""
        wanted, done = request.args.get("need", type=int), {need.id for need in self.answered}
        left = (need for need in self.needs if need.takes_replies and need.id not in done)
        return sorted(left, key=lambda need: need.id != wanted)

    @cached_property
    def answered(self) -> list[Need]:
        """The needs that whoever holds the personal link has answered; of nobody else it is said."""
        if self.registration is None:
            return []
        done = replying.answered_by(self.registration.email, self.needs)
        return [need for need in self.needs if need.id in done]


@pages.route("/needs/<int:need_id>/reply", methods=["GET", "POST"])
@public
@not_too_often
@saved_not_too_often
def write(need_id: int) -> ResponseReturnValue:
    """Reply to one need."""
    with_owner = joinedload(Need.organization)
    need = db.session.scalar(select(Need).where(Need.id == need_id).options(with_owner))
    if need is None or not need.is_public:
        abort(404)
    return _write(Desk([need], url_for("replies.sent")))


@pages.route("/briefings/<public_id>/reply", methods=["GET", "POST"])
@public
@not_too_often
@saved_not_too_often
def write_for_briefing(public_id: str) -> ResponseReturnValue:
    """Reply to any of the needs presented in a briefing."""
    briefing = db.session.scalar(select(Briefing).where(Briefing.public_id == public_id))
    if briefing is None or briefing.state is not BriefingState.PUBLISHED:
        abort(404)
    return _write(Desk(_needs_of(briefing), url_for("replies.sent"), briefing))


@pages.route("/r/<token>/reply", methods=["GET", "POST"], defaults={"purpose": "registration"})
@pages.route("/join/<token>/reply", methods=["GET", "POST"], defaults={"purpose": "join"}, endpoint="write_from_join")
@by_token
@not_too_often_by_link
def write_with_link(token: str, purpose: str) -> ResponseReturnValue:
    """The same, with what the person gave at registration filled in, and what they showed interest in ticked."""
    registration = registration_behind(token, purpose)
    done = url_for("replies.sent_from_join" if purpose == "join" else "replies.sent_with_link", token=token)
    return _write(Desk(_needs_of(registration.briefing), done, registration.briefing, registration))


@pages.get("/replies/sent")
@public
def sent() -> ResponseReturnValue:
    """What happens next, and by when; the same whether or not somebody else had replied before."""
    return _sent(None)


@pages.get("/r/<token>/reply/sent", defaults={"purpose": "registration"})
@pages.get("/join/<token>/reply/sent", defaults={"purpose": "join"}, endpoint="sent_from_join")
@by_token
def sent_with_link(token: str, purpose: str) -> ResponseReturnValue:
    """The same, with the way back to where the person came from."""
    registration_behind(token, purpose)
    return _sent(url_for("live.join" if purpose == "join" else "registrations.show", token=token))


@pages.post("/join/<token>/interest")
@by_token
def raise_interest(token: str) -> ResponseReturnValue:
    """Note, or take back, that the person is interested in a need; to a script the part of the page that says so."""
    registration, now = registration_behind(token, "join"), clock.now()
    need_id = request.form.get("need", default=0, type=int)
    try:
        with unit_of_work():
            said = _interest(registration, need_id, now)
    except Refused:
        if "quiet" not in request.form:
            raise
        return _interest_box(registration, token, now), 409
    if "quiet" in request.form:
        return _interest_box(registration, token, now)
    flash(said, "success")
    return redirect(url_for("live.join", token=token), 303)


def _interest(registration: Registration, need_id: int, now: datetime) -> str:
    if "back" in request.form:
        interests.take_back(registration, need_id)
        return gettext("관심 표시를 지웠습니다.")
    need = interests.raise_interest(registration, need_id, now)
    return gettext("‘%(title)s’ 과제에 관심을 표시했습니다. 답글 화면에 골라 둡니다.", title=need.title)


def _interest_box(registration: Registration, token: str, now: datetime) -> str:
    box = interest_box.box(registration, now) or abort(404)
    return render_template(box.template, registration=registration, token=token, **box.values)


def _write(desk: Desk) -> ResponseReturnValue:
    now = clock.now()
    kept = place_of(desk.registration).draft(now)
    form = reply_form(desk.open, data=_known(desk) | (kept.content | _ticked_since(desk, kept) if kept else {}))
    consent = current_text(Purpose.REPLY, language())
    form.ask_for(consent)
    if request.method == "POST" and _keeps():
        return KEEPING[request.form["do"]](desk, form, now)
    refused: Refused | None = None
    if desk.open and form.validate_on_submit():
        try:
            return _send(desk, form, now)
        except Refused as error:
            refused = error
            form.refuse(error)
    page = render_template(
        "participation/write.html",
        form=form,
        desk=desk,
        needs=desk.open,
        closed=[need for need in desk.needs if not need.takes_replies],
        consent=consent,
        due_at=due_at(now, current_app.config["TIMEZONE"]),
        kept=kept,
        kept_until=drafts.good_until(kept) if kept else None,
        known=desk.registration is not None or _of_account() != {},
        marked=request.args.get("need", type=int),
    )
    return with_wait(page, refused)


def _send(desk: Desk, form: SenderForm, now: datetime) -> ResponseReturnValue:
    consent, zone = current_text(Purpose.REPLY, language()), current_app.config["TIMEZONE"]
    sender, chosen = _sender(form), form.chosen()
    proven = desk.registration is not None and desk.registration.email == sender.email.lower()
    with counting_mail([] if proven else [sender.email], "replying"), unit_of_work():
        visibility = Visibility(form.visibility.data)
        replying.reply(sender, _offers(form), "", visibility, consent, zone, now, desk.briefing)
        drafts.sent(place_of(desk.registration).key, chosen, now)
    session["replied"] = {
        "needs": [need.id for need in chosen],
        "email": sender.email,
        "due": due_at(now, zone).isoformat(),
    }
    return redirect(desk.done, 303)


def _save(desk: Desk, form: SenderForm, now: datetime) -> ResponseReturnValue:
    place = place_of(desk.registration, begin=True)
    with unit_of_work():
        drafts.save(place.key, form.draft(), now)
    flash(gettext("적은 내용을 임시 저장했습니다. 7일 동안 보관합니다."), "success")
    return place.remembered(_back())


def _autosave(desk: Desk, form: SenderForm, now: datetime) -> ResponseReturnValue:
    place = place_of(desk.registration, begin=True)
    with unit_of_work():
        drafts.save(place.key, form.draft(), now)
    return place.remembered(Response(status=204))


def _forget(desk: Desk, form: SenderForm, now: datetime) -> ResponseReturnValue:
    with unit_of_work():
        drafts.forget(place_of(desk.registration).key)
    flash(gettext("임시 저장한 내용을 지웠습니다."), "success")
    return _back()


KEEPING: dict[str, Callable[[Desk, SenderForm, datetime], ResponseReturnValue]] = {
    "save": _save,
    "autosave": _autosave,
    "forget": _forget,
}
"""What a press does that sends nothing."""


def _back() -> Any:
    return redirect(url_for(request.endpoint or "", **(request.view_args or {}), **request.args.to_dict()), 303)


def _sent(back: str | None) -> str:
    done = session.get("replied") or {}
    needs = select(Need).where(Need.id.in_(done.get("needs", [])), Need.state == NeedState.PUBLISHED)
    return render_template(
        "participation/sent.html",
        needs=db.session.scalars(needs.options(joinedload(Need.organization)).order_by(Need.id)).all(),
        email=done.get("email", ""),
        due_at=datetime.fromisoformat(done["due"]) if done else None,
        back=back,
    )


def _known(desk: Desk) -> dict[str, object]:
    marked = request.args.get("need", type=int)
    ticks: dict[str, object] = {f"chosen_{need.id}": need.id == marked for need in desk.needs}
    if desk.registration is None:
        return ticks | _of_account()
    registration = desk.registration
    if marked is None:
        ticks |= {f"chosen_{said.need.id}": True for said in interests_of(registration)}
    return {
        "kind": registration.organization.kind.value,
        "organization": registration.organization.name,
        "name": registration.name,
        "email": registration.email,
        "phone": registration.phone,
        **ticks,
    }


def _ticked_since(desk: Desk, kept: ReplyDraft) -> dict[str, object]:
    """The need the link is about, and interest said since the draft was kept: the draft does not know of them yet."""
    marked = request.args.get("need", type=int)
    said = interests_of(desk.registration) if desk.registration else []
    newer = [each.need.id for each in said if each.raised_at and each.raised_at > kept.saved_at]
    return {f"chosen_{number}": True for number in (marked, *newer) if number}


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
    return [
        Offer(need, offer.data, tuple(tags.data), form.conditions(need).data or "") for need, _, offer, tags in parts
    ]


def _needs_of(briefing: Briefing) -> list[Need]:
    return [entry.need for entry in programme_of(briefing)]
