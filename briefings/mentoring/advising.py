"""Advice of experts on needs: asked for by staff, written by a mentor for the need's owner or for everybody."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from briefings.accounts.models import Role, User
from briefings.accounts.opening import recipient
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.mentoring.models import Advice, Readers
from briefings.needs.models import Need, NeedFile, NeedState
from briefings.needs.registering import tell_owner
from briefings.outbox.queueing import queue
from briefings.outbox.reach import Reach

ADVISED = (NeedState.SUBMITTED, NeedState.PUBLISHED, NeedState.CLOSED)
"""Needs that mentors read: what an owner is still writing, or has taken back, is nobody's to advise on."""
GONE = N_("수요기관이 고치고 있거나 거두어들인 과제라 지금은 조언을 적을 수 없습니다.")


def ask(needs: Iterable[Need], mentors: Sequence[User], by: User, now: datetime) -> int:
    """Give each need to each mentor who does not have it yet, and tell the mentors; how many were given.

    Refused where nothing is left to give.
    """
    new: dict[User, list[Advice]] = {}
    for need in sorted(needs, key=lambda need: need.id):  # so that nobody waits in a ring
        lock(need)
        _refuse_unreadable(need)
        has = set(db.session.scalars(select(Advice.mentor_id).where(Advice.need_id == need.id)))
        asked = [mentor for mentor in mentors if mentor.id not in has and mentor.is_expert and mentor.active]
        for mentor in asked:
            new.setdefault(mentor, []).append(Advice(need=need, mentor=mentor, asked_by_id=by.id, asked_at=now))
        if asked:
            record(by, "need.advice_asked", need, now, mentors=len(asked))
    if not new:
        raise Refused("고른 전문가가 모두 이 과제를 이미 맡고 있습니다.")
    for mentor, given in new.items():
        db.session.add_all(given)
        db.session.flush()
        ids = [advice.id for advice in given]
        key, filed = f"advice-asked:{mentor.id}:{ids[-1]}", f"need:{given[0].need_id}"
        queue("advice_asked", key, recipient(mentor), now, about=filed, advices=ids)
    return sum(len(given) for given in new.values())


def remind(advice: Advice, now: datetime) -> bool:
    """Ask the mentor once more, at most once a day; whether a mail was queued. Refused once there is an advice."""
    lock(advice)
    if advice.written_at:
        raise Refused("이미 조언을 적었습니다.")
    key = f"advice-reminded:{advice.id}:{now:%Y%m%d}"
    about = f"need:{advice.need_id}"
    return queue("advice_reminded", key, recipient(advice.mentor), now, about=about, advices=[advice.id])


def write(advice: Advice, text: str, readers: Readers, now: datetime) -> None:
    """Put the words of an advice, or others than before; the owner is told of both. Refused for a need that is gone."""
    lock(advice.need)
    lock(advice)
    _refuse_unreadable(advice.need)
    if advice.written_at and (advice.text, advice.readers) == (text, readers):
        return
    kind = "advice_changed" if advice.written_at else "advice_written"
    advice.text, advice.readers = text, readers
    if advice.written_at:
        advice.changed_at = now
    else:
        advice.written_at = now
    tell_owner(kind, advice.need, now)


def give_back(advice: Advice, reason: str, now: datetime) -> None:
    """The mentor does not take it on, and says why; whoever asked is told. Refused once there is an advice."""
    _give_up(advice)
    record(advice.mentor, "need.advice_given_back", advice.need, now, reason=reason)
    asker = db.session.get(User, advice.asked_by_id) if advice.asked_by_id else None
    if asker and asker.active:
        key, filed = f"advice-given-back:{advice.id}", f"need:{advice.need_id}"
        to, mentor = recipient(asker), advice.mentor.name
        queue("advice_given_back", key, to, now, about=filed, need=advice.need_id, mentor=mentor, reason=reason)


def take_back(advice: Advice, by: User, now: datetime) -> None:
    """Staff ask for it no longer; Refused once there is an advice."""
    _give_up(advice)
    record(by, "need.advice_taken_back", advice.need, now, who=advice.mentor.name)


def hide(advice: Advice, reason: str, by: User, now: datetime) -> None:
    """Let the owner alone read what its mentor made public, for a reason that is kept."""
    lock(advice.need)
    lock(advice)
    if advice.readers is not Readers.PUBLIC or not advice.written_at:
        raise Refused("공개한 조언이 아닙니다.")
    advice.readers = Readers.OWNER
    record(by, "need.advice_hidden", advice.need, now, reason=reason)


def advices_of(mentor: User) -> list[Advice]:
    """Everything a mentor was asked for, what waits first, then the latest; without needs they may not read now."""
    found = _complete().where(Advice.mentor_id == mentor.id)
    return list(db.session.scalars(found.order_by(Advice.written_at.is_not(None), Advice.asked_at.desc(), Advice.id)))


def advice_of(mentor: User, advice_id: int) -> Advice | None:
    """One of those; None for another's."""
    with_files = joinedload(Advice.need).selectinload(Need.files).joinedload(NeedFile.file)
    found = _complete().where(Advice.mentor_id == mentor.id, Advice.id == advice_id)
    return db.session.scalar(found.options(with_files))


def advice_numbered(advice_id: int) -> Advice | None:
    """One advice, for staff."""
    return db.session.scalar(_complete().where(Advice.id == advice_id))


def advices_on(need: Need) -> list[Advice]:
    """Everything asked for and written on one need, in the order of asking."""
    return list(db.session.scalars(_complete().where(Advice.need_id == need.id).order_by(Advice.asked_at, Advice.id)))


def public_advices(need: Need) -> list[Advice]:
    """What everybody may read about a need, in the order of writing."""
    shown = (Advice.need_id == need.id, Advice.readers == Readers.PUBLIC, Advice.written_at.is_not(None))
    return list(db.session.scalars(_complete().where(*shown).order_by(Advice.written_at, Advice.id)))


def all_advices(waiting: bool | None, reach: Reach) -> Select[Advice]:
    """Every advice that waits, that is written, or (None) both, and may be seen, the latest first."""
    found = _complete().where(reach.of_need(Advice.need_id)).order_by(Advice.asked_at.desc(), Advice.id.desc())
    if waiting is None:
        return found
    return found.where(Advice.written_at.is_(None) if waiting else Advice.written_at.is_not(None))


def needs_to_advise_on(ids: Sequence[int]) -> list[Need]:
    """Those of the needs that mentors may read, in the order of their numbers, with their organizations."""
    found = select(Need).where(Need.id.in_(ids), Need.state.in_(ADVISED)).options(joinedload(Need.organization))
    return list(db.session.scalars(found.order_by(Need.id)))


def readable(advice: Advice) -> bool:
    """Whether its mentor may read the need now."""
    return advice.need.state in ADVISED


def mentors_named(ids: Sequence[int]) -> list[User]:
    """The experts with these numbers who can sign in."""
    able = (User.id.in_(ids), User.role == Role.EXPERT, User.active)
    return list(db.session.scalars(select(User).where(*able).order_by(User.id)))


def _complete() -> Select[Advice]:
    with_names = (joinedload(Advice.need).joinedload(Need.organization), joinedload(Advice.mentor))
    return select(Advice).options(*with_names)


def _refuse_unreadable(need: Need) -> None:
    if need.state not in ADVISED:
        raise Refused(GONE)


def _give_up(advice: Advice) -> None:
    lock(advice.need)
    lock(advice)
    if advice.written_at:
        raise Refused(N_("이미 조언을 적은 과제입니다."))
    db.session.delete(advice)
