"""Everything known about an address, in plain words and by what it came of: what pages, JSON and CSV show alike."""

from typing import Any

from sqlalchemy import func, or_, select

from briefings.accounts.models import User
from briefings.db import db
from briefings.inbox.models import ReceivedMail
from briefings.live.models import BriefingDay
from briefings.needs.models import Need
from briefings.organizations.models import AccountRequest
from briefings.outbox.models import Message
from briefings.participation.models import ParticipationReply, ReplyColleague
from briefings.rights import showing_places as places
from briefings.rights import showing_ways as ways
from briefings.rights.shown import Section
from briefings.rounds.models import RoundContact
from briefings.schedule.availability import Availability
from briefings.schedule.calendar_models import CalendarItem
from briefings.schedule.models import PresenterSlot
from briefings.schedule.registration_models import Invitee, Registration
from briefings.seasons.models import AvailabilityRequest


def known_about(address: str) -> list[Section]:
    """Every section that holds something, in the order of a person's way; a constant number of statements."""
    address = address.lower()
    registrations = places.registrations_of(address)
    ids = [each.id for each in registrations]
    sections = [
        places.registrations(registrations),
        places.consents(address, registrations),
        places.attendances(ids),
        places.questions(ids),
        places.votes(ids),
        places.surveys(ids),
        places.certificates(ids),
        places.provided(registrations),
        ways.replies(address),
        ways.joined(address),
        ways.talks(address),
        ways.presentations(address),
        ways.moderations(address),
        ways.needs(address),
        ways.invitations(address),
        ways.rounds(address),
        ways.availability(address),
        ways.account(address),
        ways.calendar(address),
        ways.messages(address),
        ways.received(address),
        ways.exports(registrations),
    ]
    return [section for section in sections if section.entries]


def is_known(address: str) -> bool:
    """Whether anything is: the cheap question of whether a link is worth a mail."""
    address = address.lower()
    sources: tuple[tuple[Any, Any], ...] = (
        (Registration, Registration.email == address),
        (ParticipationReply, ParticipationReply.email == address),
        (ReplyColleague, ReplyColleague.email == address),
        (Message, Message.recipient == address),
        (Invitee, Invitee.email == address),
        (User, User.email == address),
        (CalendarItem, CalendarItem.email == address),
        (RoundContact, RoundContact.email == address),
        (AvailabilityRequest, AvailabilityRequest.email == address),
        (AccountRequest, AccountRequest.email == address),
        (Availability, Availability.email == address),
        (PresenterSlot, ways.presents(address)),
        (Need, func.lower(Need.contact_email) == address),
        (ReceivedMail, func.lower(ReceivedMail.sender) == address),
        (BriefingDay, func.lower(BriefingDay.moderator_email) == address),
    )
    found = select(or_(*(select(1).select_from(model).where(condition).exists() for model, condition in sources)))
    return bool(db.session.scalar(found))


def name_of(address: str) -> tuple[str, str]:
    """What somebody is called, and their language, as they or others said last; empty and Korean where nobody did."""
    for model in (Registration, ParticipationReply, ReplyColleague, Invitee, User):
        column = model.email
        found = select(model.name, model.locale).where(column == address.lower(), model.name != "")
        if row := db.session.execute(found.order_by(model.id.desc()).limit(1)).first():
            return row[0], row[1]
    return "", "ko"
