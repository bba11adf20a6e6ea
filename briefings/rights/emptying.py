"""What stays of a row when its person is gone: the row itself, for counts rest on it, and a marker for the address."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, literal, select, update

from briefings.accounts.models import User
from briefings.afterwards.models import Certificate, SurveyAnswer
from briefings.archive.models import Booklet
from briefings.db import db
from briefings.live.models import Attendance
from briefings.organizations.models import AccountRequest
from briefings.outbox.models import Message, MessageState
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.questions.models import Question
from briefings.rounds.models import RoundContact
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest
from briefings.web.erased import GONE, NOBODY

ERASED = "받는 분의 개인정보를 지웠습니다."
"""Why a message to somebody who is gone was dropped."""
NO_SYNC = {"synchronize_session": False}
WAITING = (MessageState.HELD, MessageState.QUEUED, MessageState.SENDING)


@dataclass(frozen=True)
class Emptied:
    """A kind of rows that are about one person: which column tells whose they are, and what is put over the rest."""

    model: Any
    address: Any
    values: dict[str, Any]

    @property
    def columns(self) -> set[str]:
        """What is emptied of each row, the address included."""
        return {self.address.key, *self.values}


_KEY = case((Message.key.contains("@"), literal("erased:") + cast(Message.id, String)), else_=Message.key)
_STATE = case((Message.state.in_(WAITING), MessageState.DROPPED.value), else_=Message.state)
_ERROR = case((Message.state.in_(WAITING), ERASED), else_="")

ROWS: tuple[Emptied, ...] = (
    Emptied(
        Registration,
        Registration.email,
        {
            "name": GONE,
            **dict.fromkeys(("phone", "department", "rank", "support", "support_answer"), ""),
            **dict.fromkeys(("question", "refusal_reason", "form_token"), ""),
            "link_version": Registration.link_version + 1,
        },
    ),
    Emptied(Invitee, Invitee.email, {"name": "", "organization": "", "link_version": Invitee.link_version + 1}),
    Emptied(CalendarItem, CalendarItem.email, {"name": GONE, "answer_comment": ""}),
    Emptied(
        ParticipationReply,
        ParticipationReply.email,
        {"name": GONE, "phone": "", "link_version": ParticipationReply.link_version + 1},
    ),
    Emptied(
        ReplyColleague,
        ReplyColleague.email,
        {"name": GONE, "phone": "", "offer": "", "link_version": ReplyColleague.link_version + 1},
    ),
    Emptied(
        AvailabilityRequest,
        AvailabilityRequest.email,
        {"name": GONE, "note": "", "link_version": AvailabilityRequest.link_version + 1},
    ),
    Emptied(RoundContact, RoundContact.email, {"name": GONE}),
    Emptied(AccountRequest, AccountRequest.email, {"name": GONE, "phone": "", "department": "", "purpose": ""}),
    Emptied(
        Message,
        Message.recipient,
        {
            **{"recipient_name": "", "phone": "", "subject": "", "raw": None, "claimed_until": None},
            **{"key": _KEY, "error": _ERROR, "state": _STATE},
        },
    ),
    Emptied(
        User,
        User.email,
        {
            **{"name": GONE, "phone": "", "password_hash": None, "active": False},
            **{"totp_secret": None, "oidc_subject": None, "session_version": User.session_version + 1},
        },
    ),
)
"""Every table whose rows are about one person, with the address of that person in them."""
OF = {each.model: each for each in ROWS}


def marker(model: Any) -> ColumnElement[str]:
    """An address nobody has, another one for each row."""
    return literal("erased-") + cast(model.id, String) + literal(NOBODY)


def is_somebody(column: Any) -> ColumnElement[bool]:
    """Whether an address is one, and neither empty nor a marker."""
    return ~column.endswith(NOBODY) & (column != "")


def empty(model: Any, ids: Sequence[int], address: str | None = None) -> int:
    """Take the person out of these rows, and what else of them hangs there; how many rows.

    `address`: the same marker in all of them, so that one person still counts as one.
    """
    if not ids:
        return 0
    of_kind = OF[model]
    put = {of_kind.address.key: address or marker(model)} | of_kind.values
    db.session.execute(update(model).where(model.id.in_(ids)).values(put), execution_options=NO_SYNC)
    if model is Registration:
        _empty_what_hangs_on(ids)
    return len(ids)


def _empty_what_hangs_on(registrations: Sequence[int]) -> None:
    """Marks need a reason, questions stay without their asker, of a survey its points."""
    marked = update(Attendance).where(Attendance.registration_id.in_(registrations), Attendance.mark_reason != "")
    db.session.execute(marked.values(mark_reason=GONE), execution_options=NO_SYNC)
    asked = update(Question).where(Question.registration_id.in_(registrations), Question.anonymous.is_(False))
    db.session.execute(asked.values(anonymous=True), execution_options=NO_SYNC)
    answered = update(SurveyAnswer).where(SurveyAnswer.registration_id.in_(registrations), SurveyAnswer.comment != "")
    db.session.execute(answered.values(comment=""), execution_options=NO_SYNC)


def forget_booklets(briefing_ids: Sequence[int]) -> None:
    """A booklet names who presents: it goes, and staff bind another."""
    for booklet in db.session.scalars(select(Booklet).where(Booklet.briefing_id.in_(briefing_ids))):
        db.session.delete(booklet)  # and the file with it
    db.session.flush()


def empty_certificates(ids: Sequence[int], now: Any, reason: str) -> int:
    """The number stays, so that nobody can claim another's; it is said to be taken back, and names nobody."""
    if not ids:
        return 0
    revoked = {"revoked_at": func.coalesce(Certificate.revoked_at, literal(now, Certificate.revoked_at.type))}
    put = {"name": GONE, "organization": GONE, "revoked_reason": reason, **revoked}
    db.session.execute(update(Certificate).where(Certificate.id.in_(ids)).values(put), execution_options=NO_SYNC)
    return len(ids)
