"""What the program writes to people about their data: the link to it, and the last mail of all."""

from datetime import datetime

from flask import url_for

from briefings.outbox.mail import Composer, Dropped, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import write
from briefings.outbox.texts import NAME, Placeholder, Text
from briefings.rights.links import data_url, good_until
from briefings.web.filters import when


def my_data(message: Message, now: datetime) -> Mail | Dropped:
    """The link to everything that is known of its reader."""
    if now >= good_until(message):
        return Dropped("링크를 쓸 수 있는 때가 지났습니다.")
    return write(
        "my_data", {"이름": message.recipient_name, "링크": data_url(message), "기한": when(good_until(message))}
    )


def erasure_done(message: Message, now: datetime) -> Mail | Dropped:
    """Everything is erased; this mail is the last, and its own address goes once it has left."""
    return write("erasure_done", {"개인정보 처리방침": url_for("front.privacy", _external=True)})


def erasure_refused(message: Message, now: datetime) -> Mail | Dropped:
    """Why an account, and what hangs on it, is not erased."""
    return write("erasure_refused", {"까닭": str(message.params.get("reason", ""))})


COMPOSERS: dict[str, Composer] = {
    "my_data": my_data,
    "erasure_done": erasure_done,
    "erasure_refused": erasure_refused,
}

TEXTS = {
    "my_data": Text(
        "내 개인정보를 보는 링크",
        (
            NAME,
            Placeholder("링크", "본인만 쓰는, 내 개인정보를 보는 주소", "https://briefings.example.kr/my-data/…"),
            Placeholder("기한", "링크를 쓸 수 있는 마지막 때", "2026. 11. 23.(월) 10:30"),
        ),
        must=("링크",),
    ),
    "erasure_done": Text(
        "개인정보를 모두 지웠다는 알림",
        (Placeholder("개인정보 처리방침", "처리방침 화면의 주소", "https://briefings.example.kr/privacy"),),
    ),
    "erasure_refused": Text(
        "계정을 지우지 못하는 까닭",
        (Placeholder("까닭", "관리자가 적은 까닭", "담당 중인 수요 과제가 있습니다. 후임자를 먼저 알려 주세요."),),
        must=("까닭",),
    ),
}
