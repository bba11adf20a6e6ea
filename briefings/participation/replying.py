"""An organization says what it can bring to a need, changes it, takes it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from briefings.calendar.holidays import working_days_from
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.organizations.finding import named
from briefings.organizations.models import Organization, OrganizationKind
from briefings.outbox.queueing import Recipient, queue
from briefings.participation.colleagues import ask_to_join, let_go_all
from briefings.participation.leaving import leave_match
from briefings.participation.models import ParticipationReply, ReplyColleague, ReplyState, Visibility
from briefings.participation.sending_models import EarlierSending
from briefings.privacy.consenting import answer
from briefings.privacy.models import Basis, ConsentText
from briefings.schedule.models import Briefing

WORKING_DAYS_TO_ACKNOWLEDGE = 5


@dataclass(frozen=True)
class Sender:
    """Who replies, and for which organization."""

    name: str
    email: str
    organization: str
    kind: OrganizationKind
    phone: str = ""
    locale: str = "ko"


@dataclass(frozen=True)
class Offer:
    """What the sender can bring to one need."""

    need: Need
    text: str
    tags: tuple[str, ...] = ()
    conditions: str = ""
    """Of this need; where empty, those of all."""


@dataclass(frozen=True)
class Sent:
    """What became of one sending: the new replies, and the needs this organization had answered before.

    Only those who have a link to a reply may learn that there is one: whoever sent the form is told neither.
    """

    replies: list[ParticipationReply]
    already: list[Need]


def due_at(now: datetime, zone: str) -> datetime:
    """By when a reply sent `now` is to be acknowledged: 18:00 of the fifth working day after today in `zone`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(working_days_from(today, WORKING_DAYS_TO_ACKNOWLEDGE), time(18), ZoneInfo(zone))


def reply(
    sender: Sender,
    offers: Iterable[Offer],
    conditions: str,
    visibility: Visibility,
    consent: ConsentText,
    zone: str,
    now: datetime,
    briefing: Briefing | None = None,
) -> Sent:
    """One reply per organization and need; owner and sender are told.

    Where one exists already, whoever sent it is asked to let this sender join. Refused when a need takes no replies any
    more, or is the organization's own.
    """
    organization = named(sender.organization, sender.kind, now)
    offers, sent = list(offers), Sent([], [])
    for need in sorted((offer.need for offer in offers), key=lambda need: need.id):  # so that nobody waits in a ring
        lock(need)
    for offer in offers:
        _check(offer.need, organization)
        known = reply_of(organization, offer.need)
        if known and known.state is not ReplyState.WITHDRAWN:
            sent.already.append(offer.need)
            person = Recipient(sender.email, sender.name, sender.locale)
            ask_to_join(known, person, sender.phone, offer.text, consent, now)
            continue
        if known:
            _keep_earlier(known)
        made = known or ParticipationReply(need=offer.need, organization=organization)
        _fill(made, sender, offer, briefing)
        made.conditions, made.visibility = offer.conditions or conditions, visibility
        made.send(now, due_at(now, zone))
        offer.need.last_reply_at = now
        db.session.add(made)
        db.session.flush()
        answer(f"reply:{made.public_id}", consent, consent.basis is Basis.CONSENT, now)
        _tell_owner(made, now)
        sent.replies.append(made)
    if sent.replies:
        _tell_sender(sender, sent.replies, now)
    return sent


def _keep_earlier(made: ParticipationReply) -> None:
    """When it had stood, before it stands anew: figures that were published of these days stay as they are."""
    if made.withdrawn_at is not None:
        db.session.add(EarlierSending(reply=made, sent_at=made.sent_at, withdrawn_at=made.withdrawn_at))


def change(made: ParticipationReply, offer: str, tags: Iterable[str], conditions: str, visibility: Visibility) -> None:
    """Put other words; Refused once the owner has opened it."""
    lock(made)
    if made.state is not ReplyState.SENT:
        raise Refused(N_("수요기관이 이미 확인한 답글은 고칠 수 없습니다. 수요기관에 직접 알려 주세요."))
    made.offer, made.offer_tags = offer, list(tags)
    made.conditions, made.visibility = conditions, visibility


def withdraw(made: ParticipationReply, now: datetime) -> None:
    """Take it back; the owner is told, and whoever had joined or asked to."""
    lock(made.need)  # before the reply, as everywhere: neither waits for the other
    lock(made)
    made.withdraw(now)
    leave_match(made.need, made.organization_id)
    db.session.flush()
    made.need.last_reply_at = _last_reply_at(made.need)
    let_go_all(made, now)
    _tell_owner(made, now, "reply_withdrawn")


def reply_of(organization: Organization, need: Need) -> ParticipationReply | None:
    """What an organization answered to a need, if anything."""
    found = select(ParticipationReply).where(
        ParticipationReply.organization_id == organization.id, ParticipationReply.need_id == need.id
    )
    return db.session.scalar(found)


def answered_by(email: str, needs: Iterable[Need]) -> set[int]:
    """Ids of the needs to which somebody of that address has a reply that stands, or waits to join one."""
    ids, address = [need.id for need in needs], email.lower()
    stands = (ParticipationReply.need_id.in_(ids), ParticipationReply.state != ReplyState.WITHDRAWN)
    asked = ParticipationReply.colleagues.any((ReplyColleague.email == address) & ReplyColleague.refused_at.is_(None))
    found = select(ParticipationReply.need_id).where(*stands, (ParticipationReply.email == address) | asked)
    return set(db.session.scalars(found))


def reply_with(public_id: str) -> ParticipationReply | None:
    """The reply of that public id, with what its page shows."""
    found = select(ParticipationReply).where(ParticipationReply.public_id == public_id)
    return db.session.scalar(
        found.options(
            joinedload(ParticipationReply.organization),
            joinedload(ParticipationReply.need).joinedload(Need.organization),
        )
    )


def _check(need: Need, organization: Organization) -> None:
    if not need.takes_replies:
        raise Refused(N_("‘%(title)s’ 과제는 더 이상 답글을 받지 않습니다."), title=need.title)
    if need.organization_id == organization.id:
        raise Refused(N_("‘%(title)s’ 과제는 귀 기관의 것입니다."), title=need.title)


def _fill(made: ParticipationReply, sender: Sender, offer: Offer, briefing: Briefing | None) -> None:
    if made.email and made.email != sender.email.lower():
        made.link_version += 1  # whoever sent and withdrew the one before must not open this one
    made.name, made.email, made.phone, made.locale = sender.name, sender.email.lower(), sender.phone, sender.locale
    made.offer, made.offer_tags = offer.text, list(offer.tags)
    made.briefing_id = briefing.id if briefing else None


def _last_reply_at(need: Need) -> datetime | None:
    stands = (ParticipationReply.need_id == need.id, ParticipationReply.state != ReplyState.WITHDRAWN)
    return db.session.scalar(select(func.max(ParticipationReply.sent_at)).where(*stands))


def _tell_sender(sender: Sender, replies: list[ParticipationReply], now: datetime) -> None:
    first = replies[0]
    key = f"reply-sent:{first.id}:{first.sent_at:%Y%m%d%H%M%S%f}"
    person = Recipient(sender.email, sender.name, sender.locale)
    queue("reply_sent", key, person, now, about=f"need:{first.need_id}", replies=[made.id for made in replies])


def _tell_owner(made: ParticipationReply, now: datetime, kind: str = "reply_received") -> None:
    for place, to in enumerate(owners_of(made.need)):
        key = f"{kind}:{made.id}:{now:%Y%m%d%H%M%S%f}:{place}"
        queue(kind, key, to, now, about=f"need:{made.need_id}", reply=made.id)
