"""Themes and audiences: the two lists by which needs are grouped and found."""

from datetime import datetime

from sqlalchemy import func, select

from briefings.accounts.models import User
from briefings.audit.recording import record
from briefings.db import db, insert_new
from briefings.errors import N_, Refused
from briefings.needs.models import Audience, Theme

Topic = Theme | Audience
TAKEN = N_("같은 이름이 이미 있습니다.")


def add(kind: type[Theme] | type[Audience], name: str, name_en: str, by: User, now: datetime) -> Topic:
    """A new one at the end of its list; Refused if the name is taken, also when two people add it at once."""
    last = db.session.scalar(select(func.max(kind.position))) or 0
    if not insert_new(kind.__table__, [{"name": name, "name_en": name_en, "position": last + 1}]):
        raise Refused(TAKEN, field="name")
    rows: list[Topic] = list(db.session.scalars(select(kind).where(kind.name == name)))
    [topic] = rows
    record(by, "topic.added", topic, now, name=name)
    return topic


def rename(topic: Topic, name: str, name_en: str, by: User, now: datetime) -> None:
    """Another name for the same thing, everywhere at once; Refused if it is taken."""
    kind: type[Theme] | type[Audience] = type(topic)
    if name != topic.name and db.session.scalar(select(kind.id).where(kind.name == name)):
        raise Refused(TAKEN, field="name")
    record(by, "topic.renamed", topic, now, before=topic.name, after=name)
    topic.name, topic.name_en = name, name_en


def move_up(topic: Topic, by: User, now: datetime) -> None:
    """Change places with the one before it; the first stays where it is. Positions become 1, 2, 3, …"""
    kind: type[Theme] | type[Audience] = type(topic)
    rows: list[Topic] = list(db.session.scalars(select(kind).order_by(kind.position, kind.id)))
    place = rows.index(topic)
    rows.insert(max(place - 1, 0), rows.pop(place))
    for position, row in enumerate(rows, start=1):
        row.position = position
    record(by, "topic.moved", topic, now, position=topic.position)
