"""What staff see of replies: all of them, and which the owners let wait."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from briefings import clock
from briefings.db import db
from briefings.needs.models import Need
from briefings.participation import answering
from briefings.participation.matching import match_of
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.participation.words import REPLY_TONES
from briefings.web.access import staff

pages = Blueprint("staff_replies", __name__, url_prefix="/staff/replies")
pages.context_processor(lambda: {"reply_tones": REPLY_TONES})


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """Replies by state, or only those whose owner is late; newest first."""
    now = clock.now()
    wanted = request.args.get("state", "")
    found = select(ParticipationReply).options(
        joinedload(ParticipationReply.need).joinedload(Need.organization),
        joinedload(ParticipationReply.organization),
        joinedload(ParticipationReply.briefing),
    )
    if wanted == "late":
        found = answering.late_replies(found, now)
    elif wanted in list(ReplyState):
        found = found.where(ParticipationReply.state == ReplyState(wanted))
    page = db.paginate(found.order_by(ParticipationReply.sent_at.desc(), ParticipationReply.id.desc()), per_page=20)
    return render_template("participation/staff_index.html", page=page, wanted=wanted, states=list(ReplyState), now=now)


@pages.get("/<public_id>")
@staff
def show(public_id: str) -> ResponseReturnValue:
    """One reply with its course."""
    found = select(ParticipationReply).where(ParticipationReply.public_id == public_id)
    made = db.session.scalar(
        found.options(
            joinedload(ParticipationReply.need).joinedload(Need.organization),
            joinedload(ParticipationReply.organization),
            joinedload(ParticipationReply.briefing),
            selectinload(ParticipationReply.consultations),
        )
    )
    if made is None:
        abort(404)
    return render_template("participation/staff_reply.html", reply=made, match=match_of(made.need))
