"""Opening an account, and the ways its owner comes to a password."""

from datetime import datetime

from briefings.accounts.models import Role, User
from briefings.accounts.password_links import user_behind
from briefings.accounts.passwords import refuse_easy
from briefings.accounts.sessions import end_all
from briefings.accounts.signing_in import email_key, password_fits, set_password, user_with
from briefings.audit.recording import record
from briefings.db import insert_new, lock
from briefings.errors import N_, Refused
from briefings.outbox.queueing import Recipient, queue


def open_account(email: str, name: str, role: Role, now: datetime, phone: str = "", locale: str = "ko") -> User:
    """A new account without a password; Refused if the address has one, also when two people open it at once."""
    row = {"email": email_key(email), "name": name, "phone": phone, "role": role, "locale": locale, "created_at": now}
    if not insert_new(User.__table__, [row]):
        raise Refused(N_("이미 계정이 있는 전자우편 주소입니다."), field="email")
    user = user_with(email)
    assert user is not None  # noqa: S101 (inserted above, in this transaction)
    return user


def send_password_link(user: User, now: datetime) -> bool:
    """Mail a link, good for seven days, by which to set a password; False if one left within the same minute."""
    if not user.active:
        raise Refused(N_("꺼진 계정에는 링크를 보낼 수 없습니다. 먼저 계정을 켜 주세요."))
    key = f"set-password:{user.id}:{now:%Y%m%d%H%M}"
    return queue("set_password", key, recipient(user), now, session_version=user.session_version)


def ask_for_password(email: str, locale: str, now: datetime) -> None:
    """Note that somebody forgot the password of `email`; at most one mail in five minutes.

    Whether there is an account is looked up when the mail is written: the answer, and the time it takes, tell nothing.
    """
    address = email_key(email)
    key = f"forgotten-password:{address[:150]}:{int(now.timestamp()) // 300}"
    queue("forgotten_password", key, Recipient(address, "", locale), now)


def follow_link(token: str, password: str, now: datetime) -> User:
    """Set the password a link allows to set, and the link is used up; Refused for a false, used or late one."""
    user = user_behind(token, now)
    if user is not None:
        lock(user)  # of two that post one link together, the second finds it used
    if user is None or user_behind(token, now) is None:
        raise Refused(N_("더는 쓸 수 없는 링크입니다. 새 링크를 받아 주세요."))
    _choose(user, password, now)
    return user


def change_password(user: User, present: str, password: str, now: datetime) -> None:
    """Set another password and end all sessions; Refused unless `present` is the account's now."""
    if not password_fits(user, present):
        raise Refused(N_("지금 비밀번호가 맞지 않습니다."), field="present")
    _choose(user, password, now)


def _choose(user: User, password: str, now: datetime) -> None:
    refuse_easy(password, user.email, user.name, user.phone)
    had_one = user.password_hash is not None
    set_password(user, password)
    end_all(user, now)
    record(user, "account.password_set", user, now)
    if had_one:
        queue("password_changed", f"password-changed:{user.id}:{user.session_version}", recipient(user), now)


def recipient(user: User) -> Recipient:
    """Where and in which language an account gets its mail."""
    return Recipient(user.email, user.name, user.locale)
