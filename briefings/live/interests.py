"""Word of interest during a briefing: one press at a talk, from which a reply is filled in later."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import joinedload

from briefings.db import db, insert_new
from briefings.errors import N_, Refused
from briefings.live.joining import Gate, gate
from briefings.live.running import state_of
from briefings.needs.models import Need
from briefings.schedule.registration_models import Registration, registration_interests

_SAID = registration_interests.c


@dataclass(frozen=True)
class Interest:
    """A need somebody is interested in; `raised_at` is None for what was ticked at registration."""

    need: Need
    raised_at: datetime | None


def interests_of(registration: Registration) -> list[Interest]:
    """What somebody is interested in, with the owners' organizations: what was said during the talks first."""
    found = select(Need, _SAID.raised_at).join(registration_interests, _SAID.need_id == Need.id)
    found = found.where(_SAID.registration_id == registration.id).options(joinedload(Need.organization))
    rows = db.session.execute(found.order_by(_SAID.raised_at.is_(None), _SAID.raised_at, Need.id))
    return [Interest(need, raised_at) for need, raised_at in rows]


def raise_interest(registration: Registration, need_id: int, now: datetime) -> Need:
    """Note that the person is interested in a need that is open for it; pressed again it stays as it was.

    Nobody else in the room sees it, so nothing that they see gets a new version. Refused without a place, for a need of
    another briefing, and for one whose talk has not begun or that staff have closed.
    """
    if gate(registration, now) not in (Gate.OPEN, Gate.OVER):
        raise Refused(N_("지금은 관심을 표시할 수 없습니다."))
    talk = next((slot for slot in state_of(registration.briefing, now).slots if slot.need.id == need_id), None)
    if talk is None:
        raise Refused(N_("이 설명회에서 발표하는 과제가 아닙니다."))
    if not talk.is_open or not talk.need.takes_replies:
        raise Refused(N_("지금은 이 과제에 관심을 표시할 수 없습니다. 발표가 시작되면 눌러 주세요."))
    row = {"registration_id": registration.id, "need_id": need_id, "raised_at": now}
    if not insert_new(registration_interests, [row]):
        ticked = (_SAID.registration_id == registration.id, _SAID.need_id == need_id, _SAID.raised_at.is_(None))
        db.session.execute(update(registration_interests).where(*ticked).values(raised_at=now))
    return talk.need


def take_back(registration: Registration, need_id: int) -> None:
    """They are not interested any more, as if nothing had been said."""
    said = (_SAID.registration_id == registration.id, _SAID.need_id == need_id)
    db.session.execute(delete(registration_interests).where(*said))
