"""What the program writes to people about their accounts."""

from datetime import datetime

from flask import url_for

from briefings.accounts.models import User
from briefings.accounts.password_links import FORGOTTEN_FOR, INVITED_FOR, password_token
from briefings.accounts.signing_in import user_with
from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.web.filters import when


def set_password(message: Message, now: datetime) -> Mail | Dropped:
    """A link by which the person of a new account sets a password."""
    user = user_with(message.recipient)
    if user is None or not user.active or user.session_version != message.params["session_version"]:
        return Dropped("그사이 비밀번호를 정했거나 계정을 껐습니다.")
    return _with_link(user, "set_password", now + INVITED_FOR)


def forgotten_password(message: Message, now: datetime) -> Mail | Dropped:
    """A link by which somebody sets another password, if the address has an account."""
    user = user_with(message.recipient)
    if user is None or not user.active:
        return Dropped("이 주소로 쓰는 계정이 없습니다.")
    return _with_link(user, "forgotten_password", now + FORGOTTEN_FOR)


def _with_link(user: User, text: str, expires_at: datetime) -> Mail:
    link = url_for("accounts.new_password", token=password_token(user, expires_at), _external=True)
    return write(text, {"이름": user.name, "비밀번호 링크": link, "기한": when(expires_at)})


def password_changed(message: Message, now: datetime) -> Mail | Dropped:
    """Word to the person that the password is another one now: whoever did it, they should know."""
    forgotten = url_for("accounts.forgotten", _external=True)
    values = {"이름": message.recipient_name, "바뀐 때": when(message.created_at), "비밀번호 찾기": forgotten}
    return write("password_changed", values)


def second_factor(text: str) -> Composer:
    """Word to the person that something about the second proof of their account has changed."""

    def compose(message: Message, now: datetime) -> Mail | Dropped:
        if user_with(message.recipient) is None:
            return Dropped("이 주소로 쓰는 계정이 없습니다.")
        account = url_for("accounts.own", _external=True)
        values = {"이름": message.recipient_name, "바뀐 때": when(message.created_at), "내 계정": account}
        if "left" in message.params:
            values["남은 개수"] = str(message.params["left"])
        return write(text, values)

    return compose


_ABOUT_SECOND_FACTOR = {
    "second_factor_on": "2단계 인증을 켰다는 알림",
    "second_factor_off": "2단계 인증을 껐다는 알림",
    "second_factor_reset": "관리자가 2단계 인증을 풀었다는 알림",
    "recovery_code_used": "복구 코드를 썼다는 알림",
    "recovery_codes_renewed": "복구 코드를 새로 받았다는 알림",
    "agency_linked": "소속 기관 계정과 연결했다는 알림",
}
COMPOSERS: dict[str, Composer] = {
    "set_password": set_password,
    "forgotten_password": forgotten_password,
    "password_changed": password_changed,
    **{name: second_factor(name) for name in _ABOUT_SECOND_FACTOR},
}

_SECOND_FACTOR = (
    NAME,
    Placeholder("바뀐 때", "바뀐 때", "2026. 11. 23.(월) 10:00"),
    Placeholder("내 계정", "비밀번호와 2단계 인증을 바꾸는 화면의 주소", "https://briefings.example.kr/account"),
)
_LEFT = Placeholder("남은 개수", "아직 쓰지 않은 복구 코드의 수", "9")
_LINK = (
    NAME,
    Placeholder("비밀번호 링크", "본인만 쓰는, 비밀번호를 정하는 주소", "https://briefings.example.kr/new-password/…"),
    Placeholder("기한", "링크를 쓸 수 있는 마지막 때", "2026. 11. 24.(화) 10:00"),
)
TEXTS = {
    "set_password": Text("새 계정의 비밀번호 정하기", _LINK, must=("비밀번호 링크",)),
    "forgotten_password": Text("비밀번호 다시 정하기", _LINK, must=("비밀번호 링크",)),
    "password_changed": Text(
        "비밀번호가 바뀌었다는 알림",
        (
            NAME,
            Placeholder("바뀐 때", "비밀번호가 바뀐 때", "2026. 11. 23.(월) 10:00"),
            Placeholder(
                "비밀번호 찾기", "비밀번호를 새로 정하는 화면의 주소", "https://briefings.example.kr/forgotten"
            ),
        ),
        must=("비밀번호 찾기",),
    ),
    **{
        name: Text(
            title, (*_SECOND_FACTOR, _LEFT) if name == "recovery_code_used" else _SECOND_FACTOR, must=("내 계정",)
        )
        for name, title in _ABOUT_SECOND_FACTOR.items()
    },
}
