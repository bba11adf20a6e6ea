"""What staff see of the mails: who gets what and why, what became of it, the mail itself; and what they do about it."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.audit.recording import history_of, record
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox import finding, handling
from briefings.outbox.finding import Search, Standing
from briefings.outbox.forms import MessageFilters, Ticks, TogetherForm
from briefings.outbox.handling import POSSIBLE, Act
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.preview import read
from briefings.outbox.queueing import Recipient
from briefings.outbox.readers import readers_reach
from briefings.outbox.received import Received, received
from briefings.outbox.smtp import MAILBOX
from briefings.outbox.words import ACTIONS, KINDS, STANDING_TONES, of_thread
from briefings.web.access import staff
from briefings.web.forms import Form
from briefings.web.routing import row_number

pages = Blueprint("outbox", __name__, url_prefix="/staff/outbox")
# The mail brings its own styles, as mails must; nothing else in it may do anything.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)
NOT_LEFT = (MessageState.HELD, MessageState.QUEUED, MessageState.FAILED, MessageState.BOUNCED)
DONE = {
    Act.HOLD: "%s건을 보류했습니다. 내보낼 때까지 기다립니다.",
    Act.RELEASE: "%s건을 내보냈습니다. 때가 된 것부터 몇 초 안에 보냅니다.",
    Act.AGAIN: "%s건을 보낼 차례에 다시 넣었습니다. 몇 초 안에 보내기 시작합니다.",
}


@pages.context_processor
def _words() -> dict[str, object]:
    kept_here = current_app.config["SMTP_URL"] == MAILBOX
    words = {"kinds": KINDS, "tones": STANDING_TONES, "of_thread": of_thread}
    return words | {"kept_here": kept_here, "standing_of": finding.standing_of}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Messages, the newest on top, with how many stand where and what can be done with all of them."""
    filters = MessageFilters(request.args)
    search = filters.search(current_app.extensions["narrowed_reach"]())
    page, now = finding.find(search, request.args.get("page", 1, int)), clock.now()
    counts = finding.counts(search)
    ticks = Ticks.of(search, page.items)
    return render_template(
        "outbox/index.html",
        now=now,
        silence=current_app.extensions["silence"](now),
        filters=filters,
        search=search,
        here=search.conditions(),
        page=page,
        ticks=ticks,
        rows=list(zip(page.items, ticks.id, strict=True)),
        counts=counts,
        most=finding.MOST,
        subjects=current_app.extensions["subjects"]([message.about for message in page.items]),
        undeliverable=finding.undeliverable_among({message.recipient for message in page.items}),
        possible={act for act in Act if any(counts[standing] for standing in _standings(act, search.standing))},
    )


@pages.get("/<int:message_id>")
@staff
def show(message_id: int) -> ResponseReturnValue:
    """One message: its course, and the mail as its reader has it, or would have it now."""
    message = _message(message_id)
    mail = _mail(message)
    return render_template(
        "outbox/show.html",
        message=message,
        mail=mail if isinstance(mail, Received) else None,
        dropped=mail.reason if isinstance(mail, Dropped) else None,
        subject=current_app.extensions["subjects"]([message.about]).get(message.about),
        acts=[(entry, ACTIONS.get(entry.action, entry.action)) for entry in history_of(message)],
        undeliverable=db.session.get(UndeliverableAddress, message.recipient.lower()),
        now=clock.now(),
    )


@pages.get("/<int:message_id>/body")
@staff
def body(message_id: int) -> ResponseReturnValue:
    """The HTML part alone, for the frame on the page of the message."""
    mail = _mail(_message(message_id))
    if not isinstance(mail, Received) or not mail.html:
        abort(404)
    return Response(mail.html, headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"})


@pages.get("/<int:message_id>/mail.eml")
@staff
def download(message_id: int) -> ResponseReturnValue:
    """The mail as a file that mail programs open."""
    name = f"attachment; filename=mail-{message_id}.eml"
    raw = _message(message_id).raw or abort(404)
    return Response(raw, mimetype="message/rfc822", headers={"Content-Disposition": name})


@pages.post("/<int:message_id>/<any('hold', 'release', 'again'):act>")
@staff
def handle(message_id: int, act: str) -> ResponseReturnValue:
    """Hold one message, let it go, or give it another chance."""
    with unit_of_work():
        message = _message(message_id)
        if not handling.do(Act(act), handling.chosen(Act(act), Search(), [message.id]), current_user, clock.now()):
            raise Refused("지금은 그렇게 할 수 없습니다. 앞 화면을 새로 열어 상태와 주소를 확인해 주세요.")
    flash(DONE[Act(act)] % 1, "success")
    return redirect(url_for(".show", message_id=message_id), 303)


@pages.post("/<int:message_id>/test")
@staff
def test(message_id: int) -> ResponseReturnValue:
    """Send the words of a message to whoever asks, as they stand on its page."""
    message = _message(message_id)
    mail = _mail(message)
    if not isinstance(mail, Received):
        raise Refused("시험 발송할 내용이 없습니다.")
    with unit_of_work():
        to = Recipient(current_user.email, current_user.name, message.locale)
        handling.send_test(mail, to, clock.now(), message.about)
        record(current_user, "message.tested", _message(message_id), clock.now())
    flash(f"{current_user.email} 주소로 시험 발송했습니다. 링크는 가렸고 달력 일정은 넣지 않았습니다.", "success")
    return redirect(url_for(".show", message_id=message_id), 303)


@pages.route("/together/<any('hold', 'release', 'again'):act>", methods=["GET", "POST"])
@staff
def together(act: str) -> ResponseReturnValue:
    """Say how many messages it concerns, those ticked or all that meet the conditions, then do it with all of them."""
    what, form = Act(act), TogetherForm()
    search = MessageFilters(request.args).search(current_app.extensions["narrowed_reach"](), strict=True)
    ids = None if "all" in request.args else request.args.getlist("id", type=row_number)[: finding.PER_PAGE]
    back = url_for(".index", **search.conditions())
    if form.validate_on_submit():
        with unit_of_work():
            agreed = handling.chosen(what, search, ids, form.up_to.data)
            number = handling.do(what, agreed, current_user, clock.now())
        flash(DONE[what] % f"{number:,}", "success")
        return redirect(back, 303)
    chosen = handling.count(what, search, ids)
    form.up_to.data = chosen.last
    return render_template(
        "outbox/together.html",
        form=form,
        act=what,
        chosen=chosen,
        most=handling.MOST_AT_ONCE,
        ticked=None if ids is None else len(ids),
        search=search,
        subject=current_app.extensions["subjects"]([search.about]).get(search.about),
        back=back,
    )


@pages.get("/undeliverable")
@staff
def undeliverable() -> ResponseReturnValue:
    """The addresses that mail came back from: nothing is sent there until somebody trusts them again."""
    found = finding.undeliverable_addresses(current_app.extensions["narrowed_reach"]())
    return render_template("outbox/undeliverable.html", page=db.paginate(found, per_page=50))


@pages.route("/undeliverable/trust", methods=["GET", "POST"])
@staff
def trust() -> ResponseReturnValue:
    """Ask, then send to the address named in `email` again."""
    address, form = request.args.get("email", ""), Form()
    marked = _marked(address)
    if marked is None and readers_reach().themes:
        abort(404)
    if form.validate_on_submit():
        with unit_of_work():
            handling.trust(address, current_user, clock.now())
        flash(f"{address} 주소로 다시 보냅니다. 보내지 못한 전자우편은 따로 다시 보내 주세요.", "success")
        return redirect(url_for("staff.person", email=address), 303)
    return render_template("outbox/trust.html", form=form, marked=marked or abort(404))


def _marked(address: str) -> UndeliverableAddress | None:
    seen = finding.undeliverable_addresses(readers_reach())
    return db.session.scalar(seen.where(UndeliverableAddress.address == address.lower()))


def _message(message_id: int) -> Message:
    return db.session.get(Message, message_id) or abort(404)


def _mail(message: Message) -> Received | Dropped | None:
    """The mail that went, where it was kept, or the one that would go now; None where it went and was not kept."""
    if message.raw:
        return received(message.raw)
    return read(current_app, message, clock.now()) if message.state in NOT_LEFT else None


def _standings(act: Act, asked_for: Standing | None) -> list[Standing]:
    """Where messages stand with which something can be done, as far as they are asked for."""
    found = [standing for standing in Standing if standing.value in POSSIBLE[act]]
    found += [Standing.DEFERRED] if act is Act.HOLD else []
    return [standing for standing in found if asked_for in (None, standing)]
