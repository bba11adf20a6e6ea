"""The staff's pages of letters about a briefing."""

from collections.abc import Sequence
from typing import NamedTuple

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from briefings import clock
from briefings.announcements import writing
from briefings.announcements.forms import AnnouncementForm, SendForm
from briefings.announcements.groups import thread_of
from briefings.announcements.models import Announcement, AnnouncementState
from briefings.announcements.words import ANNOUNCEMENT_TONES
from briefings.audit.recording import record
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox.finding import counts_by_thread, due_by_thread
from briefings.outbox.handling import send_test
from briefings.outbox.preview import Preview, dry_run
from briefings.outbox.queueing import Recipient
from briefings.outbox.quiet import QuietHours
from briefings.schedule import overview
from briefings.schedule.models import Briefing, BriefingState
from briefings.web.access import staff
from briefings.web.filters import when
from briefings.web.forms import Form
from briefings.web.problems import reason

pages = Blueprint("announcements", __name__, url_prefix="/staff/briefings/<int:briefing_id>/announcements")
pages.context_processor(lambda: {"announcement_tones": ANNOUNCEMENT_TONES})

MOST_TICKED = 500


class Sending(NamedTuple):
    """What sending a draft would do, whom it leaves out and who reads less of it; or why it cannot be sent."""

    preview: Preview
    left_out: list[str]
    obstacle: str = ""
    shortened: Sequence[str] = ()


@pages.get("")
@staff
def index(briefing_id: int) -> ResponseReturnValue:
    """All letters about a briefing, with what became of each."""
    briefing = _briefing(briefing_id)
    found = writing.announcements_of(briefing)
    threads = [thread_of(one) for one in found]
    return render_template(
        "announcements/index.html",
        briefing=briefing,
        announcements=found,
        outcomes=counts_by_thread(threads),
        due=due_by_thread(threads, clock.now()),
        draft=briefing.state is BriefingState.DRAFT,
    )


@pages.route("/new", methods=["GET", "POST"])
@staff
def new(briefing_id: int) -> ResponseReturnValue:
    """Write a draft."""
    briefing, form = _briefing(briefing_id), AnnouncementForm.of(None, request.args.getlist("id")[:MOST_TICKED])
    if form.validate_on_submit():
        try:
            with unit_of_work():
                made = writing.write(briefing, form.letter(), form.group(), by=current_user, now=clock.now())
        except Refused as error:
            form.refuse(error)
        else:
            return redirect(url_for(".show", briefing_id=briefing_id, number=made.id), 303)
    return render_template(
        "announcements/edit.html", briefing=briefing, form=form, announcement=None, placeholders=writing.TEXT.known()
    )


@pages.get("/<int:number>")
@staff
def show(briefing_id: int, number: int) -> ResponseReturnValue:
    """A draft as three of its readers would get it, or what became of a letter."""
    announcement = _announcement(briefing_id, number)
    thread = thread_of(announcement)
    sending = _thought(announcement) if announcement.state is AnnouncementState.DRAFT else None
    return render_template(
        "announcements/show.html",
        briefing=_briefing(briefing_id),
        announcement=announcement,
        letter=writing.letter_of(announcement),
        group=writing.group_of(announcement),
        sending=sending,
        outcome=counts_by_thread([thread])[thread],
        due_at=due_by_thread([thread], clock.now()).get(thread),
        thread=thread,
    )


@pages.route("/<int:number>/edit", methods=["GET", "POST"])
@staff
def edit(briefing_id: int, number: int) -> ResponseReturnValue:
    """Change a draft."""
    announcement = _draft(briefing_id, number)
    form = AnnouncementForm.of(announcement)
    if form.validate_on_submit():
        with unit_of_work():
            writing.rewrite(announcement, form.letter(), form.group(), by=current_user, now=clock.now())
        return redirect(url_for(".show", briefing_id=briefing_id, number=number), 303)
    return render_template(
        "announcements/edit.html",
        briefing=announcement.briefing,
        form=form,
        announcement=announcement,
        placeholders=writing.TEXT.known(),
    )


@pages.route("/<int:number>/discard", methods=["GET", "POST"])
@staff
def discard(briefing_id: int, number: int) -> ResponseReturnValue:
    """Ask, then delete a draft."""
    announcement, form = _draft(briefing_id, number), Form()
    if not form.validate_on_submit():
        return render_template(
            "announcements/discard.html", briefing=announcement.briefing, announcement=announcement, form=form
        )
    with unit_of_work():
        writing.discard(announcement, by=current_user, now=clock.now())
    flash("안내의 초안을 지웠습니다.", "success")
    return redirect(url_for(".index", briefing_id=briefing_id), 303)


@pages.post("/<int:number>/test")
@staff
def test(briefing_id: int, number: int) -> ResponseReturnValue:
    """Send the letter to whoever asks, as the first reader of each language would get it."""
    announcement = _draft(briefing_id, number)
    sending = _thought(announcement)
    samples = {sample.locale: sample for group in sending.preview.groups for sample in reversed(group.samples)}
    if not samples:
        raise Refused(sending.obstacle or "시험 발송할 내용이 없습니다.")
    with unit_of_work():
        for locale, sample in samples.items():
            to = Recipient(current_user.email, current_user.name, locale)
            send_test(sample.mail, to, clock.now(), f"briefing:{briefing_id}")
        record(current_user, "announcement.tested", announcement, clock.now())
    flash(f"{current_user.email} 주소로 시험 발송했습니다. 받는 분만 쓰는 링크는 가렸습니다.", "success")
    return redirect(url_for(".show", briefing_id=briefing_id, number=number), 303)


@pages.route("/<int:number>/send", methods=["GET", "POST"])
@staff
def send(briefing_id: int, number: int) -> ResponseReturnValue:
    """Ask when, say in a sentence what happens, then send."""
    now, form = clock.now(), SendForm()
    announcement = _draft(briefing_id, number)
    agreed = form.validate_on_submit() and form.agreed.data == form.said()
    try:
        if agreed:
            with unit_of_work():
                held = form.when.data == "held"
                writing.send(announcement, by=current_user, now=now, due_at=form.due(), held=held)
            flash("안내를 보낼 차례에 넣었습니다.", "success")
            return redirect(url_for(".show", briefing_id=briefing_id, number=number), 303)
    except Refused as error:
        if not error.field:
            raise
        form.refuse(error)
    sending = _thought(announcement, form)
    ready = form.is_submitted() and not form.errors and not sending.obstacle
    form.agreed.data = form.said() if ready else ""
    moment = form.due() or now
    return render_template(
        "announcements/send.html",
        briefing=_briefing(briefing_id),
        announcement=announcement,
        form=form,
        sending=sending,
        ready=ready,
        question=_question(form, sending),
        quiet=form.when.data != "held" and QuietHours.of(current_app.config).cover(moment),
    )


def _thought(announcement: Announcement, form: SendForm | None = None) -> Sending:
    now = clock.now()
    due_at, held = (form.due(), form.when.data == "held") if form and not form.errors else (None, False)
    try:
        left_out = writing.left_out(announcement)
        with dry_run(current_app, now) as preview:
            writing.send(announcement, by=current_user, now=now, due_at=due_at, held=held)
    except Refused as error:
        if form and error.field:
            form.refuse(error)
        return Sending(Preview(), left_out, reason(error))
    return Sending(preview, left_out, shortened=writing.shortened(announcement))


def _question(form: SendForm, sending: Sending) -> str:
    number = f"{sending.preview.number:,}명에게"
    if form.when.data == "held":
        return f"{number} 보낼 것을 보류해 둡니다"
    due = form.due()
    return f"{number} {when(due)}에 보냅니다" if due else f"{number} 지금 보냅니다"


def _briefing(briefing_id: int) -> Briefing:
    return overview.numbered(briefing_id) or abort(404)


def _announcement(briefing_id: int, number: int) -> Announcement:
    found = db.session.get(Announcement, number)
    if found is None or found.briefing_id != briefing_id:
        abort(404)
    return found


def _draft(briefing_id: int, number: int) -> Announcement:
    found = _announcement(briefing_id, number)
    if found.state is not AnnouncementState.DRAFT:
        raise Refused("이미 보낸 안내입니다. 고치거나 다시 보낼 수 없습니다.")
    return found
