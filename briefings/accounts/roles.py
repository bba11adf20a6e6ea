"""Switching accounts off and on and changing what they may do, with the last administrator kept."""

from datetime import datetime

from sqlalchemy import select

from briefings.accounts.models import Role, User
from briefings.accounts.sessions import end_all
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.web.erased import is_marker


def switch_off(user: User, by: User, now: datetime) -> None:
    """Nobody signs in with the account from now on, and its sessions end; Refused for the last administrator."""
    _keep_an_administrator(user)
    if user.active:
        user.active = False
        user.session_version += 1
        end_all(user, now)
        record(by, "account.switched_off", user, now)


def switch_on(user: User, by: User, now: datetime) -> None:
    """The account may be used again, with the password it had; Refused where nobody is left to use it."""
    if is_marker(user.email):
        raise Refused("개인정보를 지운 계정은 다시 켤 수 없습니다. 필요하면 새 계정을 추가해 주세요.")
    if not user.active:
        user.active = True
        record(by, "account.switched_on", user, now)


def change_role(user: User, role: Role, by: User, now: datetime) -> None:
    """Give the account another role, with which its person signs in anew; Refused for the last administrator."""
    if user.role is role:
        return
    _keep_an_administrator(user)
    record(by, "account.role_changed", user, now, before=user.role, after=role)
    user.role = role
    end_all(user, now)


def sign_out_everywhere(user: User, by: User, now: datetime) -> None:
    """End every session of an account, for instance one whose device was lost."""
    end_all(user, now)
    record(by, "account.sessions_ended", user, now)


def _keep_an_administrator(leaving: User) -> None:
    found = select(User).where(User.role == Role.ADMINISTRATOR, User.active).order_by(User.id)
    administrators = list(db.session.scalars(found))
    if leaving not in administrators:
        return
    for administrator in administrators:  # two who remove each other at the same moment: the second waits and sees
        lock(administrator)
    if not any(one.active and one.is_administrator for one in administrators if one is not leaving):
        raise Refused(N_("마지막 관리자는 끄거나 역할을 바꿀 수 없습니다. 다른 관리자를 먼저 정해 주세요."))
