"""An organization without an account asks for one; the address is proven by a link, then staff decide."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from briefings.accounts.models import Role, User
from briefings.accounts.opening import open_account, send_password_link
from briefings.accounts.signing_in import email_key, user_with
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.organizations.finding import named
from briefings.organizations.models import AccountRequest, Membership, OrganizationKind, RequestState
from briefings.outbox.queueing import Recipient, queue
from briefings.web.tokens import public_id_in, token_fits, token_for

PURPOSE = "account-request"
CONFIRM_WITHIN = timedelta(days=7)


def request_account(request: AccountRequest, now: datetime) -> None:
    """Keep the request and mail a link that proves the address. Whether it has an account is looked up in the mail."""
    request.email, request.requested_at = email_key(request.email), now
    db.session.add(request)
    db.session.flush()
    queue("account_request", f"account-request:{request.public_id}", recipient(request), now, request=request.public_id)


def confirmation_token(request: AccountRequest) -> str:
    """The token in the link that proves the address."""
    return token_for(PURPOSE, request.public_id, 1)


def request_behind(token: str, now: datetime) -> AccountRequest | None:
    """The request a token confirms; None if the token is false, or the request was never confirmed in time."""
    request = db.session.scalar(select(AccountRequest).where(AccountRequest.public_id == public_id_in(token)))
    if request is None or not token_fits(token, PURPOSE, request.public_id, 1):
        return None
    late = request.state is RequestState.UNCONFIRMED and now >= request.requested_at + CONFIRM_WITHIN
    return None if late else request


def confirm(request: AccountRequest, now: datetime) -> None:
    """Put the request before staff, in place of earlier ones from the same address; again, it changes nothing."""
    lock(request)
    if request.state is RequestState.UNCONFIRMED:
        if user_with(request.email):
            raise Refused(N_("이미 계정이 있는 전자우편 주소입니다. 로그인해 주세요."))
        earlier = AccountRequest.state.in_((RequestState.UNCONFIRMED, RequestState.PENDING))
        same = (AccountRequest.email == request.email, AccountRequest.id != request.id)
        db.session.execute(delete(AccountRequest).where(earlier, *same))
    request.confirm(now)


def pending_requests() -> list[AccountRequest]:
    """What waits for staff, oldest first."""
    found = select(AccountRequest).where(AccountRequest.state == RequestState.PENDING)
    return list(db.session.scalars(found.order_by(AccountRequest.confirmed_at, AccountRequest.id)))


def number_of_pending_requests() -> int:
    """How many requests wait for staff."""
    found = select(func.count()).select_from(AccountRequest).where(AccountRequest.state == RequestState.PENDING)
    return db.session.scalar(found) or 0


def approve(request: AccountRequest, organization_name: str, kind: OrganizationKind, by: User, now: datetime) -> User:
    """Open an owner's account for that organization, which staff may have spelled anew, and mail the password link."""
    lock(request)
    request.decide(RequestState.APPROVED, by, now)
    user = open_account(request.email, request.name, Role.OWNER, now, request.phone, request.locale)
    organization = named(organization_name, kind, now)
    db.session.add(Membership(user_id=user.id, organization_id=organization.id))
    send_password_link(user, now)
    record(by, "account_request.approved", request, now, user=user.id)
    record(by, "account.opened", user, now, role=user.role, organization=organization.name)
    return user


def decline(request: AccountRequest, reason: str, by: User, now: datetime) -> None:
    """Say no, and tell the person why by mail."""
    lock(request)
    request.decide(RequestState.DECLINED, by, now, reason)
    queue(
        "account_declined", f"account-declined:{request.public_id}", recipient(request), now, request=request.public_id
    )
    record(by, "account_request.declined", request, now, reason=reason)


def forget_unconfirmed(now: datetime) -> int:
    """Delete requests whose address was never proven and no longer can be; how many."""
    late = AccountRequest.requested_at <= now - CONFIRM_WITHIN
    gone = delete(AccountRequest).where(AccountRequest.state == RequestState.UNCONFIRMED, late)
    return db.session.connection().execute(gone).rowcount


def recipient(request: AccountRequest) -> Recipient:
    """Where and in which language the person gets mail about the request."""
    return Recipient(request.email, request.name, request.locale)
