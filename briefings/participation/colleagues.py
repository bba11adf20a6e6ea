"""Colleagues join the one reply of their organization: whoever sent it lets them, or not."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.needs.models import Need
from briefings.needs.registering import owners_of
from briefings.outbox.queueing import Recipient, queue
from briefings.participation.appointments import replace_replier
from briefings.participation.models import ParticipationReply, ReplyColleague, ReplyState
from briefings.privacy.consenting import answer, withdraw
from briefings.privacy.models import Basis, ConsentText, Purpose


def colleague_with(public_id: str) -> ReplyColleague | None:
    """Whoever asked to join under that public id, with the reply and what its page shows."""
    reply = joinedload(ReplyColleague.reply)
    found = select(ReplyColleague).where(ReplyColleague.public_id == public_id)
    return db.session.scalar(
        found.options(
            reply.joinedload(ParticipationReply.organization),
            reply.joinedload(ParticipationReply.need).joinedload(Need.organization),
        )
    )


def colleague_of(made: ParticipationReply, public_id: str) -> ReplyColleague | None:
    """Whoever asked to join this reply under that public id; None for anybody of another."""
    return next((each for each in made.colleagues if each.public_id == public_id), None)


def ask_to_join(
    made: ParticipationReply, person: Recipient, phone: str, offer: str, consent: ConsentText, now: datetime
) -> None:
    """Somebody of the organization answered a need that has its reply: whoever sent that is asked to let them join.

    Whoever is in it already, the sender too, gets the own link again. The caller holds the lock on the need. Both sides
    get one mail a day at most, however often the form is sent.
    """
    address = person.address.lower()
    known = next((each for each in made.colleagues if each.email == address), None)
    if address == made.email or (known and known.is_in):
        key = f"reply-exists:{made.id}:{address}:{now:%Y%m%d}"
        queue("reply_exists", key, person, now, about=f"need:{made.need_id}", reply=made.id)
        return
    if known and known.refused_at is not None:
        return _tell(known, "reply_join_refused", f"{now:%Y%m%d}", now)
    colleague = known or ReplyColleague(reply=made, email=address, asked_at=now)
    colleague.name, colleague.phone, colleague.locale, colleague.offer = person.name, phone, person.locale, offer
    db.session.add(colleague)
    db.session.flush()
    answer(_about(colleague), consent, consent.basis is Basis.CONSENT, now)
    _tell(colleague, "reply_join_waits", f"{now:%Y%m%d}", now)
    sender = Recipient(made.email, made.name, made.locale)
    key = f"reply_join_asked:{colleague.id}:{now:%Y%m%d}"
    queue("reply_join_asked", key, sender, now, about=f"need:{made.need_id}", reply=made.id, colleague=colleague.id)


def let_join(colleague: ReplyColleague, now: datetime) -> None:
    """They are in: they get a link of their own, and the owner learns whom else to write to."""
    made = colleague.reply
    lock(made)
    if made.state is ReplyState.WITHDRAWN:
        raise Refused(N_("이미 거두어들인 답글입니다."))
    lock(colleague)
    colleague.accept(now)
    _tell(colleague, "reply_joined", f"{now:%Y%m%d%H%M%S%f}", now)
    for place, to in enumerate(owners_of(made.need)):
        key = f"reply_colleague_joined:{colleague.id}:{now:%Y%m%d%H%M%S%f}:{place}"
        filed = f"need:{made.need_id}"
        queue("reply_colleague_joined", key, to, now, about=filed, reply=made.id, colleague=colleague.id)


def keep_out(colleague: ReplyColleague, now: datetime) -> None:
    """They do not join, or no longer take part; they are told so, and the owner sees nothing more of them."""
    _hold(colleague)
    colleague.refuse(now)
    replace_replier(colleague.reply, colleague.email, now)
    withdraw(Purpose.REPLY, [_about(colleague)], now)
    _tell(colleague, "reply_join_refused", f"{now:%Y%m%d%H%M%S%f}", now)


def leave(colleague: ReplyColleague, now: datetime) -> None:
    """They themselves want no part in it any longer; nothing of them stays."""
    _hold(colleague)
    withdraw(Purpose.REPLY, [_about(colleague)], now)
    replace_replier(colleague.reply, colleague.email, now)
    db.session.delete(colleague)


def let_go_all(made: ParticipationReply, now: datetime) -> None:
    """The reply is taken back: whoever was in it, or asked to be, may reply anew, and is told so.

    The caller holds the lock on the reply.
    """
    for colleague in list(made.colleagues):
        withdraw(Purpose.REPLY, [_about(colleague)], now)
        if colleague.refused_at is None:
            person = Recipient(colleague.email, colleague.name, colleague.locale)
            key = f"reply_join_over:{colleague.id}:{now:%Y%m%d%H%M%S%f}"
            queue("reply_join_over", key, person, now, about=f"need:{made.need_id}", reply=made.id)
        db.session.delete(colleague)


def _hold(colleague: ReplyColleague) -> None:
    lock(colleague.reply.need)  # before the reply, as everywhere: neither waits for the other
    lock(colleague.reply)
    lock(colleague)


def _about(colleague: ReplyColleague) -> str:
    return f"reply-colleague:{colleague.public_id}"


def _tell(colleague: ReplyColleague, kind: str, moment: str, now: datetime) -> None:
    person = Recipient(colleague.email, colleague.name, colleague.locale)
    key, filed = f"{kind}:{colleague.id}:{moment}", f"need:{colleague.reply.need_id}"
    queue(kind, key, person, now, about=filed, reply=colleague.reply_id, colleague=colleague.id)
