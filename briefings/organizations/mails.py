"""What the program writes to people who asked for an account."""

from datetime import datetime

from flask import url_for
from sqlalchemy import select

from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.organizations.models import AccountRequest, RequestState
from briefings.organizations.requesting import CONFIRM_WITHIN, confirmation_token
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.web.filters import when


def account_request(message: Message, now: datetime) -> Mail | Dropped:
    """The link that proves the address; where it has an account already, word of that instead."""
    asked = _asked(message)
    if asked is None or asked.state is not RequestState.UNCONFIRMED:
        return Dropped("이미 확인했거나 지워진 신청입니다.")
    if user_with(asked.email):
        links = {"로그인 주소": _address("accounts.sign_in"), "비밀번호 찾기": _address("accounts.forgotten")}
        return write("account_exists", {"이름": asked.name, **links})
    link = url_for("account_requests.confirmation", token=confirmation_token(asked), _external=True)
    until = when(asked.requested_at + CONFIRM_WITHIN)
    asked_for = {"이름": asked.name, "기관": asked.organization_name}
    return write("account_request", {**asked_for, "확인 링크": link, "기한": until})


def account_declined(message: Message, now: datetime) -> Mail | Dropped:
    """Why the account is not given."""
    asked = _asked(message)
    if asked is None:
        return Dropped("지워진 신청입니다.")
    values = {"이름": asked.name, "기관": asked.organization_name, "까닭": asked.decline_reason}
    return write("account_declined", {**values, "신청 주소": _address("account_requests.new")})


def _asked(message: Message) -> AccountRequest | None:
    return db.session.scalar(select(AccountRequest).where(AccountRequest.public_id == message.params["request"]))


def _address(endpoint: str) -> str:
    return url_for(endpoint, _external=True)


COMPOSERS: dict[str, Composer] = {"account_request": account_request, "account_declined": account_declined}

_ORGANIZATION = Placeholder("기관", "신청한 기관의 이름", "다도해군")
TEXTS = {
    "account_request": Text(
        "계정 신청 확인",
        (
            NAME,
            _ORGANIZATION,
            Placeholder(
                "확인 링크", "본인만 쓰는, 신청을 확인하는 주소", "https://briefings.example.kr/account/request/…"
            ),
            Placeholder("기한", "링크를 쓸 수 있는 마지막 때", "2026. 11. 30.(월) 10:00"),
        ),
        must=("확인 링크",),
    ),
    "account_exists": Text(
        "계정을 신청했지만 이미 있음",
        (
            NAME,
            Placeholder("로그인 주소", "로그인하는 화면의 주소", "https://briefings.example.kr/sign-in"),
            Placeholder(
                "비밀번호 찾기", "비밀번호를 새로 정하는 화면의 주소", "https://briefings.example.kr/forgotten"
            ),
        ),
        must=("로그인 주소",),
        kinds=("account_request",),
    ),
    "account_declined": Text(
        "계정 신청 거절",
        (
            NAME,
            _ORGANIZATION,
            Placeholder("까닭", "계정을 드리지 못하는 까닭", "같은 부서에서 쓰시는 계정이 이미 있습니다."),
            Placeholder("신청 주소", "다시 신청하는 화면의 주소", "https://briefings.example.kr/account/request"),
        ),
        must=("까닭",),
    ),
}
