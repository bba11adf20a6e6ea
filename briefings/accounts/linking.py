"""Accounts and who their people are for the sign-in service of their agencies: nobody gets one by it."""

from datetime import datetime

from sqlalchemy import select

from briefings.accounts.agency import Person
from briefings.accounts.models import User
from briefings.accounts.opening import recipient
from briefings.accounts.signing_in import user_with
from briefings.audit.recording import record
from briefings.db import db, lock
from briefings.errors import N_, Refused
from briefings.outbox.queueing import queue

ANOTHERS = N_("이 계정은 소속 기관의 다른 사용자와 연결되어 있습니다. 아래 연락처로 알려 주세요.")
NO_ACCOUNT = N_("이 주소로 쓰는 계정이 없습니다. 기관 계정이 필요하면 먼저 계정을 신청해 주세요.")


def account_of(person: Person) -> User:
    """The account of whoever the service vouches for; Refused where there is none. It is linked once they are let in.

    The first time the address decides, if the service says that it is theirs; from then on only the subject: whoever
    gets somebody's old address gets nothing else.
    """
    user = db.session.scalar(select(User).where(User.oidc_subject == person.subject))
    if user is None:
        user = _known_by_address(person)
    if not user.active:
        raise Refused(N_("꺼진 계정입니다. 다시 써야 하면 아래 연락처로 알려 주세요."))
    return user


def unlink(user: User, by: User, now: datetime) -> None:
    """Let the service open this account no longer; by its verified address it may be linked anew."""
    if user.oidc_subject is None:
        raise Refused(N_("소속 기관 계정과 연결되어 있지 않습니다."))
    user.oidc_subject = None
    record(by, "account.agency_unlinked", user, now)


def link(user: User, subject: str, now: datetime) -> None:
    """Let the service open this account from now on, after every proof was given; Refused where another has it."""
    lock(user)  # of two who come with one address at once, the second finds it taken
    if user.oidc_subject == subject:
        return
    if user.oidc_subject is not None:
        raise Refused(ANOTHERS)
    user.oidc_subject = subject
    record(user, "account.agency_linked", user, now)
    queue("agency_linked", f"agency-linked:{user.id}:{subject[:16]}:{now:%Y%m%d%H%M%S}", recipient(user), now)


def _known_by_address(person: Person) -> User:
    if not person.email:
        raise Refused(
            N_("소속 기관이 확인된 전자우편 주소를 알려 주지 않아 계정을 찾지 못했습니다. 비밀번호로 로그인해 주세요.")
        )
    user = user_with(person.email)
    if user is None:
        raise Refused(NO_ACCOUNT)
    if user.oidc_subject is not None:
        raise Refused(ANOTHERS)
    return user
