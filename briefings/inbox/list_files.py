"""The mails that came in as a file for staff, without what stands in them."""

from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, Step, listed
from briefings.inbox.finding import Shelf, matching
from briefings.inbox.forms import MailFilters
from briefings.inbox.models import ReceivedMail
from briefings.inbox.words import OUTCOMES

SHELVES = {Shelf.WAITING: "살펴볼 것", Shelf.HANDLED: "처리한 것", Shelf.ALL: "모두"}
COLUMNS: tuple[Column[ReceivedMail], ...] = (
    Column("받은 때", 17, lambda each: each.received_at),
    Column("보낸 사람", 28, lambda each: each.sender, personal=True),
    Column("제목", 40, lambda each: each.subject, personal=True),
    Column("무엇이 되었는지", 16, lambda each: OUTCOMES[each.outcome]),
    Column("까닭", 40, lambda each: each.reason, personal=True),
    Column("함께 적은 말", 40, lambda each: each.note, personal=True),
    Column("설명회", 40, lambda each: each.item.briefing.title if each.item and each.item.briefing else ""),
    Column("처리한 때", 17, lambda each: each.handled_at),
)


def find_received(asked: Asked) -> Found[ReceivedMail]:
    """The mails that the list shows, in its order."""
    filters = MailFilters(asked.args)
    search = filters.search(asked.reach)
    conditions = [("보기", SHELVES[search.shelf]), *in_words(filters)]
    rows = listed(matching(search))
    return Found(
        COLUMNS, rows, conditions, note="전자우편의 본문은 담지 않습니다.", above=(Step("발송", "outbox.index", {}),)
    )


LISTS = (ListFile("received_mails", "받은 전자우편", "inbox.index", find_received, narrowed=True),)
