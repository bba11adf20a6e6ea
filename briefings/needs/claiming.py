"""A need that staff entered is taken over by its contact, by a personal link that also opens an account."""

from datetime import datetime, timedelta

from briefings.accounts.models import Role, User
from briefings.accounts.opening import open_account, recipient, send_password_link
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import history_of, record
from briefings.db import db, lock
from briefings.errors import N_, LinkEnded, Refused
from briefings.needs.finding import need_numbered
from briefings.needs.models import Need, NeedState
from briefings.organizations.finding import organization_of
from briefings.organizations.models import Membership
from briefings.outbox.queueing import Recipient, queue
from briefings.web.routing import LAST_ROW
from briefings.web.tokens import fitted_before, public_id_in, token_fits, token_for

PURPOSE = "need-claim"
GOOD_FOR = timedelta(days=30)

TAKEN = N_("이미 넘겨받은 과제입니다.")
CLOSED_LINK = N_("더는 쓸 수 없는 링크입니다. 아래 연락처로 알려 주시면 새 링크를 보내 드립니다.")
SWITCHED_OFF = N_("이 주소의 계정은 쓸 수 없게 되어 있습니다. 담당자에게 알렸으니 연락을 기다려 주세요.")
NO_OWNER = N_(
    "이 주소의 계정은 수요기관의 계정이 아니어서 과제를 넘겨받을 수 없습니다. 담당자에게 알렸으니 연락을 기다려 주세요."
)
ELSEWHERE = N_(
    "이 주소의 계정은 다른 기관의 계정이어서 이 과제를 넘겨받을 수 없습니다. 담당자에게 알렸으니 연락을 기다려 주세요."
)


def not_claimable(need: Need) -> str | None:
    """Why nobody can be asked to take the need over, if so; for staff."""
    if need.claimed_at:
        return "담당자가 이미 넘겨받았습니다."
    if need.created_by and need.created_by.is_member:
        return "수요기관의 계정으로 등록한 과제입니다."
    if need.state is NeedState.WITHDRAWN:
        return "철회한 과제입니다."
    return None if need.contact_email else "담당자 전자우편이 없습니다. ‘고치기’의 담당자 단계에서 먼저 적어 주세요."


def good_until(need: Need) -> datetime | None:
    """Until when the link opens the need; None if nobody is asked."""
    return need.claim_asked_at + GOOD_FOR if need.claim_asked_at else None


def ask(need: Need, by: User, now: datetime) -> None:
    """Mail the contact a new link, which revokes earlier ones."""
    lock(need)
    if reason := not_claimable(need):
        raise Refused(reason)
    need.claim_version, need.claim_asked_at = need.claim_version + 1, now
    record(by, "need.claim_asked", need, now)
    to = Recipient(need.contact_email.lower(), need.contact_name or need.organization.name)
    key, filed = f"need-claim:{need.id}:{need.claim_version}", f"need:{need.id}"
    queue("need_claim", key, to, now, about=filed, need=need.id, version=need.claim_version)


def revoke(need: Need, by: User, now: datetime) -> None:
    """Let the link open nothing any more; Refused where nobody is asked."""
    lock(need)
    if need.claimed_at or not need.claim_asked_at:
        raise Refused("보낸 링크가 없거나 이미 넘겨받았습니다.")
    need.revoke_claim()
    record(by, "need.claim_revoked", need, now)


def claim_token(need: Need) -> str:
    """The token of the present link."""
    return token_for(PURPOSE, str(need.id), need.claim_version)


def need_behind(token: str) -> Need | None:
    """The need a link speaks of; None for a false one, LinkEnded for one that was revoked."""
    number = public_id_in(token)
    known = number.isascii() and number.isdigit() and len(number) < 11 and int(number) <= LAST_ROW
    need = need_numbered(int(number)) if known else None
    if need is None:
        return None
    if need.claim_asked_at and token_fits(token, PURPOSE, str(need.id), need.claim_version):
        return need
    if fitted_before(token, PURPOSE, str(need.id), need.claim_version):
        raise LinkEnded
    return None


def closed_reason(need: Need, now: datetime) -> str | None:
    """Why the link cannot be used any more, if so."""
    if need.claimed_at:
        return TAKEN
    late = need.claim_asked_at is None or now >= need.claim_asked_at + GOOD_FOR
    return CLOSED_LINK if late or need.state is NeedState.WITHDRAWN else None


def account_of(need: Need) -> User | None:
    """The account of the contact's address, if it has one."""
    return user_with(need.contact_email)


def obstacle(need: Need) -> str | None:
    """Why the account of the contact's address cannot have the need, if so: a matter for staff."""
    user = account_of(need)
    if user is None:
        return None
    if not user.active:
        return SWITCHED_OFF
    if not user.is_member:
        return NO_OWNER
    organization = organization_of(user)
    return ELSEWHERE if organization and organization.id != need.organization_id else None


def take_over(need: Need, token: str, locale: str, now: datetime) -> User:
    """Make it the need of the contact's account, opened for its organization if there is none; the account.

    The link proved the address. Refused where it was revoked meanwhile, and for an account that cannot have it.
    """
    lock(need)
    if not token_fits(token, PURPOSE, str(need.id), need.claim_version):
        raise Refused(CLOSED_LINK)
    if reason := closed_reason(need, now) or obstacle(need):
        raise Refused(reason)
    user = account_of(need) or _open(need, locale, now)
    if organization_of(user) is None:
        db.session.add(Membership(user_id=user.id, organization_id=need.organization_id))
    need.created_by, need.claimed_at = user, now
    record(user, "need.claimed", need, now)
    return user


def tell_staff(need: Need, now: datetime) -> None:
    """Note that the contact could not take it over, and write to whoever asked them, once for each link."""
    reason = obstacle(need)
    asked = [entry.actor_id for entry in history_of(need) if entry.action == "need.claim_asked"]
    officer = db.session.get(User, asked[-1]) if asked and asked[-1] else None
    key = f"need-claim-refused:{need.id}:{need.claim_version}"
    filed = f"need:{need.id}"
    if reason and officer and queue("need_claim_refused", key, recipient(officer), now, about=filed, need=need.id):
        record(None, "need.claim_refused", need, now)


def _open(need: Need, locale: str, now: datetime) -> User:
    name = need.contact_name or need.organization.name
    user = open_account(need.contact_email, name, Role.OWNER, now, need.contact_phone, locale)
    send_password_link(user, now)
    record(user, "account.opened", user, now, role=user.role, organization=need.organization.name)
    return user
