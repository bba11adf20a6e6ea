"""The words of every reminder, to mailboxes and to phones, in both languages, as files to be read.

`UPDATE_SNAPSHOTS=1 pytest tests/schedule/test_reminder_mails.py` writes them anew.
"""

import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from briefings.outbox.mail import Mail, ShortText
from briefings.outbox.models import Message
from briefings.outbox.rendering import compose
from briefings.outbox.texting import fault_of
from briefings.schedule.ladder import RUNGS, Rung, latest
from briefings.schedule.models import Step
from briefings.schedule.registration_models import Registration
from briefings.schedule.reminders import KINDS
from tests.builders import a_briefing, a_registration

SNAPSHOTS = Path(__file__).parent / "snapshots"
HERE = [rung for rung in RUNGS if rung.step not in (Step.MISSED, Step.THANKS, Step.ABSENT)]


def about(registration: Registration, rung: Rung, now: datetime) -> Message:
    """The message that the rung queues for a registration."""
    return Message(
        kind=KINDS[rung],
        recipient=registration.email,
        recipient_name=registration.name,
        locale=registration.locale,
        params={"registration": registration.id, "sequence": 0},
        created_at=now,
    )


def a_reader(locale: str) -> Registration:
    """Somebody who climbs the whole ladder; nothing of it changes from run to run."""
    briefing = a_briefing(
        title="탄소중립 협업이음 사업설명회",
        public_id="4h2k9xyz",
        room_note="접속이 안 되면 044-000-0000",
        replay_url="https://room.example.kr/replay",
        replay_captioned=True,
        reminders=[rung.value for rung in RUNGS],
    )
    return a_registration(briefing, public_id="7p3vdabc", name="이가온", email="gaon@example.com", locale=locale)


def written(found: Mail | ShortText) -> str:
    return f"Subject: {found.subject}\n{found.text}"


def check(name: str, found: object) -> None:
    """AssertionError unless it reads as the file says."""
    assert isinstance(found, Mail | ShortText), found
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.write_text(written(found), encoding="utf-8")
    assert written(found) == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["ko", "en"])
@pytest.mark.parametrize("rung", HERE, ids=lambda rung: rung.value)
def test_every_reminder_reads_as_it_should(app: Flask, now: datetime, rung: Rung, locale: str) -> None:
    reader = a_reader(locale)
    moment = latest(rung.step, reader.briefing) - timedelta(minutes=1)
    found = compose(app, about(reader, rung, moment), moment)
    if rung != Rung(Step.DAY):  # that one is among the mails to registrants
        check(f"{KINDS[rung]}.{locale}", found)
    if isinstance(found, ShortText):
        assert fault_of(found.text) is None
        assert set(found.values) >= {"설명회", "입장 링크"}
