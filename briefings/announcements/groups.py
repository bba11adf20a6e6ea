"""To whom a letter goes: looked up each time, never stored."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from briefings.announcements.models import Announcement
from briefings.db import db
from briefings.live.attending import came
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.queueing import Draft, Recipient
from briefings.participation.models import ParticipationReply, ReplyState
from briefings.privacy.models import Purpose
from briefings.schedule.agreeing import agrees
from briefings.schedule.models import Briefing, PresenterSlot, SlotState
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.erased import is_marker, is_somebodys

_IS_SOMEBODY = is_somebodys(Registration.email)
"""Nobody is written to who was erased, nor counted among those who are."""


class Presence(StrEnum):
    """Whether somebody went through the gate of the room."""

    CAME = "came"
    ABSENT = "absent"


@dataclass(frozen=True)
class Group:
    """The conditions registrants meet all of; what is empty does not matter. Presenters come on top."""

    states: tuple[RegistrationState, ...] = ()
    kinds: tuple[OrganizationKind, ...] = ()
    presence: Presence | None = None
    replied: bool | None = None
    """Whether their organization replied to a need that the briefing presents."""
    presenters: bool = False
    news: bool = False
    """Only who agrees to news of other briefings (개인정보 보호법 제15조), and still does when it is sent."""
    people: tuple[str, ...] = ()
    """Only these, whom staff ticked: the public ids of their registrations."""

    @classmethod
    def stored(cls, kept: dict[str, Any]) -> "Group":
        """As `kept` has it."""
        return cls(
            states=tuple(RegistrationState(state) for state in kept["states"]),
            kinds=tuple(OrganizationKind(kind) for kind in kept["kinds"]),
            presence=Presence(kept["presence"]) if kept["presence"] else None,
            replied=kept["replied"],
            presenters=kept["presenters"],
            news=kept.get("news", False),
            people=tuple(kept.get("people", ())),
        )

    def to_keep(self) -> dict[str, Any]:
        """As JSON can have it."""
        return {
            "states": list(self.states),
            "kinds": list(self.kinds),
            "presence": self.presence,
            "replied": self.replied,
            "presenters": self.presenters,
            "news": self.news,
            "people": list(self.people),
        }


def drafts(announcement: Announcement, group: Group, locales: set[str]) -> list[Draft]:
    """One message for each address in the group; who reads no language it is written in gets the Korean words."""
    briefing, name = announcement.briefing, thread_of(announcement)
    columns = (Registration.id, Registration.email, Registration.name, Registration.locale)
    registrants = _registrants(briefing, group).with_only_columns(*columns).order_by(Registration.id)
    made, taken = [], set()
    for number, email, person, locale in db.session.execute(registrants):
        to = Recipient(email, person, locale if locale in locales else "ko")
        params = {"announcement": announcement.id, "registration": number}
        made.append(Draft(f"{name}:{number}", to, params, name))
        taken.add(email)
    for slot in presenters(briefing) if group.presenters else []:
        address = slot.presenter_email.lower()
        if address and address not in taken:
            taken.add(address)
            params = {"announcement": announcement.id, "slot": slot.id}
            made.append(Draft(f"{name}:slot:{slot.id}", Recipient(address, slot.presenter_name), params, name))
    return made


def thread_of(announcement: Announcement) -> str:
    """The name of everything that is sent of one letter; also how its keys begin."""
    return f"announcement:{announcement.id}"


def presenters(briefing: Briefing) -> list[PresenterSlot]:
    """The slots whose presenters did not decline."""
    able = (slot for slot in briefing.slots if slot.state is not SlotState.DECLINED and slot.presenter_name)
    return [slot for slot in able if not is_marker(slot.presenter_email)]


def by_state(briefing: Briefing) -> dict[RegistrationState, int]:
    """How many registered in all and can be written to."""
    counted = select(Registration.state, func.count()).where(Registration.briefing_id == briefing.id, _IS_SOMEBODY)
    return dict(db.session.execute(counted.group_by(Registration.state)).all())


def number_of(briefing: Briefing, group: Group) -> int:
    """How many registrants are in the group."""
    return db.session.scalars(select(func.count()).select_from(_registrants(briefing, group).subquery())).one()


def number_presenting(briefing: Briefing, group: Group) -> int:
    """How many get the letter because they present, not because they registered."""
    addresses = {slot.presenter_email.lower() for slot in presenters(briefing) if slot.presenter_email}
    if not group.presenters or not addresses:
        return 0
    registered = _registrants(briefing, group).with_only_columns(Registration.email)
    return len(addresses - set(db.session.scalars(registered.where(Registration.email.in_(addresses)))))


def still_agrees(registration: Registration) -> bool:
    """Whether a registrant agrees to news at this moment."""
    return bool(db.session.scalar(select(agrees(Purpose.NEWS)).where(Registration.id == registration.id)))


def _registrants(briefing: Briefing, group: Group) -> Select[Any]:
    found = select(Registration.id).where(Registration.briefing_id == briefing.id, _IS_SOMEBODY)
    found = found.where(Registration.state.in_(group.states))
    if group.kinds:
        found = found.join(Registration.organization).where(Organization.kind.in_(group.kinds))
    if group.people:
        found = found.where(Registration.public_id.in_(group.people))
    if group.presence:
        found = found.where(came() if group.presence is Presence.CAME else ~came())
    if group.news:
        found = found.where(agrees(Purpose.NEWS))
    if group.replied is not None:
        found = found.where(_replied(briefing) if group.replied else ~_replied(briefing))
    return found


def _replied(briefing: Briefing) -> ColumnElement[bool]:
    presented = select(PresenterSlot.need_id).where(PresenterSlot.briefing_id == briefing.id)
    return exists().where(
        ParticipationReply.organization_id == Registration.organization_id,
        ParticipationReply.need_id.in_(presented),
        ParticipationReply.state != ReplyState.WITHDRAWN,
    )
