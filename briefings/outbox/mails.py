"""The words of a mail that staff send to themselves."""

from datetime import datetime

from briefings.outbox.mail import Composer, Mail
from briefings.outbox.models import Message
from briefings.outbox.rendering import SIGNATURE, write
from briefings.outbox.texts import Placeholder, Text

TEXTS = {
    "test": Text(
        "시험 발송",
        (
            Placeholder("제목", "시험하는 전자우편의 제목", "[초대] 탄소중립 협업이음 사업설명회"),
            Placeholder("본문", "시험하는 전자우편의 본문", "설명회 신청이 끝났습니다."),
        ),
        must=("본문",),
    ),
}


def test(message: Message, now: datetime) -> Mail:
    """The words as they stood in the preview, without calendar object."""
    words = message.params["words"].partition(f"\n{SIGNATURE}\n")[0]
    return write("test", {"제목": message.params["subject"], "본문": words})


COMPOSERS: dict[str, Composer] = {"test": test}
