"""What machines read of a briefing: schema.org/Event as microdata, read by somebody else's parser."""

from datetime import timedelta

import pytest
from microdata import get_items

from briefings.db import unit_of_work
from briefings.schedule.models import BriefingState
from briefings.schedule.planning import cancel, reschedule
from tests.builders import a_briefing, a_registration, a_user


def event(client, briefing, language=""):
    """The one item on the page of a briefing, as nested dictionaries of lists."""
    [item] = get_items(client.get(f"{language}/briefings/{briefing.public_id}").text)
    found = item.json_dict()
    assert found["type"] == ["https://schema.org/Event"]
    return found["properties"]


def test_an_open_briefing_is_an_event_online_that_costs_nothing_and_has_places(client):
    briefing = a_briefing(capacity=3)
    a_registration(briefing)
    found = event(client, briefing)
    page = f"http://briefings.example.kr/briefings/{briefing.public_id}"
    assert found["name"] == [briefing.title]
    assert found["url"] == [page]
    assert found["startDate"] == ["2026-12-03T10:00:00+09:00"] and found["endDate"] == ["2026-12-03T11:30:00+09:00"]
    assert found["eventStatus"] == ["https://schema.org/EventScheduled"]
    assert found["eventAttendanceMode"] == ["https://schema.org/OnlineEventAttendanceMode"]
    assert (found["maximumAttendeeCapacity"], found["remainingAttendeeCapacity"]) == (["3"], ["2"])
    [where], [offer], [organizer] = found["location"], found["offers"], found["organizer"]
    assert where["type"] == ["https://schema.org/VirtualLocation"] and where["properties"]["url"] == [page]
    assert organizer["properties"]["name"]
    assert offer["properties"]["url"] == [f"{page}/register"]
    assert offer["properties"]["availability"] == ["https://schema.org/InStock"]
    assert offer["properties"]["price"] == ["0"]
    assert briefing.room_url not in client.get(f"/briefings/{briefing.public_id}").text
    assert event(client, briefing, "/en")["url"] == [page.replace("/briefings/", "/en/briefings/")]


@pytest.mark.parametrize(
    ("given", "availability"),
    [
        ({"capacity": 0}, "BackOrder"),
        ({"capacity": None}, "InStock"),
        ({"registration_opens_at": timedelta(days=1)}, "PreOrder"),
        ({"registration_opens_at": -timedelta(days=9), "registration_closes_at": -timedelta(days=1)}, "OutOfStock"),
    ],
)
def test_whether_one_can_sign_up_is_said_in_words_of_shops(client, now, given, availability):
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in given.items()}
    [offer] = event(client, a_briefing(**values))["offers"]
    assert offer["properties"]["availability"] == [f"https://schema.org/{availability}"]


def test_a_briefing_that_moved_tells_when_it_was_to_be_and_one_called_off_that_it_is_not(client, now):
    briefing, staff = a_briefing(), a_user()
    for days in (1, 2):
        with unit_of_work():
            times = briefing.starts_at + timedelta(days=days), briefing.ends_at + timedelta(days=days)
            reschedule(briefing, times, seen=briefing.changed_at, by=staff, now=now)
    found = event(client, briefing)
    assert found["eventStatus"] == ["https://schema.org/EventRescheduled"]
    assert found["previousStartDate"] == ["2026-12-04T10:00:00+09:00"]
    assert found["startDate"] == ["2026-12-06T10:00:00+09:00"]
    with unit_of_work():
        cancel(briefing, "발표자 사정", by=staff, now=now)
    found = event(client, briefing)
    assert found["eventStatus"] == ["https://schema.org/EventCancelled"] and "offers" not in found


def test_what_is_over_offers_nothing(client, now):
    found = event(client, a_briefing(starts_at=now - timedelta(days=3), state=BriefingState.PUBLISHED))
    assert "offers" not in found and "remainingAttendeeCapacity" not in found
