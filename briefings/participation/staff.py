"""What staff see of replies: all of them, those the owners let wait and what was sent about it; they may ask too."""

from collections.abc import Sequence
from datetime import datetime

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.datastructures import MultiDict

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.needs.models import Need, Theme, need_themes
from briefings.outbox.preview import dry_run
from briefings.outbox.reach import Reach
from briefings.outbox.words import MESSAGE_STATES, STANDING_TONES
from briefings.participation import answering, chasing
from briefings.participation.desk_forms import StaffWordsForm
from briefings.participation.matching import match_of
from briefings.participation.models import Appointment, ParticipationReply, ReplyState
from briefings.participation.words import APPOINTMENT_TONES, REPLY_TONES
from briefings.schedule.words import PARTSTATS
from briefings.web.access import staff
from briefings.web.routing import row_number

LATE = "late"
MOST = 100
"""So many replies are asked about at once."""
pages = Blueprint("staff_replies", __name__, url_prefix="/staff/replies")
pages.context_processor(
    lambda: {
        "reply_tones": REPLY_TONES,
        "talk_tones": APPOINTMENT_TONES,
        "partstats": PARTSTATS,
        "message_states": MESSAGE_STATES,
        "message_tones": STANDING_TONES,
    }
)


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Replies by state, newest first; or those whose owner is late, longest first, with what was sent about them."""
    now = clock.now()
    wanted, theme = request.args.get("state", ""), theme_in(request.args)
    late = wanted == LATE
    found = replies_in(wanted, now, current_app.extensions["narrowed_reach"](), theme)
    page = db.paginate(found, per_page=20)
    return render_template(
        "participation/staff_index.html",
        page=page,
        wanted=wanted,
        theme=theme,
        states=list(ReplyState),
        late=late,
        chases=chasing.chases_of(page.items) if late else {},
        now=now,
    )


def theme_in(args: MultiDict[str, str]) -> Theme | None:
    """The theme that an address asks for."""
    number = args.get("theme", type=row_number)
    return None if number is None else db.session.get(Theme, number)


def replies_in(wanted: str, now: datetime, reach: Reach, theme: Theme | None = None) -> Select[ParticipationReply]:
    """Replies of a state, or all, the newest first; those whose owner is late (LATE), the longest first; as far as they
    may be seen, and to needs of the theme."""
    found = select(ParticipationReply).options(
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
        joinedload(ParticipationReply.briefing),
    )
    found = found.where(reach.of_need(ParticipationReply.need_id))
    if theme:
        of_theme = select(need_themes.c.need_id).where(need_themes.c.theme_id == theme.id)
        found = found.where(ParticipationReply.need_id.in_(of_theme))
    if wanted == LATE:
        late = answering.late_replies(found, now)
        return late.order_by(ParticipationReply.due_at.asc(), ParticipationReply.id.asc())
    if wanted in list(ReplyState):
        found = found.where(ParticipationReply.state == ReplyState(wanted))
    return found.order_by(ParticipationReply.sent_at.desc(), ParticipationReply.id.desc())


@pages.route("/remind", methods=["GET", "POST"])
@staff
def remind() -> ResponseReturnValue:
    """Show what the owners of the replies ticked would read, then send it."""
    now, form = clock.now(), StaffWordsForm()
    ids = request.values.getlist("reply", type=row_number)[:MOST]
    if form.validate_on_submit() and request.form.get("do") == "send":
        try:
            with unit_of_work():
                number = chasing.remind_owners(_waiting(ids), form.words.data, current_user, now)
            flash(f"수요기관에 전자우편 {number:,}통을 보냈습니다.", "success")
            return redirect(url_for(".index", state="late"), 303)
        except Refused as refused:
            form.refuse(refused)
    replies = _waiting(ids)
    preview = None
    if replies and not form.errors and not form.form_errors:
        try:
            with dry_run(current_app, now) as preview:
                chasing.remind_owners(_waiting(ids), form.words.data or "", current_user, now)
        except Refused as refused:
            preview = None
            form.refuse(refused)
    return render_template(
        "participation/staff_remind.html", form=form, replies=_waiting(ids), preview=preview, ids=ids, now=now
    )


@pages.get("/<public_id>")
@staff
def show(public_id: str) -> ResponseReturnValue:
    """One reply with its course, its talks, and what its owner was sent while it waited."""
    found = select(ParticipationReply).where(ParticipationReply.public_id == public_id)
    talks = selectinload(ParticipationReply.appointments)
    made = db.session.scalar(
        found.options(
            joinedload(ParticipationReply.need).joinedload(Need.organization),
            joinedload(ParticipationReply.organization),
            joinedload(ParticipationReply.briefing),
            selectinload(ParticipationReply.consultations),
            talks.joinedload(Appointment.owner_item),
            talks.joinedload(Appointment.replier_item),
            talks.selectinload(Appointment.times),
        )
    )
    if made is None:
        abort(404)
    return render_template(
        "participation/staff_reply.html",
        reply=made,
        match=match_of(made.need),
        chases=chasing.chases_of([made])[made.id],
        now=clock.now(),
    )


@pages.get("/talk/<int:item_id>")
@staff
def of_talk(item_id: int) -> ResponseReturnValue:
    """The reply that an entry in somebody's calendar is about."""
    of_item = or_(Appointment.owner_item_id == item_id, Appointment.replier_item_id == item_id)
    found = select(ParticipationReply.public_id).join(ParticipationReply.appointments).where(of_item)
    public_id = db.session.scalar(found) or abort(404)
    return redirect(url_for(".show", public_id=public_id), 303)


def _waiting(ids: Sequence[int]) -> list[ParticipationReply]:
    found = select(ParticipationReply).where(
        ParticipationReply.id.in_(ids), ParticipationReply.state == ReplyState.SENT
    )
    together = (
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
    )
    return list(db.session.scalars(found.options(*together).order_by(ParticipationReply.due_at)))
