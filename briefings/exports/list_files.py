"""Lists of slices that stand below this one as files: messages, addresses that take none, the audit log."""

from collections.abc import Iterator, Sequence

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import defer

from briefings.audit.finding import matching as entries_matching
from briefings.audit.forms import AuditFilters
from briefings.audit.models import AuditEntry
from briefings.audit.pages import Line as AuditLine
from briefings.audit.pages import lines_of
from briefings.audit.words import DEEDS
from briefings.exports.forms import in_words
from briefings.exports.lists import Asked, Column, Found, ListFile, Step, listed
from briefings.outbox.finding import matching, standing_of, undeliverable_addresses
from briefings.outbox.forms import MessageFilters
from briefings.outbox.models import Message, UndeliverableAddress
from briefings.outbox.words import KINDS, MEDIA, STANDINGS
from briefings.web.filters import phone

MESSAGES: tuple[Column[tuple[Message, str]], ...] = (
    Column("번호", 10, lambda each: each[0].id),
    Column("무엇에 관한 것", 32, lambda each: KINDS.get(each[0].kind, each[0].kind)),
    Column("관련", 40, lambda each: each[1]),
    Column("보내는 방법", 12, lambda each: MEDIA[each[0].medium]),
    Column("받는 사람", 12, lambda each: each[0].recipient_name, personal=True),
    Column("전자우편", 28, lambda each: each[0].recipient, personal=True),
    Column("전화번호", 16, lambda each: phone(each[0].phone), personal=True),
    Column("상태", 12, lambda each: STANDINGS[standing_of(each[0])]),
    Column("만든 때", 17, lambda each: each[0].created_at),
    Column("보낼 때", 17, lambda each: each[0].due_at),
    Column("보낸 때", 17, lambda each: each[0].sent_at),
    Column("시도", 8, lambda each: each[0].attempts),
    Column("비용(원)", 10, lambda each: each[0].cost),
    Column("보내지 못한 까닭", 40, lambda each: each[0].error, personal=True),
)
"""What servers write as the reason quotes the address."""
UNDELIVERABLE: tuple[Column[UndeliverableAddress], ...] = (
    Column("전자우편", 32, lambda each: each.address, personal=True),
    Column("되돌아온 때", 17, lambda each: each.since),
    Column("상태 코드", 12, lambda each: each.status),
    Column("까닭", 60, lambda each: each.reason, personal=True),
)


def find_messages(asked: Asked) -> Found[tuple[Message, str]]:
    """The messages that meet the conditions of the list, the newest first; never what stands in them."""
    filters = MessageFilters(asked.args)
    found = matching(filters.search(asked.reach), select(Message)).order_by(Message.id.desc())
    found = found.options(defer(Message.raw))
    note = "전자우편과 문자의 내용은 담지 않습니다."
    return Found(MESSAGES, listed(found, _with_subjects), in_words(filters), note=note)


def _with_subjects(some: Sequence[Message]) -> Iterator[tuple[Message, str]]:
    subjects = current_app.extensions["subjects"]({each.about for each in some})
    return ((each, subjects.get(each.about, "")) for each in some)


def find_undeliverable(asked: Asked) -> Found[UndeliverableAddress]:
    """The addresses that nothing is sent to, the last first."""
    return Found(UNDELIVERABLE, listed(undeliverable_addresses(asked.reach)), above=(Step("발송", "outbox.index", {}),))


AUDIT: tuple[Column[AuditLine], ...] = (
    Column("번호", 10, lambda line: line.entry.id),
    Column("때", 17, lambda line: line.entry.at),
    Column("누가", 14, lambda line: line.who, personal=True),
    Column("갈래", 10, lambda line: DEEDS[line.deed]),
    Column("한 일", 36, lambda line: line.what),
    Column("무엇에", 16, lambda line: line.subject.words),
    Column("대상 번호", 10, lambda line: line.entry.about_id if line.about else None),
    Column("그 이름", 40, lambda line: line.subject.title, personal=True),
    Column("자세한 내용", 60, lambda line: "\n".join(line.details), personal=True),
)


def find_audit(asked: Asked) -> Found[AuditLine]:
    """The entries of the audit log that meet the conditions, the newest first; officers get their own."""
    filters = AuditFilters(asked.args)
    search = filters.search(asked.zone, None if asked.administrator else asked.by.id)
    found = entries_matching(search, asked.now).order_by(AuditEntry.at.desc(), AuditEntry.id.desc())
    return Found(AUDIT, listed(found, lines_of), in_words(filters))


LISTS = (
    ListFile("audit", "기록", "staff_audit.index", find_audit),
    ListFile("messages", "발송", "outbox.index", find_messages, narrowed=True),
    ListFile("undeliverable", "되돌아온 주소", "outbox.undeliverable", find_undeliverable, narrowed=True),
)
