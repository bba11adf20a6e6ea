"""The second proof of who somebody is: six digits of an authenticator app (RFC 6238), or a recovery code instead."""

import hmac
import re
import secrets
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import delete, func, select, update

from briefings.accounts.models import RecoveryCode, User
from briefings.accounts.opening import recipient
from briefings.accounts.sessions import end_all
from briefings.audit.recording import record
from briefings.db import PUBLIC_ID_ALPHABET, db, lock
from briefings.errors import N_, Refused
from briefings.outbox.queueing import queue
from briefings.web.sealing import digest_of, seal, unseal

SECONDS = 30
DRIFT = 1
"""So many steps a clock may be before or behind ours."""
CODES = 10
CODE_LENGTH = 12
SECRET, CODE = "totp", "recovery-code"
"""Purposes of what is sealed and digested."""
WRONG = N_("번호가 맞지 않습니다. 인증 앱에 지금 보이는 여섯 자리 숫자를 적어 주세요.")


def new_secret() -> str:
    """160 random bits, as authenticator apps take them."""
    return pyotp.random_base32()


def app_address(secret: str, user: User, issuer: str) -> str:
    """The otpauth:// address that an authenticator app reads from a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=issuer.replace(":", " "))


def grouped(secret: str) -> str:
    """A secret or code in groups of four, for whoever types it."""
    return " ".join(re.findall("....", secret))


def set_up(user: User, secret: str, typed: str, now: datetime, anew: bool = False) -> list[str]:
    """Ask for codes of `secret` from now on; the recovery codes, to be shown once. Refused if `typed` is wrong.

    Where an app is asked for already, only `anew`: whoever has but the password puts no other in its place.
    """
    step = _step_of(secret, typed, now)
    if step is None:
        raise Refused(WRONG, field="code")
    lock(user)  # of two who set it up at once, the second finds it done
    if user.has_second_factor and not anew:
        raise Refused(N_("이미 2단계 인증을 켠 계정입니다. 처음부터 다시 로그인해 주세요."))
    user.totp_secret, user.totp_since, user.totp_step = seal(secret, SECRET), now, step
    record(user, "account.second_factor_on", user, now)
    _tell(user, "second_factor_on", now)
    return _new_codes(user)


def prove(user: User, typed: str, now: datetime) -> None:
    """Take a code of the app, or a recovery code, that was not used before; Refused for any other."""
    lock(user)  # of two that send one code, the second finds it used
    if _is_of_app(typed):
        _take_step(user, typed, now)
    else:
        _take_recovery_code(user, typed, now)


def renew_codes(user: User, typed: str, now: datetime) -> list[str]:
    """Ten new recovery codes instead of those before, for whoever proves to have the app."""
    prove(user, typed, now)
    record(user, "account.recovery_codes_renewed", user, now)
    _tell(user, "recovery_codes_renewed", now)
    return _new_codes(user)


def switch_off(user: User, typed: str, now: datetime) -> None:
    """Ask for the password alone from now on, as its person wants it."""
    prove(user, typed, now)
    _forget(user)
    record(user, "account.second_factor_off", user, now)
    _tell(user, "second_factor_off", now)


def reset(user: User, by: User | None, now: datetime) -> None:
    """Let somebody who lost app and codes begin anew: an administrator has made sure of who they are.

    Whoever is signed in with the account may be whoever found the telephone, so every session of it ends.
    """
    if not user.has_second_factor:
        raise Refused(N_("2단계 인증을 쓰지 않는 계정입니다."))
    _forget(user)
    end_all(user, now)
    record(by, "account.second_factor_reset", user, now)
    _tell(user, "second_factor_reset", now)


def codes_left(user: User) -> int:
    """How many recovery codes are still good."""
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalars(unused).one()


def _is_of_app(typed: str) -> bool:
    return len(_tidy(typed)) <= 6


def _take_step(user: User, typed: str, now: datetime) -> None:
    secret = unseal(user.totp_secret or "", SECRET)
    step = _step_of(secret, typed, now) if secret else None
    if step is None:
        raise Refused(WRONG, field="code")
    if user.totp_step is not None and step <= user.totp_step:
        raise Refused(N_("이미 쓴 번호입니다. 인증 앱의 숫자가 바뀌면 새 숫자를 적어 주세요."), field="code")
    user.totp_step = step


def _step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The step of which `typed` is the code, if it is near enough to `now`; compared in constant time."""
    present, codes = int(now.timestamp()) // SECONDS, pyotp.TOTP(secret, interval=SECONDS)
    near = range(present - DRIFT, present + DRIFT + 1)
    fitting = [step for step in near if hmac.compare_digest(codes.generate_otp(step).encode(), _tidy(typed).encode())]
    return max(fitting, default=None)


def _take_recovery_code(user: User, typed: str, now: datetime) -> None:
    digest = digest_of(f"{user.id}|{_tidy(typed)}", CODE)
    its = (RecoveryCode.user_id == user.id) & (RecoveryCode.digest == digest) & RecoveryCode.used_at.is_(None)
    used = db.session.execute(update(RecoveryCode).where(its).values(used_at=now))
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(N_("쓸 수 없는 복구 코드입니다. 아직 쓰지 않은 코드를 적어 주세요."), field="code")
    record(user, "account.recovery_code_used", user, now)
    _tell(user, "recovery_code_used", now, left=codes_left(user))


def _new_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    plain = ["".join(secrets.choice(PUBLIC_ID_ALPHABET) for _ in range(CODE_LENGTH)) for _ in range(CODES)]
    db.session.add_all(RecoveryCode(user_id=user.id, digest=digest_of(f"{user.id}|{code}", CODE)) for code in plain)
    return ["-".join(re.findall("....", code)) for code in plain]


def _forget(user: User) -> None:
    user.totp_secret = user.totp_since = user.totp_step = None
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))


def _tidy(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed).lower()


def _tell(user: User, kind: str, now: datetime, **params: Any) -> None:
    queue(kind, f"{kind.replace('_', '-')}:{user.id}:{secrets.token_hex(6)}", recipient(user), now, **params)
