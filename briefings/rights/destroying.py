"""Destroying some rows of a kind, given their keys: emptied where they are counted, otherwise deleted; how many."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from briefings.accounts.models import User, UserSession
from briefings.afterwards.models import SurveyAnswer
from briefings.archive.models import Story, StoryConsent
from briefings.db import db
from briefings.files.models import StoredFile
from briefings.live.models import BriefingDay
from briefings.outbox.models import UndeliverableAddress
from briefings.participation.match_models import MatchOrganization, MatchProgress
from briefings.privacy.models import Consent
from briefings.rights.emptying import (
    NO_SYNC,
    empty,
    empty_certificates,
    forget_booklets,
    marker,
)
from briefings.rounds.models import ImportState, NeedImport
from briefings.schedule.calendar_models import CalendarSetting
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.web.erased import GONE

PRESENTER = "발표자"
"""What whoever presented is called once they are gone."""

Key = Any
Destroy = Callable[[Sequence[Key], datetime], int]


def empty_comments(keys: Sequence[Key], now: datetime) -> int:
    """The points of an answer stay, its words go."""
    emptied = update(SurveyAnswer).where(SurveyAnswer.public_id.in_(keys)).values(comment="")
    db.session.execute(emptied, execution_options=NO_SYNC)
    return len(keys)


def forget_undeliverable(keys: Sequence[Key], now: datetime) -> int:
    """Addresses that mail came back from."""
    gone = delete(UndeliverableAddress).where(UndeliverableAddress.address.in_(keys))
    return db.session.connection().execute(gone).rowcount


def forget_subscriptions(keys: Sequence[Key], now: datetime) -> int:
    """How addresses kept their calendars in which nothing stands any more."""
    gone = delete(CalendarSetting).where(CalendarSetting.email.in_(keys))
    return db.session.connection().execute(gone).rowcount


def empties(model: Any) -> Destroy:
    """Take the person out of rows of that kind."""
    return lambda keys, now: empty(model, keys)


def deletes(model: Any) -> Destroy:
    """Rows that nothing is counted by go."""

    def destroy(keys: Sequence[Key], now: datetime) -> int:
        return db.session.connection().execute(delete(model).where(model.id.in_(keys))).rowcount

    return destroy


def puts(model: Any, **values: Any) -> Destroy:
    """Put these values over what is there."""

    def destroy(keys: Sequence[Key], now: datetime) -> int:
        put = update(model).where(model.id.in_(keys)).values(values)
        db.session.execute(put, execution_options=NO_SYNC)
        return len(keys)

    return destroy


def take_news_back(keys: Sequence[Key], now: datetime) -> int:
    """News stop where the consent to them is too old."""
    ended = update(Consent).where(Consent.id.in_(keys)).values(withdrawn_at=now)
    db.session.execute(ended, execution_options=NO_SYNC)
    return len(keys)


def end_certificates(keys: Sequence[Key], now: datetime) -> int:
    """Nobody can check them by their number any more."""
    return empty_certificates(keys, now, "보유 기간이 지나 더는 확인해 드리지 않습니다.")


def empty_presenters(keys: Sequence[Key], now: datetime) -> int:
    """Whoever presented is called so; booklets that name them go."""
    of_them = select(PresenterSlot.briefing_id).where(PresenterSlot.id.in_(keys)).distinct()
    forget_booklets(db.session.scalars(of_them).all())
    values: dict[str, Any] = {
        "presenter_name": PRESENTER,
        **dict.fromkeys(("presenter_title", "standby_name", "standby_title", "standby_email", "decline_reason"), ""),
        "presenter_email": marker(PresenterSlot),
        "link_version": PresenterSlot.link_version + 1,
    }
    return puts(PresenterSlot, **values)(keys, now)


def empty_moderators(keys: Sequence[Key], now: datetime) -> int:
    """Whoever led a briefing, with their link."""
    led = update(BriefingDay).where(BriefingDay.briefing_id.in_(keys), BriefingDay.moderator_email != "")
    put = {"moderator_email": "", "moderator_version": BriefingDay.moderator_version + 1}
    db.session.execute(led.values(put), execution_options=NO_SYNC)
    return puts(Briefing, moderator="")(keys, now)


def empty_signers(keys: Sequence[Key], now: datetime) -> int:
    """Who spoke for an organization in a match or its story."""
    for model, column in ((MatchOrganization, "confirmed_by"), (MatchProgress, "written_by")):
        signed = (model.match_id.in_(keys), getattr(model, column) != "")
        db.session.execute(update(model).where(*signed).values({column: GONE}), execution_options=NO_SYNC)
    told = select(Story.id).where(Story.match_id.in_(keys))
    agreed = update(StoryConsent).where(StoryConsent.story_id.in_(told)).values(said_by=GONE)
    db.session.execute(agreed, execution_options=NO_SYNC)
    return len(keys)


def empty_imports(keys: Sequence[Key], now: datetime) -> int:
    """The spreadsheet goes; that it was there stays. What nobody saved by then is thrown away."""
    files = select(NeedImport.file_id).where(NeedImport.id.in_(keys))
    gone = update(StoredFile).where(StoredFile.id.in_(files)).values(content=b"", size=0)
    db.session.execute(gone, execution_options=NO_SYNC)
    unsaved = update(NeedImport).where(NeedImport.id.in_(keys), NeedImport.state != ImportState.SAVED)
    db.session.execute(unsaved.values(state=ImportState.DISCARDED), execution_options=NO_SYNC)
    return puts(NeedImport, findings=[], decisions={})(keys, now)


def close_accounts(keys: Sequence[Key], now: datetime) -> int:
    """Nobody signs in with them any more; they name nobody."""
    db.session.execute(delete(UserSession).where(UserSession.user_id.in_(keys)))
    return empty(User, keys)
