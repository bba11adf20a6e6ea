"""What staff see of the mails: who gets what and why, what became of it, and, where mail is kept, the mail itself."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.outbox import finding
from briefings.outbox.forms import MessageFilters
from briefings.outbox.models import Message
from briefings.outbox.received import received
from briefings.outbox.smtp import MAILBOX
from briefings.outbox.words import KINDS, MESSAGE_TONES
from briefings.web.access import staff
from briefings.web.filters import WEEKDAYS_KO, local

pages = Blueprint("outbox", __name__, url_prefix="/staff/outbox")
# The mail brings its own styles, as mails must; nothing else in it may do anything.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
)


@pages.context_processor
def _words() -> dict[str, object]:
    return {"kinds": KINDS, "tones": MESSAGE_TONES, "kept_here": current_app.config["SMTP_URL"] == MAILBOX}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All messages, the newest on top."""
    filters = MessageFilters(request.args)
    search = filters.search()
    page = finding.find(search, request.args.get("page", 1, int))
    return render_template(
        "outbox/index.html", filters=filters, search=search, page=page, counts=finding.counts(), most=finding.MOST
    )


@pages.get("/<int:message_id>")
@staff
def show(message_id: int) -> ResponseReturnValue:
    """One message: its course, and the mail as its reader has it."""
    message = _message(message_id)
    mail = received(message.raw) if message.raw else None
    starts = local(mail.calendar.starts_at) if mail and mail.calendar and mail.calendar.starts_at else None
    return render_template(
        "outbox/show.html", message=message, mail=mail, starts=starts, weekdays=WEEKDAYS_KO, now=clock.now()
    )


@pages.get("/<int:message_id>/body")
@staff
def body(message_id: int) -> ResponseReturnValue:
    """The HTML part alone, for the frame on the page of the message."""
    return Response(
        received(_kept(message_id)).html,
        headers={"Content-Security-Policy": MAIL_POLICY, "X-Frame-Options": "SAMEORIGIN"},
    )


@pages.get("/<int:message_id>/mail.eml")
@staff
def download(message_id: int) -> ResponseReturnValue:
    """The mail as a file that mail programs open."""
    name = f"attachment; filename=mail-{message_id}.eml"
    return Response(_kept(message_id), mimetype="message/rfc822", headers={"Content-Disposition": name})


@pages.post("/<int:message_id>/again")
@staff
def send_again(message_id: int) -> ResponseReturnValue:
    """Give a failed message another chance."""
    with unit_of_work():
        _message(message_id).queue_again(clock.now())
    flash("보낼 차례에 다시 넣었습니다. 몇 초 안에 보냅니다.", "success")
    return redirect(url_for(".show", message_id=message_id))


def _message(message_id: int) -> Message:
    return db.session.get(Message, message_id) or abort(404)


def _kept(message_id: int) -> bytes:
    return _message(message_id).raw or abort(404)
