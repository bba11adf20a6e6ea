"""What the program writes to people about their accounts."""

from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from briefings.accounts.models import User
from briefings.accounts.password_links import FORGOTTEN_FOR, INVITED_FOR, password_token
from briefings.accounts.signing_in import user_with
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import render


def set_password(message: Message, now: datetime) -> Mail | Dropped:
    """A link by which the person of a new account sets a password."""
    user = user_with(message.recipient)
    if user is None or not user.active or user.session_version != message.params["session_version"]:
        return Dropped("그사이 비밀번호를 정했거나 계정을 껐습니다.")
    subject = _("[협업이음] 계정이 준비되었습니다. 비밀번호를 정해 주세요")
    return _with_link(user, "set_password", subject, now + INVITED_FOR)


def forgotten_password(message: Message, now: datetime) -> Mail | Dropped:
    """A link by which somebody sets another password, if the address has an account."""
    user = user_with(message.recipient)
    if user is None or not user.active:
        return Dropped("이 주소로 쓰는 계정이 없습니다.")
    return _with_link(user, "forgotten_password", _("[협업이음] 비밀번호를 새로 정하는 링크"), now + FORGOTTEN_FOR)


def _with_link(user: User, template: str, subject: str, expires_at: datetime) -> Mail:
    link = url_for("accounts.new_password", token=password_token(user, expires_at), _external=True)
    return Mail(subject, render(template, name=user.name, link=link, expires_at=expires_at))


def password_changed(message: Message, now: datetime) -> Mail | Dropped:
    """Word to the person that the password is another one now: whoever did it, they should know."""
    forgotten = url_for("accounts.forgotten", _external=True)
    text = render("password_changed", name=message.recipient_name, at=message.created_at, forgotten=forgotten)
    return Mail(_("[협업이음] 비밀번호가 바뀌었습니다"), text)


COMPOSERS: dict[str, Composer] = {
    "set_password": set_password,
    "forgotten_password": forgotten_password,
    "password_changed": password_changed,
}
