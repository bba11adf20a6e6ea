"""How long each kind of personal data is kept, why, and what becomes of it then: one table, read by page and worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from briefings.accounts.models import Role, User, UserSession
from briefings.afterwards.models import Certificate, SurveyAnswer
from briefings.archive.models import Story, StoryConsent
from briefings.audit.models import AuditEntry
from briefings.files.models import StoredFile
from briefings.inbox.models import ReceivedMail
from briefings.live.models import BriefingDay
from briefings.needs.models import Need, NeedState, Round
from briefings.organizations.models import AccountRequest, RequestState
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.participation.match_models import Match, MatchOrganization, MatchProgress
from briefings.participation.models import Consultation, ParticipationReply, ReplyColleague, ReplyState
from briefings.privacy.models import Consent, ConsentText, Purpose
from briefings.questions.models import Question
from briefings.rights.destroying import (
    PRESENTER,
    Destroy,
    close_accounts,
    deletes,
    empties,
    empty_comments,
    empty_imports,
    empty_moderators,
    empty_presenters,
    empty_signers,
    end_certificates,
    forget_subscriptions,
    forget_undeliverable,
    puts,
    take_news_back,
)
from briefings.rights.emptying import (
    WAITING,
    is_somebody,
)
from briefings.rights.giving_up import OPEN
from briefings.rounds.models import NeedImport, RoundContact
from briefings.schedule.agreeing import agrees
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem, CalendarSetting
from briefings.schedule.models import Briefing, BriefingState, PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest, SeasonTime
from briefings.tasks.models import UNDER_WAY, Task
from briefings.web.erased import GONE
from briefings.webhooks.models import WebhookDelivery

YEAR = 365


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
    personal: bool = True
    """Whether it tells of people: what does not goes with the rest, and is not counted as personal data."""

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


def _undeliverable() -> Select[Any]:
    columns: tuple[Any, ...] = (UndeliverableAddress.address.label("key"), UndeliverableAddress.since.label("since"))
    return select(*columns)


def _subscriptions() -> Select[Any]:
    columns: tuple[Any, ...] = (CalendarSetting.email.label("key"), CalendarSetting.changed_at.label("since"))
    stands = select(1).where(CalendarItem.email == CalendarSetting.email).exists()
    return select(*columns).where(~stands)


_OF_BRIEFING = Registration.briefing
_STORY_SIGNED = select(1).select_from(StoryConsent).join(Story).where(Story.match_id == Match.id)
_SIGNED = or_(
    select(1).where(MatchOrganization.match_id == Match.id, MatchOrganization.confirmed_by.not_in(("", GONE))).exists(),
    select(1).where(MatchProgress.match_id == Match.id, MatchProgress.written_by.not_in(("", GONE))).exists(),
    _STORY_SIGNED.where(StoryConsent.said_by.not_in(("", GONE))).exists(),
)
_IS_NAMED = or_(
    is_somebody(PresenterSlot.presenter_email),
    PresenterSlot.standby_email != "",
    and_(PresenterSlot.presenter_email == "", PresenterSlot.presenter_name.not_in(("", PRESENTER))),
)
_IS_LED = or_(
    Briefing.moderator != "",
    select(1).where(BriefingDay.briefing_id == Briefing.id, BriefingDay.moderator_email != "").exists(),
)
_LAST_TIME = (
    select(func.max(SeasonTime.starts_at))
    .where(SeasonTime.season_id == AvailabilityRequest.season_id)
    .scalar_subquery()
)
_ASKED_UNTIL: Any = case((AvailabilityRequest.asked_at < _LAST_TIME, _LAST_TIME), else_=AvailabilityRequest.asked_at)
"""Whoever was asked may be asked again, and may answer, while a time they were asked about is still to come."""
_GOES_ON = ParticipationReply.state.in_((*OPEN, ReplyState.MATCHED))
"""Owner and replier have still to do with each other: nobody is taken from them before what they agreed to is over."""

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
        empties(Registration),
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
        take_news_back,
    ),
    Kind(
        "invitees",
        180,
        (0, YEAR),
        _rows(Invitee, Briefing.ends_at, is_somebody(Invitee.email), joined=[Invitee.briefing]),
        empties(Invitee),
    ),
    Kind(
        "calendar",
        YEAR,
        (90, 3 * YEAR),
        _rows(CalendarItem, CalendarItem.ends_at, is_somebody(CalendarItem.email)),
        empties(CalendarItem),
    ),
    Kind("subscriptions", YEAR, (90, 3 * YEAR), _subscriptions(), forget_subscriptions),
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
        puts(Question, anonymous=True),
    ),
    Kind("survey_comments", YEAR, (30, 3 * YEAR), _survey_comments(), empty_comments),
    Kind(
        "certificates",
        3 * YEAR,
        (YEAR, 10 * YEAR),
        _rows(Certificate, Certificate.issued_at, Certificate.name != GONE),
        end_certificates,
    ),
    Kind(
        "presenters",
        3 * YEAR,
        (180, 5 * YEAR),
        _rows(
            PresenterSlot,
            Briefing.ends_at,
            _IS_NAMED,
            Briefing.state != BriefingState.DRAFT,
            joined=[PresenterSlot.briefing],
        ),
        empty_presenters,
    ),
    Kind(
        "moderators",
        3 * YEAR,
        (180, 5 * YEAR),
        _rows(Briefing, Briefing.ends_at, _IS_LED, Briefing.state != BriefingState.DRAFT),
        empty_moderators,
    ),
    Kind(
        "availability",
        180,
        (30, YEAR),
        _rows(Availability, Availability.starts_at),
        deletes(Availability),
    ),
    Kind(
        "availability_requests",
        180,
        (30, YEAR),
        _rows(AvailabilityRequest, _ASKED_UNTIL, is_somebody(AvailabilityRequest.email)),
        empties(AvailabilityRequest),
    ),
    Kind(
        "replies",
        2 * YEAR,
        (180, 2 * YEAR),
        _rows(ParticipationReply, ParticipationReply.sent_at, is_somebody(ParticipationReply.email), ~_GOES_ON),
        empties(ParticipationReply),
    ),
    Kind(
        "open_replies",
        2 * YEAR,
        (2 * YEAR, 2 * YEAR),
        _rows(ParticipationReply, ParticipationReply.sent_at, is_somebody(ParticipationReply.email), _GOES_ON),
        empties(ParticipationReply),
    ),
    Kind(
        "colleagues",
        2 * YEAR,
        (180, 2 * YEAR),
        _rows(
            ReplyColleague,
            ReplyColleague.asked_at,
            is_somebody(ReplyColleague.email),
            ~_GOES_ON,
            joined=[ReplyColleague.reply],
        ),
        empties(ReplyColleague),
    ),
    Kind(
        "open_colleagues",
        2 * YEAR,
        (2 * YEAR, 2 * YEAR),
        _rows(
            ReplyColleague,
            ReplyColleague.asked_at,
            is_somebody(ReplyColleague.email),
            _GOES_ON,
            joined=[ReplyColleague.reply],
        ),
        empties(ReplyColleague),
    ),
    Kind(
        "talks",
        3 * YEAR,
        (YEAR, 5 * YEAR),
        _rows(Consultation, Consultation.noted_at, Consultation.notes != GONE),
        puts(Consultation, notes=GONE, next_step=""),
    ),
    Kind(
        "signers",
        5 * YEAR,
        (YEAR, 10 * YEAR),
        _rows(Match, Match.recorded_at, _SIGNED),
        empty_signers,
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
        puts(Need, contact_name="", contact_phone="", contact_email=""),
    ),
    Kind(
        "round_contacts",
        YEAR,
        (90, 3 * YEAR),
        _rows(RoundContact, Round.closes_at, is_somebody(RoundContact.email), joined=[RoundContact.round]),
        empties(RoundContact),
    ),
    Kind(
        "imports",
        180,
        (7, YEAR),
        _rows(NeedImport, NeedImport.created_at, StoredFile.size > 0, joined=[NeedImport.file]),
        empty_imports,
    ),
    Kind(
        "messages",
        YEAR,
        (90, 3 * YEAR),
        _rows(Message, Message.due_at, is_somebody(Message.recipient), Message.state.not_in(WAITING)),
        empties(Message),
    ),
    Kind(
        "undeliverable",
        YEAR,
        (30, 2 * YEAR),
        _undeliverable(),
        forget_undeliverable,
    ),
    Kind(
        "received",
        YEAR,
        (30, 3 * YEAR),
        _rows(ReceivedMail, ReceivedMail.received_at, or_(ReceivedMail.sender != "", ReceivedMail.subject != "")),
        puts(ReceivedMail, sender="", subject="", note="", raw=None),
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
        empties(AccountRequest),
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
        close_accounts,
    ),
    Kind(
        "sessions",
        90,
        (30, YEAR),
        _rows(UserSession, UserSession.seen_at),
        deletes(UserSession),
    ),
    Kind(
        "consents",
        5 * YEAR,
        (3 * YEAR, 10 * YEAR),
        _rows(Consent, Consent.answered_at, or_(Consent.given.is_(False), Consent.withdrawn_at.is_not(None))),
        deletes(Consent),
    ),
    Kind(
        "audit",
        3 * YEAR + 1,
        (2 * YEAR + 1, 10 * YEAR),
        _rows(AuditEntry, AuditEntry.at),
        deletes(AuditEntry),
    ),
    Kind(
        "webhooks",
        90,
        (30, YEAR),
        _rows(WebhookDelivery, WebhookDelivery.occurred_at, WebhookDelivery.told_at.is_not(None)),
        deletes(WebhookDelivery),
        personal=False,
    ),
    Kind(
        "tasks",
        180,
        (30, YEAR),
        _rows(Task, Task.finished_at, Task.state.not_in(UNDER_WAY), Task.finished_at.is_not(None)),
        deletes(Task),
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
