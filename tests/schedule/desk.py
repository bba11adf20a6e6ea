"""What tests of the staff's pages share: forms as a browser would post them, words as people read them."""

import re
from datetime import datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

from lxml import html as markup

from briefings.db import unit_of_work
from briefings.schedule import invitations
from briefings.schedule.models import Briefing
from briefings.schedule.registration_models import Registration, RegistrationState
from tests.builders import BEFORE, an_organization, saved

SEOUL = ZoneInfo("Asia/Seoul")


def filled(html: str) -> dict[str, object]:
    """What a browser would post from the (one) POST form of the editor, without any button."""
    form = markup.document_fromstring(html).xpath("//form[contains(@class, 'full')]")[0]
    values: dict[str, object] = {}
    for element in form.iter():
        tag, name = element.tag, element.get("name")
        unticked = element.get("type") in ("radio", "checkbox") and element.get("checked") is None
        if not name or tag == "button" or unticked:
            continue
        if tag == "select":
            options = list(element.iter("option"))
            value = next((o for o in options if o.get("selected") is not None), options[0]).get("value")
        else:
            value = (element.text or "").removeprefix("\n") if tag == "textarea" else element.get("value", "")
        values[name] = [*values[name], value] if name in values else [value]
    return values


def posted(start: datetime, minutes: int = 90) -> dict[str, list[str]]:
    ends = start + timedelta(minutes=minutes)
    return {
        name: at.astimezone(SEOUL).strftime("%Y-%m-%d %H:%M").split()
        for name, at in (("starts_at", start), ("ends_at", ends))
    }


def text_of(html: str) -> str:
    """The words of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def registered(briefing: Briefing, n: int, state=RegistrationState.CONFIRMED, **given) -> Registration:
    values = {"organization": an_organization(), "name": "김가온", "email": f"person{n}@example.kr"} | given
    waiting = BEFORE + timedelta(minutes=n) if state is RegistrationState.WAITLISTED else None
    return saved(Registration(briefing=briefing, state=state, registered_at=BEFORE, waiting_since=waiting, **values))


def invited(briefing: Briefing, n: int, now: datetime, **given) -> Registration:
    """Somebody registered who has the briefing in their calendar."""
    registration = registered(briefing, n, **given)
    with unit_of_work():
        invitations.invite(registration, now)
    return registration
