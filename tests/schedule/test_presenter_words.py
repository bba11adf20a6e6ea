"""The words of every mail to presenters, in both languages, as files to be read: tests/schedule/snapshots.

`UPDATE_SNAPSHOTS=1 pytest tests/schedule/test_presenter_words.py` writes them anew.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from briefings.db import db
from briefings.outbox.mail import Dropped
from briefings.outbox.models import Message, MessageState
from briefings.outbox.rendering import compose
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.materials import hand_in
from briefings.schedule.models import Briefing, BriefingState, SlotState
from tests.builders import a_briefing, a_registration, saved
from tests.files import samples

SNAPSHOTS = Path(__file__).parent / "snapshots"
READER = {"name": "박누리", "email": "nuri@example.kr"}
Told = tuple[str, dict[str, Any]]
"""The kind of a message, and its parameters."""


class Scene:
    """A briefing whose names are known, and what is sent about it."""

    def __init__(self, now: datetime, locale: str) -> None:
        self.now, self.locale = now, locale
        self.briefing: Briefing = a_briefing(
            id=4711,
            title="탄소중립 협업이음 사업설명회",
            public_id="4h2k9xyz",
            moderator="윤다온",
            room_note="접속이 안 되면 044-000-0000",
        )
        [self.slot] = self.briefing.slots
        self.slot.public_id, self.slot.need.title = "6m5nwxyz", "폐어망 되살림"
        self.slot.presenter_name, self.slot.presenter_email = READER["name"], READER["email"]
        db.session.commit()

    def item(self, kind: ItemKind = ItemKind.PRESENTATION, **given: Any) -> CalendarItem:
        """What stands in the presenter's calendar."""
        start = self.briefing.starts_at + timedelta(minutes=10)
        stamps = {"created_at": self.now, "modified_at": self.now, "dtstamp": self.now}
        need = self.slot.need if kind is ItemKind.PRESENTATION else None
        times = {"starts_at": start, "ends_at": start + timedelta(minutes=15)}
        about = {"briefing": self.briefing, "need": need, "kind": kind, "sequence": 1, "locale": self.locale}
        return saved(CalendarItem(**about, **times, **stamps, **READER, **given))

    def today(self) -> None:
        """The briefing begins in half an hour."""
        self.briefing.starts_at = self.now + timedelta(minutes=30)
        self.briefing.ends_at = self.now + timedelta(minutes=120)

    def told_before(self, item: CalendarItem) -> dict[str, Any]:
        """The parameters of a message about an item of which the first message has left."""
        key = f"calendar:{item.id}:0"
        reader = {"recipient": READER["email"], "recipient_name": READER["name"], "locale": self.locale}
        times = {"created_at": self.now, "due_at": self.now, "sent_at": self.now, "state": MessageState.SENT}
        saved(Message(key=key, kind="presenter_slot", thread=f"item:{item.id}", params={}, **reader, **times))
        return {"item": item.id, "sequence": 1}

    def place(self) -> dict[str, Any]:
        """The parameters of a message about a registrant's place."""
        place = a_registration(self.briefing, public_id="7p3vdabc", locale=self.locale, **READER)
        return {"registration": place.id, "sequence": self.briefing.sequence}


def presenter_slot(scene: Scene) -> Told:
    return "presenter_slot", {"item": scene.item().id, "sequence": 1, "news": "new"}


def presenter_slot_of_colleague(scene: Scene) -> Told:
    before = scene.item(state=ItemState.CLOSED)
    before.name, before.email = "김하늘", "haneul@example.kr"
    db.session.flush()
    kind, params = presenter_slot(scene)
    about = {"why": "handed_over", "after": before.id}
    first = {
        "recipient": READER["email"],
        "recipient_name": "",
        "locale": scene.locale,
        "created_at": scene.now,
        "due_at": scene.now,
    }
    saved(Message(key="first", kind=kind, thread=f"item:{params['item']}", params=params | about, **first))
    return kind, params


def presenter_today_of_stand_by(scene: Scene) -> Told:
    scene.today()
    kind, params = presenter_slot_of_colleague(scene)
    first = db.session.scalar(select(Message))
    assert first
    first.params = {**first.params, "why": "stood_by"}
    return kind, params


def materials_reminder(scene: Scene) -> Told:
    scene.briefing.materials_due_at = scene.now + timedelta(days=3)
    return "materials_reminder", {"briefing": scene.briefing.id, "need": scene.slot.need_id}


def materials_overdue(scene: Scene) -> Told:
    scene.briefing.materials_due_at = scene.now
    return "materials_reminder", {"briefing": scene.briefing.id, "need": scene.slot.need_id}


def materials_late(scene: Scene) -> Told:
    hand_in(scene.slot, "발표.pdf", samples.a_pdf(), scene.now)
    return "materials_late", {"slot": scene.slot.id}


def presenter_slot_without_room(scene: Scene) -> Told:
    scene.briefing.room_url = scene.briefing.moderator = ""
    return presenter_slot(scene)


def presenter_moved(scene: Scene) -> Told:
    return "presenter_slot", scene.told_before(scene.item()) | {"news": "time"}


def presenter_room(scene: Scene) -> Told:
    return "presenter_slot", scene.told_before(scene.item()) | {"news": "room"}


def presenter_title(scene: Scene) -> Told:
    return "presenter_slot", scene.told_before(scene.item()) | {"news": "title"}


def presenter_changed(scene: Scene) -> Told:
    return "presenter_slot", scene.told_before(scene.item()) | {"news": "several", "changed": ["room", "time"]}


def presenter_released(scene: Scene) -> Told:
    return "presenter_released", scene.told_before(scene.item(state=ItemState.CLOSED))


def presenter_called_off(scene: Scene) -> Told:
    scene.briefing.state, scene.briefing.cancel_reason = BriefingState.CANCELLED, "발표 기관의 사정"
    return presenter_released(scene)


def presenter_today(scene: Scene) -> Told:
    scene.today()
    return presenter_slot(scene)


def presenter_released_today(scene: Scene) -> Told:
    scene.today()
    return presenter_released(scene)


def presenter_chase(scene: Scene) -> Told:
    return "presenter_chase", {"briefing": scene.briefing.id, "need": scene.slot.need_id}


def presenter_reminder(scene: Scene) -> Told:
    scene.slot.state = SlotState.ACCEPTED
    return "presenter_reminder", {"briefing": scene.briefing.id, "need": scene.slot.need_id}


def rehearsal(scene: Scene) -> Told:
    return "rehearsal", {"item": scene.item(ItemKind.REHEARSAL).id, "sequence": 1}


def rehearsal_changed(scene: Scene) -> Told:
    return "rehearsal", scene.told_before(scene.item(ItemKind.REHEARSAL))


def rehearsal_off(scene: Scene) -> Told:
    return "rehearsal_off", scene.told_before(scene.item(ItemKind.REHEARSAL, state=ItemState.CLOSED))


def place_of_presenter(scene: Scene) -> Told:
    return "place_of_presenter", scene.place()


SCENES = (
    presenter_slot,
    presenter_slot_without_room,
    presenter_slot_of_colleague,
    presenter_today_of_stand_by,
    presenter_moved,
    presenter_room,
    presenter_title,
    presenter_changed,
    presenter_released,
    presenter_called_off,
    presenter_today,
    presenter_released_today,
    presenter_chase,
    presenter_reminder,
    materials_reminder,
    materials_overdue,
    materials_late,
    rehearsal,
    rehearsal_changed,
    rehearsal_off,
    place_of_presenter,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_mail_reads_as_it_should(app: Flask, now: datetime, scene: Callable[[Scene], Told]) -> None:
    told = scene(Scene(now, "ko"))
    db.session.commit()
    for locale in ("ko", "en"):
        check_words(app, told, now, locale, SNAPSHOTS / f"{scene.__name__}.{locale}.txt")


def check_words(app: Flask, told: Told, now: datetime, locale: str, file: Path) -> None:
    """AssertionError unless the message reads as `file` has it; or write the file, when asked to."""
    kind, params = told
    reader = {"recipient": READER["email"], "recipient_name": READER["name"], "locale": locale}
    about = {"thread": f"item:{params.get('item')}"}
    message = Message(id=2**31 - 1, kind=kind, params=params, created_at=now, due_at=now, **reader, **about)
    found = compose(app, message, now)
    assert not isinstance(found, Dropped), found
    written = f"Subject: {found.subject}\n{found.text}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(written, encoding="utf-8")
    assert written == file.read_text(encoding="utf-8")
