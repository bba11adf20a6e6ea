"""What the program writes to people who asked for an account."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from briefings.accounts.signing_in import user_with
from briefings.db import db
from briefings.organizations.models import AccountRequest, RequestState
from briefings.organizations.requesting import CONFIRM_WITHIN, confirmation_token
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import render


def account_request(message: Message, now: datetime) -> Mail | Dropped:
    """The link that proves the address; where it has an account already, word of that instead."""
    asked = _asked(message)
    if asked is None or asked.state is not RequestState.UNCONFIRMED:
        return Dropped("이미 확인했거나 지워진 신청입니다.")
    if user_with(asked.email):
        links = {"sign_in": _address("accounts.sign_in"), "forgotten": _address("accounts.forgotten")}
        text = render("account_exists", name=asked.name, **links)
        return Mail(_("[협업이음] 이미 계정이 있습니다"), text)
    link = url_for("account_requests.confirmation", token=confirmation_token(asked), _external=True)
    until = asked.requested_at + CONFIRM_WITHIN
    return Mail(
        _("[협업이음] 계정 신청을 확인해 주세요"), render("account_request", asked=asked, link=link, until=until)
    )


def account_declined(message: Message, now: datetime) -> Mail | Dropped:
    """Why the account is not given."""
    asked = _asked(message)
    if asked is None:
        return Dropped("지워진 신청입니다.")
    text = render("account_declined", asked=asked, again=_address("account_requests.new"))
    return Mail(_("[협업이음] 계정 신청 결과를 알려 드립니다"), text)


def _asked(message: Message) -> AccountRequest | None:
    return db.session.scalar(select(AccountRequest).where(AccountRequest.public_id == message.params["request"]))


def _address(endpoint: str) -> str:
    return url_for(endpoint, _external=True)


COMPOSERS: dict[str, Composer] = {"account_request": account_request, "account_declined": account_declined}
