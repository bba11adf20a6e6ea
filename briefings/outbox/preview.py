"""What would be sent, read before it leaves: one message as it stands, or all that a step would queue.

A step is previewed by taking it and undoing it. Nothing is calculated twice, so the preview cannot be wrong.
"""

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from flask import Flask
from sqlalchemy import ColumnElement, Subquery, event, func, or_, select
from sqlalchemy.orm import Session

from briefings.db import db
from briefings.outbox.finding import undeliverable
from briefings.outbox.mail import Dropped, ShortText
from briefings.outbox.models import Medium, Message, MessageState
from briefings.outbox.received import Received, received
from briefings.outbox.rendering import as_reader, mime_of
from briefings.outbox.texts import Texts
from briefings.outbox.words import KINDS
from briefings.web.tokens import hidden_tokens

log = logging.getLogger(__name__)

SHOWN = 3
"""So many readers of each kind are shown what they would get."""
ALL_LOOKED_INTO = 10
"""Of kinds with no more messages than this every one is composed, so that none is counted that would be dropped."""
NAMED = 5
"""Where no more people get something, they are named."""
LISTED = 20
"""So many addresses that take nothing are listed."""

Sort = tuple[str, str, Medium]
"""Kind, news and medium of messages that say the same."""


@dataclass(frozen=True)
class Sample:
    """One reader with the mail they would get."""

    name: str
    address: str
    locale: str
    mail: Received


@dataclass(frozen=True)
class Group:
    """Everything of one kind that would be queued; `news` tells apart what one kind can say (`new`, `time`, …).

    `number` of messages to so many `people` (an owner of three needs is one of them); both leave out what is known to
    be dropped.
    """

    kind: str
    news: str
    medium: Medium
    number: int
    people: int
    held: bool
    later: datetime | None
    """When they leave, if not at once."""
    names: list[str]
    samples: list[Sample]

    @property
    def title(self) -> str:
        """What staff call this kind."""
        return KINDS.get(self.kind, self.kind)

    def sentence(self, words: Mapping[str, str]) -> str:
        """What these people get, by the words for `kind:news` or `kind`, which have a place for `number` or `named`."""
        number = f"{self.people:,}명"
        named = number + (f"({', '.join(self.names)})" if self.names else "")
        sentence = words.get(f"{self.kind}:{self.news}") or words.get(self.kind) or f"{self.title}: %(number)s"
        return sentence % {"number": number, "named": named}


@dataclass
class Preview:
    """What a step would set off; filled when its dry run ends."""

    groups: list[Group] = field(default_factory=list)
    dropped: dict[str, list[str]] = field(default_factory=dict)
    """Reason → addresses to which something is queued that would not be sent."""
    undeliverable: list[str] = field(default_factory=list)
    """The first addresses that take nothing any more, and how many there are."""
    number_undeliverable: int = 0

    @property
    def number(self) -> int:
        """How many messages would leave, sooner or later."""
        return sum(group.number for group in self.groups)

    @property
    def held(self) -> bool:
        """Whether any would wait for staff to let it go."""
        return any(group.held for group in self.groups)

    def sentences(self, words: Mapping[str, str]) -> list[str]:
        """Who gets what, a sentence for each group."""
        return [group.sentence(words) for group in self.groups]


@contextmanager
def dry_run(app: Flask, now: datetime) -> Iterator[Preview]:
    """Whatever is done inside at `now` is undone at the end, also what it queued, of which the preview tells.

    A commit inside is refused. Refused and every other exception pass through, and nothing stays then either. On SQLite
    the write lock is held meanwhile.
    """
    session = db.session()
    session.commit()
    event.listen(session, "before_commit", _refuse_to_commit)
    try:
        session.connection(execution_options={"writes": True})
        last = session.scalar(select(func.max(Message.id))) or 0
        preview = Preview()
        yield preview
        session.flush()
        session.expire_all()  # changes of many rows in one statement pass by the objects in memory
        _tell(preview, app, (Message.id > last) & (Message.created_at == now), now)
    finally:
        event.remove(session, "before_commit", _refuse_to_commit)
        session.rollback()


def read(app: Flask, message: Message, now: datetime, texts: Texts | None = None) -> Received | Dropped:
    """`message` as its reader would have it now, personal links hidden; or why it would be dropped."""
    session = db.session()
    try:
        with as_reader(app, message.locale, texts), hidden_tokens(), _same(session):
            mail = app.extensions["composers"][message.kind](message, now)
            if isinstance(mail, Dropped):
                return mail
            if isinstance(mail, ShortText):
                return Received("", message.phone, mail.subject, now, mail.text, "", None)
            return received(mime_of(message, mail, now))
    except Exception as error:
        # Where it happened, without the words of the error: they may hold what people wrote.
        frames, what = "".join(traceback.format_tb(error.__traceback__)), type(error).__name__
        log.error("message=%s kind=%s cannot be composed: %s\n%s", message.id, message.kind, what, frames)
        return Dropped(f"내용을 만들지 못했습니다: {what}")


@contextmanager
def _same(session: Session) -> Iterator[None]:
    """The context entered last works in `session` too: what is not committed is seen nowhere else."""
    db.session.registry.set(session)  # type: ignore[arg-type]
    try:
        yield
    finally:
        db.session.registry.clear()  # or the end of the context would close it


def _refuse_to_commit(session: Session) -> None:
    if not session.in_nested_transaction():
        raise RuntimeError("nothing of a dry run may stay")


def _tell(preview: Preview, app: Flask, ours: ColumnElement[bool], now: datetime) -> None:
    news = func.coalesce(Message.params["news"].as_string(), "").label("news")
    columns = (Message.id, Message.kind, news, Message.medium, Message.locale, Message.recipient, Message.due_at)
    held = (Message.state == MessageState.HELD).label("held")
    rows = select(*columns, held, undeliverable().label("undeliverable")).where(ours).subquery("queued")
    preview.undeliverable, preview.number_undeliverable = _undeliverable(rows)
    looked_into, texts = _looked_into(rows), Texts()
    sort = (rows.c.kind, rows.c.news, rows.c.medium)
    readers = func.count(rows.c.recipient.distinct())
    counted = select(*sort, func.count(), readers, func.count().filter(rows.c.held), func.min(rows.c.due_at))
    counted = counted.where(~rows.c.undeliverable).group_by(*sort).order_by(func.min(rows.c.id))
    for kind, what, medium, number, people, of_held, due_at in db.session.execute(counted).all():
        read_now = [(message, read(app, message, now, texts)) for message in looked_into[kind, what, medium]]
        for message, found in read_now:
            if isinstance(found, Dropped):
                preview.dropped.setdefault(found.reason, []).append(message.recipient)
        samples = [
            Sample(message.recipient_name, message.recipient, message.locale, found)
            for message, found in read_now
            if isinstance(found, Received)
        ]
        sent_to = {sample.address: sample.name or sample.address for sample in samples}
        people -= len({message.recipient for message, _ in read_now} - sent_to.keys())
        number -= len(read_now) - len(samples)
        if number:
            names = list(sent_to.values()) if people <= min(NAMED, len(sent_to)) else []
            later = due_at if due_at > now else None
            preview.groups.append(Group(kind, what, medium, number, people, of_held > 0, later, names, samples[:SHOWN]))


def _undeliverable(rows: Subquery) -> tuple[list[str], int]:
    addresses = select(rows.c.recipient).where(rows.c.undeliverable).distinct()
    number = db.session.scalars(select(func.count()).select_from(addresses.subquery())).one()
    return list(db.session.scalars(addresses.order_by(rows.c.recipient).limit(LISTED))) if number else [], number


def _looked_into(rows: Subquery) -> dict[Sort, list[Message]]:
    """Of each sort all messages if they are few, otherwise some, readers of both languages among them."""
    sort = (rows.c.kind, rows.c.news, rows.c.medium)
    place = func.row_number().over(partition_by=(*sort, rows.c.locale), order_by=rows.c.id).label("place")
    number = func.count().over(partition_by=sort).label("number")
    ranked = select(rows.c.id, *sort, place, number).where(~rows.c.undeliverable).subquery("ranked")
    few = or_(ranked.c.number <= ALL_LOOKED_INTO, ranked.c.place <= SHOWN)
    first = select(ranked).where(few).order_by(ranked.c.place, ranked.c.id)
    chosen: dict[Sort, list[int]] = {}
    for row in db.session.execute(first):
        ids = chosen.setdefault((row.kind, row.news, row.medium), [])
        if row.number <= ALL_LOOKED_INTO or len(ids) < SHOWN:
            ids.append(row.id)
    all_ids = [number for ids in chosen.values() for number in ids]
    if not all_ids:
        return {}
    messages = {one.id: one for one in db.session.scalars(select(Message).where(Message.id.in_(all_ids)))}
    return {sort: [messages[number] for number in ids] for sort, ids in chosen.items()}
