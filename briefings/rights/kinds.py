"""How long each kind of personal data is kept, why, and what becomes of it then: one table, read by page and worker."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from briefings.accounts.models import Role, User, UserSession
from briefings.afterwards.models import Certificate, SurveyAnswer
from briefings.archive.models import Story, StoryConsent
from briefings.audit.models import AuditEntry
from briefings.db import db
from briefings.files.models import StoredFile
from briefings.inbox.models import ReceivedMail
from briefings.needs.models import Need, NeedState, Round
from briefings.organizations.models import AccountRequest, RequestState
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.participation.models import Consultation, ParticipationReply, ReplyColleague
from briefings.privacy.models import Consent, ConsentText, Purpose
from briefings.questions.models import Question
from briefings.rights.emptying import (
    GONE,
    NO_SYNC,
    WAITING,
    empty,
    empty_certificates,
    forget_booklets,
    is_somebody,
    marker,
)
from briefings.rounds.models import NeedImport, RoundContact
from briefings.schedule.agreeing import agrees
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest
from briefings.tasks.models import UNDER_WAY, Task
from briefings.webhooks.models import WebhookDelivery

YEAR = 365
PRESENTER = "발표자"
"""What whoever presented is called once they are gone."""
OVER = "보유 기간이 지남(개인정보 보호법 제21조)"
"""Why it goes, as the register says."""

Key = Any
Destroy = Callable[[Sequence[Key], datetime], int]


@dataclass(frozen=True)
class Kind:
    """One kind of data: how many days, within which bounds, and which rows are still to go.

    `rows` gives the key of each row that still holds something, and since when its time runs.
    """

    name: str
    days: int
    bounds: tuple[int, int]
    rows: Select[Any]
    destroy: Destroy

    @property
    def fixed(self) -> bool:
        """Whether nobody may change the period."""
        return self.bounds[0] == self.bounds[1]


def _rows(model: Any, since: Any, *conditions: ColumnElement[bool], joined: Sequence[Any] = ()) -> Select[Any]:
    found: Select[Any] = select(model.id.label("key"), since.label("since")).select_from(model)
    for each in joined:
        found = found.join(each)
    return found.where(*conditions)


def _survey_comments() -> Select[Any]:
    columns: tuple[Any, ...] = (SurveyAnswer.public_id.label("key"), Briefing.ends_at.label("since"))
    return select(*columns).join(Briefing, Briefing.id == SurveyAnswer.briefing_id).where(SurveyAnswer.comment != "")


def _empty_comments(keys: Sequence[Key], now: datetime) -> int:
    emptied = update(SurveyAnswer).where(SurveyAnswer.public_id.in_(keys)).values(comment="")
    db.session.execute(emptied, execution_options=NO_SYNC)
    return len(keys)


def _undeliverable() -> Select[Any]:
    columns: tuple[Any, ...] = (UndeliverableAddress.address.label("key"), UndeliverableAddress.since.label("since"))
    return select(*columns)


def _forget_undeliverable(keys: Sequence[Key], now: datetime) -> int:
    gone = delete(UndeliverableAddress).where(UndeliverableAddress.address.in_(keys))
    return db.session.connection().execute(gone).rowcount


def _empties(model: Any) -> Destroy:
    return lambda keys, now: empty(model, keys)


def _deletes(model: Any) -> Destroy:
    def destroy(keys: Sequence[Key], now: datetime) -> int:
        return db.session.connection().execute(delete(model).where(model.id.in_(keys))).rowcount

    return destroy


def _puts(model: Any, **values: Any) -> Destroy:
    def destroy(keys: Sequence[Key], now: datetime) -> int:
        put = update(model).where(model.id.in_(keys)).values(values)
        db.session.execute(put, execution_options=NO_SYNC)
        return len(keys)

    return destroy


def _take_news_back(keys: Sequence[Key], now: datetime) -> int:
    ended = update(Consent).where(Consent.id.in_(keys)).values(withdrawn_at=now)
    db.session.execute(ended, execution_options=NO_SYNC)
    return len(keys)


def _empty_certificates(keys: Sequence[Key], now: datetime) -> int:
    return empty_certificates(keys, now, "보유 기간이 지나 더는 확인해 드리지 않습니다.")


def _empty_presenters(keys: Sequence[Key], now: datetime) -> int:
    of_them = select(PresenterSlot.briefing_id).where(PresenterSlot.id.in_(keys)).distinct()
    forget_booklets(db.session.scalars(of_them).all())
    values: dict[str, Any] = {
        "presenter_name": PRESENTER,
        **dict.fromkeys(("presenter_title", "standby_name", "standby_title", "standby_email", "decline_reason"), ""),
        "presenter_email": marker(PresenterSlot),
        "link_version": PresenterSlot.link_version + 1,
    }
    return _puts(PresenterSlot, **values)(keys, now)


def _empty_signers(keys: Sequence[Key], now: datetime) -> int:
    for model, column in ((MatchOrganization, "confirmed_by"), (MatchProgress, "written_by")):
        signed = (model.match_id.in_(keys), getattr(model, column) != "")
        db.session.execute(update(model).where(*signed).values({column: GONE}), execution_options=NO_SYNC)
    told = select(Story.id).where(Story.match_id.in_(keys))
    agreed = update(StoryConsent).where(StoryConsent.story_id.in_(told)).values(said_by=GONE)
    db.session.execute(agreed, execution_options=NO_SYNC)
    return len(keys)


def _empty_imports(keys: Sequence[Key], now: datetime) -> int:
    files = select(NeedImport.file_id).where(NeedImport.id.in_(keys))
    gone = update(StoredFile).where(StoredFile.id.in_(files)).values(content=b"", size=0)
    db.session.execute(gone, execution_options=NO_SYNC)
    return _puts(NeedImport, findings=[], decisions={})(keys, now)


def _close_accounts(keys: Sequence[Key], now: datetime) -> int:
    db.session.execute(delete(UserSession).where(UserSession.user_id.in_(keys)))
    return empty(User, keys)


_HAS_SUPPORT = or_(Registration.support != "", Registration.support_answer != "")
_OF_BRIEFING = Registration.briefing
_STORY_SIGNED = select(1).select_from(StoryConsent).join(Story).where(Story.match_id == Match.id)
_SIGNED = or_(
    select(1).where(MatchOrganization.match_id == Match.id, MatchOrganization.confirmed_by.not_in(("", GONE))).exists(),
    select(1).where(MatchProgress.match_id == Match.id, MatchProgress.written_by.not_in(("", GONE))).exists(),
    _STORY_SIGNED.where(StoryConsent.said_by.not_in(("", GONE))).exists(),
)
_IS_NAMED = or_(
    is_somebody(PresenterSlot.presenter_email),
    and_(PresenterSlot.presenter_email == "", PresenterSlot.presenter_name.not_in(("", PRESENTER))),
)

KINDS: tuple[Kind, ...] = (
    Kind(
        "registrations",
        YEAR,
        (30, 3 * YEAR),
        _rows(
            Registration,
            Briefing.ends_at,
            is_somebody(Registration.email),
            ~agrees(Purpose.NEWS),
            joined=[_OF_BRIEFING],
        ),
        _empties(Registration),
    ),
    Kind(
        "news",
        2 * YEAR,
        (30, 2 * YEAR),
        _rows(
            Consent,
            Consent.answered_at,
            Consent.given.is_(True),
            Consent.withdrawn_at.is_(None),
            ConsentText.purpose == Purpose.NEWS,
            joined=[Consent.text],
        ),
        _take_news_back,
    ),
    Kind(
        "invitees",
        180,
        (0, YEAR),
        _rows(Invitee, Briefing.ends_at, is_somebody(Invitee.email), joined=[Invitee.briefing]),
        _empties(Invitee),
    ),
    Kind(
        "calendar",
        YEAR,
        (90, 3 * YEAR),
        _rows(CalendarItem, CalendarItem.ends_at, is_somebody(CalendarItem.email)),
        _empties(CalendarItem),
    ),
    Kind(
        "questions",
        YEAR,
        (0, 3 * YEAR),
        _rows(
            Question,
            Briefing.ends_at,
            Question.anonymous.is_(False),
            Question.registration_id.is_not(None),
            joined=[Question.briefing],
        ),
        _puts(Question, anonymous=True),
    ),
    Kind("survey_comments", YEAR, (30, 3 * YEAR), _survey_comments(), _empty_comments),
    Kind(
        "certificates",
        3 * YEAR,
        (YEAR, 10 * YEAR),
        _rows(Certificate, Certificate.issued_at, Certificate.name != GONE),
        _empty_certificates,
    ),
    Kind(
        "presenters",
        3 * YEAR,
        (180, 5 * YEAR),
        _rows(
            PresenterSlot,
            Briefing.ends_at,
            _IS_NAMED,
            Briefing.state == BriefingState.PUBLISHED,
            joined=[PresenterSlot.briefing],
        ),
        _empty_presenters,
    ),
    Kind(
        "availability",
        180,
        (30, YEAR),
        _rows(Availability, Availability.starts_at),
        _deletes(Availability),
    ),
    Kind(
        "availability_requests",
        180,
        (30, YEAR),
        _rows(AvailabilityRequest, AvailabilityRequest.asked_at, is_somebody(AvailabilityRequest.email)),
        _empties(AvailabilityRequest),
    ),
    Kind(
        "replies",
        2 * YEAR,
        (180, 2 * YEAR),
        _rows(ParticipationReply, ParticipationReply.sent_at, is_somebody(ParticipationReply.email)),
        _empties(ParticipationReply),
    ),
    Kind(
        "colleagues",
        2 * YEAR,
        (180, 2 * YEAR),
        _rows(ReplyColleague, ReplyColleague.asked_at, is_somebody(ReplyColleague.email)),
        _empties(ReplyColleague),
    ),
    Kind(
        "talks",
        3 * YEAR,
        (YEAR, 5 * YEAR),
        _rows(Consultation, Consultation.noted_at, Consultation.notes != GONE),
        _puts(Consultation, notes=GONE, next_step=""),
    ),
    Kind(
        "signers",
        5 * YEAR,
        (YEAR, 10 * YEAR),
        _rows(Match, Match.recorded_at, _SIGNED),
        _empty_signers,
    ),
    Kind(
        "need_contacts",
        3 * YEAR,
        (180, 5 * YEAR),
        _rows(
            Need,
            Need.changed_at,
            Need.state.in_((NeedState.CLOSED, NeedState.WITHDRAWN)),
            or_(Need.contact_email != "", Need.contact_name != "", Need.contact_phone != ""),
        ),
        _puts(Need, contact_name="", contact_phone="", contact_email=""),
    ),
    Kind(
        "round_contacts",
        YEAR,
        (90, 3 * YEAR),
        _rows(RoundContact, Round.closes_at, is_somebody(RoundContact.email), joined=[RoundContact.round]),
        _empties(RoundContact),
    ),
    Kind(
        "imports",
        180,
        (7, YEAR),
        _rows(NeedImport, NeedImport.created_at, StoredFile.size > 0, joined=[NeedImport.file]),
        _empty_imports,
    ),
    Kind(
        "messages",
        YEAR,
        (90, 3 * YEAR),
        _rows(Message, Message.due_at, is_somebody(Message.recipient), Message.state.not_in(WAITING)),
        _empties(Message),
    ),
    Kind(
        "undeliverable",
        YEAR,
        (30, 2 * YEAR),
        _undeliverable(),
        _forget_undeliverable,
    ),
    Kind(
        "received",
        YEAR,
        (30, 3 * YEAR),
        _rows(ReceivedMail, ReceivedMail.received_at, or_(ReceivedMail.sender != "", ReceivedMail.subject != "")),
        _puts(ReceivedMail, sender="", subject="", note="", raw=None),
    ),
    Kind(
        "account_requests",
        YEAR,
        (30, 3 * YEAR),
        _rows(
            AccountRequest,
            func.coalesce(AccountRequest.decided_at, AccountRequest.requested_at),
            is_somebody(AccountRequest.email),
            AccountRequest.state.in_((RequestState.APPROVED, RequestState.DECLINED)),
        ),
        _empties(AccountRequest),
    ),
    Kind(
        "accounts",
        3 * YEAR,
        (YEAR, 5 * YEAR),
        _rows(
            User,
            func.coalesce(User.signed_in_at, User.created_at),
            is_somebody(User.email),
            User.role != Role.ADMINISTRATOR,
        ),
        _close_accounts,
    ),
    Kind(
        "sessions",
        90,
        (30, YEAR),
        _rows(UserSession, UserSession.seen_at),
        _deletes(UserSession),
    ),
    Kind(
        "consents",
        5 * YEAR,
        (3 * YEAR, 10 * YEAR),
        _rows(Consent, Consent.answered_at, or_(Consent.given.is_(False), Consent.withdrawn_at.is_not(None))),
        _deletes(Consent),
    ),
    Kind(
        "audit",
        3 * YEAR + 1,
        (2 * YEAR + 1, 10 * YEAR),
        _rows(AuditEntry, AuditEntry.at),
        _deletes(AuditEntry),
    ),
    Kind(
        "webhooks",
        90,
        (30, YEAR),
        _rows(WebhookDelivery, WebhookDelivery.occurred_at, WebhookDelivery.told_at.is_not(None)),
        _deletes(WebhookDelivery),
    ),
    Kind(
        "tasks",
        180,
        (30, YEAR),
        _rows(Task, Task.finished_at, Task.state.not_in(UNDER_WAY), Task.finished_at.is_not(None)),
        _deletes(Task),
    ),
)
"""In the order of a person's way through the program."""
BY_NAME = {kind.name: kind for kind in KINDS}


@dataclass(frozen=True)
class Promised:
    """A kind whose period is promised on the pages where it arises, and which the slice that keeps it destroys."""

    name: str
    days: int


PROMISED: tuple[Promised, ...] = (
    Promised("drafts", 7),
    Promised("lists", 7),
    Promised("support", 14),
    Promised("raw_mails", 30),
    Promised("unconfirmed_requests", 7),
    Promised("export_files", 1),
)
