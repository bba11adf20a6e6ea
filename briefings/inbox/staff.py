"""What staff see of mails that came in: what waits for them, why, and what they can do about it.

Nothing a stranger wrote is shown other than as text; their files are had only inside the whole mail.
"""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings import clock
from briefings.audit.recording import history_of, record
from briefings.calendar.reading import read_calendar
from briefings.calendar.replies import read_mail
from briefings.db import db, unit_of_work
from briefings.inbox import finding, receiving
from briefings.inbox.forms import MailFilters
from briefings.inbox.models import Outcome, ReceivedMail
from briefings.inbox.receiving import TO_BE_HANDLED, Rules
from briefings.inbox.words import ACTIONS, METHODS, OUTCOME_TONES
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.words import PARTSTATS
from briefings.web.access import staff

pages = Blueprint("inbox", __name__, url_prefix="/staff/inbox")


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """What waits for a person, or what else came in."""
    filters = MailFilters(request.args)
    reach = current_app.extensions["narrowed_reach"]()
    search = filters.search(reach)
    page = finding.find(search, request.args.get("page", 1, int))
    waiting = finding.number_waiting(reach)
    return render_template(
        "inbox/index.html", filters=filters, search=search, page=page, waiting=waiting, tones=OUTCOME_TONES
    )


@pages.get("/<int:mail_id>")
@staff
def show(mail_id: int) -> ResponseReturnValue:
    """One mail: what it is about, why it waits, what stands in it."""
    mail = _mail(mail_id)
    read = read_mail(mail.raw, current_app.config["AUTHSERV_ID"]) if mail.raw else None
    waits = mail.outcome in TO_BE_HANDLED and mail.handled_at is None
    return render_template(
        "inbox/show.html",
        mail=mail,
        read=read,
        event=read_calendar(read.calendar) if read and read.calendar else None,
        waits=waits,
        acceptable=waits and mail.outcome is Outcome.REVIEW and bool(read and read.answer),
        history=history_of(mail),
        tones=OUTCOME_TONES,
        partstats=PARTSTATS,
        methods=METHODS,
        actions=ACTIONS,
    )


@pages.get("/<int:mail_id>/mail.eml")
@staff
def download(mail_id: int) -> ResponseReturnValue:
    """The mail as a file, as it came."""
    name = f"attachment; filename=received-{mail_id}.eml"
    return Response(
        _mail(mail_id).raw or abort(404), mimetype="application/octet-stream", headers={"Content-Disposition": name}
    )


@pages.post("/<int:mail_id>/accept")
@staff
def accept(mail_id: int) -> ResponseReturnValue:
    """Let an answer count although nobody can prove whose it is."""
    with unit_of_work():
        mail = _mail(mail_id)
        receiving.accept(mail, clock.now(), Rules.of(current_app.config))
        record(current_user, "mail.accepted", mail, clock.now())
        said = mail.reason
    flash(f"답을 받아들였습니다. {said}", "success")
    return redirect(url_for(".show", mail_id=mail_id), 303)


@pages.post("/<int:mail_id>/handled")
@staff
def handle(mail_id: int) -> ResponseReturnValue:
    """Take a mail off the list of what waits: it is done, or not worth doing."""
    with unit_of_work():
        mail = _mail(mail_id)
        ignored = mail.outcome is Outcome.REVIEW and "ignore" in request.form
        receiving.handle(mail, clock.now())
        record(current_user, "mail.ignored" if ignored else "mail.handled", mail, clock.now())
    flash("무시했습니다." if ignored else "처리한 것으로 적었습니다.", "success")
    return redirect(url_for(".index"), 303)


def _mail(mail_id: int) -> ReceivedMail:
    found = select(ReceivedMail).where(ReceivedMail.id == mail_id)
    item = joinedload(ReceivedMail.item)
    together = (item.joinedload(CalendarItem.briefing), item.joinedload(CalendarItem.registration))
    return db.session.scalar(found.options(*together)) or abort(404)
