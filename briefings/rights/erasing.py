"""Erasing everything about an address: asked for, given up, erased by the worker, confirmed by one last mail.

The address is kept with the request until all mails that give something up have gone out, and the last one, too; no
longer. Of who it was only a digest under the secret key stays.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select

from briefings.accounts.models import Role, User, UserSession
from briefings.audit.recording import Actor, record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.outbox.models import Message, MessageState, UndeliverableAddress
from briefings.outbox.queueing import Recipient, queue
from briefings.privacy.models import Erasure
from briefings.privacy.register import write_down
from briefings.rights.emptying import WAITING, empty
from briefings.rights.finding import Found, find, written_of
from briefings.rights.giving_up import give_up, standing_of
from briefings.rights.showing import is_known
from briefings.rights.sweeping import look_into_mails, sweep
from briefings.web.sealing import digest_of

KIND = "erasure"
PURPOSE = "erased"
"""What the digest is for by which an address is known again once nothing else of it is."""
UNDER_WAY = N_("이미 지우고 있습니다. 끝나면 전자우편으로 알려 드립니다.")
LAST_MAIL = "erasure_done"
MY_DATA = "my_data"
LONGEST_WAIT = timedelta(days=3)
"""So long a mail server may be away; then what was to be said before stays unsaid."""
WITHIN = timedelta(days=10)
"""By when the person hears that it is done (개인정보 보호법 시행령 제43조)."""
ASKED_BY_PERSON = "본인의 요청(개인정보 보호법 제36조)"


def ask(address: str, locale: str, now: datetime, by: Actor | None = None, reason: str = "") -> Erasure:
    """Give up what stands, and have the rest erased; Refused where nothing is known, or it is being done already.

    `by` staff, for somebody who wrote or called, with the `reason`. Whose account it is waits for an administrator,
    and loses nothing before: they may be told that it cannot be.
    """
    address = address.lower()
    if under_way(address):
        raise Refused(UNDER_WAY)
    if not find(address).is_known and not is_known(address):
        raise Refused(N_("이 주소로 보관하는 정보가 없습니다."))
    account = db.session.scalar(select(User).where(User.email == address, User.active))
    _refuse_last_administrator(account)
    if account is None:
        give_up(address, now)
    erasure = Erasure(
        digest=digest_of(address, PURPOSE),
        at=now,
        numbers={},
        address=address,
        locale=locale,
        by_id=by.id if by else None,
    )
    erasure.by_id, erasure.account_id = by.id if by else None, account.id if account else None
    db.session.add(erasure)
    db.session.flush()
    record(by, "erasure.asked", erasure, now, **({"reason": reason} if by else {}))
    return erasure


def under_way(address: str) -> Erasure | None:
    """A request for this address that is not done."""
    return db.session.scalar(select(Erasure).where(Erasure.address == address.lower(), Erasure.finished_at.is_(None)))


def has_account(address: str) -> bool:
    """Whether somebody of this address may sign in."""
    found = select(User.id).where(User.email == address.lower(), User.active)
    return db.session.scalar(found) is not None


def erased_before(address: str) -> Erasure | None:
    """The last time somebody of this address was erased."""
    found = select(Erasure).where(
        Erasure.digest == digest_of(address.lower(), PURPOSE), Erasure.finished_at.is_not(None)
    )
    return db.session.scalars(found.order_by(Erasure.id.desc()).limit(1)).first()


def waiting_for_account() -> list[Erasure]:
    """Requests of people who sign in, which wait until an administrator closes their account; the oldest first."""
    return list(db.session.scalars(_waiting().order_by(Erasure.at)))


def number_waiting() -> int:
    """How many of them there are."""
    return db.session.scalars(select(func.count()).select_from(_waiting().subquery())).one()


def close_account(erasure: Erasure, by: User, now: datetime) -> None:
    """Switch the account off and give up what stands; the worker erases the rest. Refused for one's own."""
    lock(erasure)
    account = db.session.get(User, erasure.account_id) if erasure.account_id else None
    if account is None:
        raise Refused("이미 닫은 계정입니다.")
    lock(account)
    if account.id == by.id:
        raise Refused("자기 계정은 다른 관리자가 닫아야 합니다.")
    _refuse_last_administrator(account)
    account.active = False
    account.session_version += 1
    db.session.execute(delete(UserSession).where(UserSession.user_id == account.id))
    record(by, "account.closed", account, now)
    erasure.account_id = None
    if erasure.address:
        give_up(erasure.address, now)


def turn_down(erasure: Erasure, reason: str, by: User, now: datetime) -> None:
    """The account stays, and with it what hangs on it; the person reads why."""
    lock(erasure)
    if erasure.account_id is None or erasure.address is None:
        raise Refused("이미 처리한 요청입니다.")
    to = Recipient(erasure.address, "", erasure.locale)
    queue("erasure_refused", f"erasure-refused:{erasure.id}", to, now, reason=reason)
    record(by, "erasure.refused", erasure, now, reason=reason)
    db.session.delete(erasure)


def due(now: datetime) -> Sequence[int]:
    """Ids of requests whose mails are out, or have had their time."""
    waiting = (Message.state.in_(WAITING), Message.created_at > now - LONGEST_WAIT)
    unsent = select(Message.id).where(Message.recipient == Erasure.address, *waiting).exists()
    open_ = (Erasure.address.is_not(None), Erasure.finished_at.is_(None), Erasure.account_id.is_(None))
    return db.session.scalars(select(Erasure.id).where(*open_, ~unsent).order_by(Erasure.id)).all()


def look_for(erasure_id: int) -> tuple[Found, list[tuple[object, tuple[object, ...]]]] | None:
    """What is theirs, and where others wrote of them: a long look that needs no lock; None where it is done."""
    erasure = db.session.get(Erasure, erasure_id)
    if erasure is None or erasure.address is None or erasure.finished_at is not None:
        return None
    found = find(erasure.address)
    look_into_mails(found)
    return found, list(written_of(found.who))


def finish(
    erasure_id: int, found: Found, written: list[tuple[object, tuple[object, ...]]], now: datetime
) -> dict[str, int]:
    """Erase it all and queue the last mail; once, however many workers try."""
    erasure = db.session.get_one(Erasure, erasure_id)
    lock(erasure)
    if erasure.finished_at is not None or erasure.address is None:
        return {}
    address = erasure.address
    standing = standing_of(address, now)
    if standing.places or standing.talks:  # taken up anew while it waited
        give_up(address, now)
        return {}
    fresh = find(address)
    if fresh.who != found.who:  # known by another name since: look again
        return {}
    fresh.quoting = found.quoting
    numbers = sweep(fresh, written, now)
    erasure.numbers, erasure.finished_at = numbers, now
    write_down(KIND, sum(numbers.values()), ASKED_BY_PERSON, now)
    queue(LAST_MAIL, f"{LAST_MAIL}:{erasure.id}", Recipient(address, "", erasure.locale), now, erasure=erasure.id)
    record(None, "erasure.done", erasure, now, rows=sum(numbers.values()))
    return numbers


def is_any_to_forget() -> bool:
    """Whether an address is kept for a last mail."""
    kept = select(Erasure.id).where(Erasure.address.is_not(None), Erasure.finished_at.is_not(None))
    return db.session.scalars(kept.limit(1)).first() is not None


def forget_addresses(now: datetime) -> int:
    """Where the last mail is out, nothing keeps the address any more; how many."""
    done = select(Erasure).where(Erasure.address.is_not(None), Erasure.finished_at.is_not(None))
    number = 0
    for erasure in db.session.scalars(done.order_by(Erasure.id)).all():
        lock(erasure)
        if erasure.address is None:
            continue
        mails = select(Message.id, Message.state).where(
            Message.recipient == erasure.address, Message.kind.in_((LAST_MAIL, MY_DATA))
        )
        rows = db.session.execute(mails).all()
        late = erasure.finished_at is not None and erasure.finished_at <= now - LONGEST_WAIT
        if late or all(state not in (MessageState.QUEUED, MessageState.SENDING) for _, state in rows):
            empty(Message, [message for message, _ in rows])
            came_back = delete(UndeliverableAddress).where(UndeliverableAddress.address == erasure.address)
            db.session.execute(came_back)
            erasure.address = None
            number += 1
    return number


def _waiting() -> Select[Erasure]:
    return select(Erasure).where(Erasure.account_id.is_not(None), Erasure.finished_at.is_(None))


def _refuse_last_administrator(account: User | None) -> None:
    if account is None or account.role is not Role.ADMINISTRATOR:
        return
    others = select(func.count()).where(User.role == Role.ADMINISTRATOR, User.active, User.id != account.id)
    if not db.session.scalar(others):
        raise Refused(N_("하나뿐인 관리자의 계정은 닫을 수 없습니다. 먼저 다른 관리자를 두어 주세요."))
