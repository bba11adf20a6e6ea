"""Where an address stands: whose rows are whose, under which names, and where others wrote of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

from sqlalchemy import Text, cast, func, or_, select, union

from briefings.accounts.models import User
from briefings.db import Base, db, dialect
from briefings.live.models import BriefingDay
from briefings.needs.models import Need
from briefings.organizations.models import Membership
from briefings.participation.models import Appointment, Consultation, ParticipationReply, ReplyColleague
from briefings.rights.blackening import Person, national, needles
from briefings.rights.blackening import person as known_as
from briefings.rights.columns import WORDS
from briefings.rights.emptying import ROWS
from briefings.schedule.models import Briefing, PresenterSlot
from briefings.schedule.registration_models import Registration
from briefings.web.erased import GONE
from briefings.web.sealing import digest_of

BETWEEN = ("-", ".", " ", "(", ")")
APART = "\n"
"""Between two columns, so that nothing stands where one ends and the next begins."""
SEEN = "seen"
"""What the log of who saw whom is kept under (`audit.seeing.digest_of_person`)."""
TO_OTHERS = ("presenter", "standby")
MOBILE = "01"


@dataclass
class Found:
    """Somebody's rows by table, and what ties what others wrote to them."""

    who: Person
    rows: dict[Any, list[int]]
    """By model the ids of the rows that are about them."""
    needs: list[int]
    slots: list[int]
    days: list[int]
    """Ids of the briefings they lead."""
    organizations: set[int]
    replies: set[int] = field(default_factory=set)
    """Ids of replies they sent or joined."""
    quoting: dict[Any, set[int]] = field(default_factory=dict)
    """By model the ids of mails in which they stand (see `sweeping.look_into_mails`)."""

    @property
    def is_known(self) -> bool:
        """Whether anything is."""
        return any(self.rows.values()) or bool(self.needs or self.slots or self.days)


def find(address: str) -> Found:
    """Everything that is about an address, by some dozen statements."""
    address = address.lower()
    rows = {each.model: _ids(each.model, each.address, address) for each in ROWS}
    needs = _ids(Need, func.lower(Need.contact_email), address)
    presents = or_(*(func.lower(getattr(PresenterSlot, f"{part}_email")) == address for part in TO_OTHERS))
    slots = list(db.session.scalars(select(PresenterSlot.id).where(presents)))
    leads = select(BriefingDay.briefing_id).where(func.lower(BriefingDay.moderator_email) == address)
    days = list(db.session.scalars(leads))
    names, phones = _said_of(address)
    who = known_as(address, names, phones, _shared(names, address), [digest_of(address, SEEN)[:32]])
    colleagues = select(ReplyColleague.reply_id).where(ReplyColleague.email == address)
    replies = {*rows[ParticipationReply], *db.session.scalars(colleagues)}
    return Found(who, rows, needs, slots, days, _organizations(address, rows), replies)


def _ids(model: Any, column: Any, address: str) -> list[int]:
    return list(db.session.scalars(select(model.id).where(column == address).order_by(model.id)))


def _people() -> Iterator[tuple[Any, Any, Any]]:
    """Address, name and number as they stand together somewhere."""
    for each in ROWS:
        name = getattr(each.model, "recipient_name", None) or each.model.name
        yield each.address, name, getattr(each.model, "phone", None)
    yield func.lower(Need.contact_email), Need.contact_name, Need.contact_phone
    for part in TO_OTHERS:
        yield func.lower(getattr(PresenterSlot, f"{part}_email")), getattr(PresenterSlot, f"{part}_name"), None
    of_day = select(BriefingDay.moderator_email).where(BriefingDay.briefing_id == Briefing.id)
    yield func.lower(of_day.scalar_subquery()), Briefing.moderator, None


def _said_of(address: str) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    phones: set[str] = set()
    for email, name, phone in _people():
        columns = (name, phone) if phone is not None else (name,)
        for row in db.session.execute(select(*columns).where(email == address).distinct()):
            names.add(row[0] or "")
            phones.add((row[1] if len(row) > 1 else "") or "")
    return names - {"", GONE, address}, phones - {""} - _of_offices(phones, address)


def _of_offices(phones: set[str], address: str) -> set[str]:
    """Of these numbers the lines that others are reached by as well: nobody is told by them."""
    lines = {each for each in phones if each and not national(each).startswith(MOBILE)}
    if not lines:
        return set()
    known = [(email, phone) for email, _, phone in _people() if phone is not None]
    others = [select(phone).where(phone.in_(lines), email != address) for email, phone in known]
    return set(db.session.scalars(union(*others)))


def _shared(names: set[str], address: str) -> set[str]:
    """Of these names those that somebody else bears as well."""
    if not names:
        return set()
    others = [select(name).where(name.in_(names), email != address) for email, name, _ in _people()]
    return set(db.session.scalars(union(*others)))


def _organizations(address: str, rows: dict[Any, list[int]]) -> set[int]:
    """The organizations they acted for: what these say to a match is signed by them."""
    sources = (
        select(Registration.organization_id).where(Registration.email == address),
        select(ParticipationReply.organization_id).where(ParticipationReply.email == address),
        select(ParticipationReply.organization_id).join(ReplyColleague).where(ReplyColleague.email == address),
        select(Membership.organization_id).where(Membership.user_id.in_(rows[User])),
        select(Need.organization_id).where(func.lower(Need.contact_email) == address),
    )
    return set(db.session.scalars(union(*sources)))


def written_of(who: Person) -> Iterator[tuple[Any, Any]]:
    """Model and key of every row in which the person may stand: more than are meant, none too few.

    It walks through whole tables, takes no lock, and is for the worker.
    """
    wanted = needles(who)
    position = func.instr if dialect() == "sqlite" else func.strpos
    for mapper in Base.registry.mappers:
        model = mapper.class_
        if names := WORDS.get(model.__tablename__, "").split():
            said = _bare([getattr(model, name) for name in names]).label("said")
            rows = select(*mapper.primary_key, said).subquery()
            keys = select(*(rows.c[str(column.key)] for column in mapper.primary_key))
            stands = or_(*(position(rows.c.said, each) > 0 for each in wanted))
            yield from ((model, tuple(row)) for row in db.session.execute(keys.where(stands)).all())


def _bare(columns: list[Any]) -> Any:
    """What stands in all of these columns, in small letters and without what people put between."""
    texts: list[Any] = [func.coalesce(cast(column, Text), "") for column in columns]
    words: Any = func.lower(reduce(lambda one, other: one + APART + other, texts))
    for sign in BETWEEN:
        words = func.replace(words, sign, "")
    return words


def certain_of(found: Found, row: Any) -> bool:
    """Whether what is written in `row` can mean nobody else, whoever bears the same name."""
    if isinstance(row, (Consultation, Appointment)):
        return row.reply_id in found.replies
    organization = getattr(row, "organization_id", None)
    return organization in found.organizations if organization is not None else False
