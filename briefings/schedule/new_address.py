"""Moving a registration to another address: proven by a link that goes there, bound to what it moves, never stored."""

import base64
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import select

from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.outbox.queueing import Recipient, queue, queued_lately
from briefings.schedule.invitations import invite, tell, withdraw
from briefings.schedule.items import concerning
from briefings.schedule.models import BriefingState, Eligibility
from briefings.schedule.registering import MAILS_PER_HOUR
from briefings.schedule.registration_models import Registration, RegistrationState
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "new-address"
GOOD_FOR = timedelta(hours=24)
_REGISTERED = N_("이 주소로 이미 신청되어 있어 옮길 수 없습니다. 그 신청의 링크를 받아 확인해 주세요.")
_CANCELLED = N_("이 주소로 신청했다가 취소한 기록이 있어 옮길 수 없습니다. 이 주소로 다시 신청해 주세요.")


class Move(NamedTuple):
    """What a link asks for: which registration, where to, until when; `done` when it went there by this link."""

    registration: Registration
    email: str
    expires_at: datetime
    version: int
    done: bool


def ask(registration: Registration, email: str, now: datetime) -> None:
    """Mail a link to the new address; nothing changes before it is followed. Refused where there is nothing to move.

    Whether the address is registered already is looked up when the link is followed, not before.
    """
    email = email.lower()
    _refuse_settled(registration, now)
    if email == registration.email:
        raise Refused(N_("지금 쓰고 있는 주소입니다. 새 주소를 적어 주세요."), field="email")
    if queued_lately("new_address", email, now) < MAILS_PER_HOUR:
        to = Recipient(email, registration.name, registration.locale)
        _queue("new_address", registration, to, now, held=False, version=registration.link_version)


def settled_reason(registration: Registration, now: datetime) -> Refused | None:
    """Why the registration cannot go to any other address; None when it can."""
    if registration.briefing.eligibility is Eligibility.INVITED:
        tied = N_("초대받은 주소로만 신청할 수 있는 설명회라 주소를 바꿀 수 없습니다. 아래 문의처로 알려 주세요.")
        return Refused(tied)
    if registration.state is RegistrationState.CANCELLED:
        return Refused(N_("취소한 신청은 바꿀 수 없습니다. 다시 신청한 뒤에 바꿔 주세요."))
    if registration.briefing.state is BriefingState.CANCELLED:
        return Refused(N_("취소된 설명회입니다."))
    if registration.briefing.is_over(now):
        return Refused(N_("이미 끝난 설명회입니다."))
    return None


def move_token(registration: Registration, email: str, expires_at: datetime) -> str:
    """A token that moves the registration to `email` until then, once: moving ends it like every other link."""
    written = base64.urlsafe_b64encode(email.encode()).decode().rstrip("=")
    said = f"{registration.public_id}-{int(expires_at.timestamp())}-{written}"
    return token_for(PURPOSE, said, registration.link_version)


def move_behind(token: str) -> Move | None:
    """What a token asks for, be it late or just done; None for any other token."""
    said = public_id_in(token)
    try:
        public_id, seconds, written = said.split("-", 2)
        email = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4)).decode()
        expires_at = datetime.fromtimestamp(int(seconds), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return None
    registration = db.session.scalar(select(Registration).where(Registration.public_id == public_id))
    if registration is None:
        return None
    done = registration.email == email
    version = registration.link_version - done
    fits = token_fits(token, PURPOSE, said, version)
    return Move(registration, email, expires_at, version, done) if fits else None


def follow(move: Move, now: datetime) -> None:
    """Give the registration its new address: the place, or the place in line, and everything given stay as they are.

    The entry in the old address's calendar is withdrawn and the new one gets its own; earlier links open nothing any
    more. Pressed again it changes nothing. Refused where the address has a registration of its own.
    """
    registration = move.registration
    lock(registration.briefing)
    db.session.refresh(registration)
    if registration.email == move.email:
        return
    _refuse_settled(registration, now)
    if registration.link_version != move.version or now >= move.expires_at:
        raise Refused(N_("이 링크는 이제 쓸 수 없습니다. 신청 내역에서 새 링크를 받아 주세요."))
    _refuse_taken(registration, move.email)
    move_to(registration, move.email, now)


def move_to(registration: Registration, email: str, now: datetime) -> None:
    """Give a registration an address that has none of its own there, and tell both addresses.

    Whoever calls holds the lock on the briefing.
    """
    if not withdraw(registration, now, "address"):
        tell(registration, "waiting_ended", now, why="address")
    registration.email, registration.link_version = email, registration.link_version + 1
    db.session.flush()
    if registration.state is RegistrationState.CONFIRMED:
        invite(registration, now)
    else:
        requested = registration.state is RegistrationState.REQUESTED
        tell(registration, "requested" if requested else "waitlisted", now, key=f"{int(now.timestamp())}:{email}"[:100])


def _refuse_settled(registration: Registration, now: datetime) -> None:
    if refused := settled_reason(registration, now):
        raise refused


def _refuse_taken(registration: Registration, email: str) -> None:
    of_address = (Registration.briefing_id == registration.briefing_id, Registration.email == email)
    state = db.session.scalar(select(Registration.state).where(*of_address))
    if state is not None:
        raise Refused(_CANCELLED) if state is RegistrationState.CANCELLED else Refused(_REGISTERED, field="email")


def _queue(kind: str, registration: Registration, to: Recipient, now: datetime, **params: Any) -> None:
    key = f"{kind}:{registration.id}:{int(now.timestamp())}:{to.address}"[:200]
    about = concerning(registration.briefing) | params
    queue(kind, key, to, now, registration=registration.id, **about)
