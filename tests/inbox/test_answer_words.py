"""The words of every mail that follows an answer from a calendar, in both languages, as files to be read.

`UPDATE_SNAPSHOTS=1 pytest tests/inbox/test_answer_words.py` writes tests/inbox/snapshots anew.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from briefings.db import db
from briefings.schedule.calendar_models import CalendarItem, ItemKind, ItemState
from briefings.schedule.models import SlotState
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import a_registration, saved
from tests.schedule.test_presenter_words import READER, Scene, Told, check_words

SNAPSHOTS = Path(__file__).parent / "snapshots"


def place_with_item(scene: Scene, state: RegistrationState, item: ItemState) -> CalendarItem:
    """A registrant and what stands, or stood, in the calendar; the answer was no."""
    place: Registration = a_registration(
        scene.briefing, public_id="7p3vdabc", locale=scene.locale, state=state, **READER
    )
    stamps = {"created_at": scene.now, "modified_at": scene.now, "dtstamp": scene.now}
    times = {"starts_at": scene.briefing.starts_at, "ends_at": scene.briefing.ends_at}
    about = {"kind": ItemKind.REGISTRATION, "briefing": scene.briefing, "registration": place}
    uid = "9f1c4b7ae02d4e53b8a6d0c7f3e915a2"
    answer = {"id": 4711, "partstat": "DECLINED", "state": item, "uid": uid, "locale": scene.locale}
    return saved(CalendarItem(**about, **times, **stamps, **answer, **READER))


def declined(scene: Scene) -> Told:
    return "declined", {"item": place_with_item(scene, RegistrationState.CANCELLED, ItemState.CLOSED).id}


def decline_asked(scene: Scene) -> Told:
    return "decline_asked", {"item": place_with_item(scene, RegistrationState.CONFIRMED, ItemState.OPEN).id}


def presents_instead(scene: Scene) -> Told:
    item = place_with_item(scene, RegistrationState.CONFIRMED, ItemState.CLOSED)
    return "withdrawal", scene.told_before(item) | {"why": "presents"}


def presenter_declined(scene: Scene) -> Told:
    item = scene.item(partstat="DECLINED", state=ItemState.CLOSED)
    scene.slot.state = SlotState.DECLINED
    return "presenter_declined", {"item": item.id}


def presenter_decline_asked(scene: Scene) -> Told:
    return "presenter_decline_asked", {"item": scene.item(partstat="DECLINED").id}


SCENES = (declined, decline_asked, presents_instead, presenter_declined, presenter_decline_asked)


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.__name__)
def test_every_mail_reads_as_it_should(app: Flask, now: datetime, scene: Callable[[Scene], Told]) -> None:
    told = scene(Scene(now, "ko"))
    db.session.commit()
    for locale in ("ko", "en"):
        check_words(app, told, now, locale, SNAPSHOTS / f"{scene.__name__}.{locale}.txt")
