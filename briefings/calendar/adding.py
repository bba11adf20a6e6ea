"""Links that put an entry, or a feed, into a calendar: a copy does not follow later changes, a feed does."""

from datetime import UTC, datetime
from typing import NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from briefings.calendar.items import CalendarObject
from briefings.calendar.text import one_line, plain_text


class Copies(NamedTuple):
    """Where somebody adds one entry by hand, in calendars that are used in the browser."""

    google: str
    outlook: str
    outlook_at_work: str


class Subscription(NamedTuple):
    """The address of a feed: to copy, as programs on the machine open it, and as Google is asked for it."""

    address: str
    webcal: str
    google: str


def copies_of(entry: CalendarObject) -> Copies:
    """Links with the words and times of `entry` as they are now."""
    google = {
        "action": "TEMPLATE",
        "text": one_line(entry.summary),
        "dates": f"{_basic(entry.starts_at)}/{_basic(entry.ends_at)}",
        "ctz": entry.timezone,
        "details": plain_text(entry.description),
        "location": entry.url,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": one_line(entry.summary),
        "startdt": _extended(entry.starts_at),
        "enddt": _extended(entry.ends_at),
        "body": plain_text(entry.description),
        "location": entry.url,
    }
    return Copies(
        f"https://calendar.google.com/calendar/render?{_query(google)}",
        f"https://outlook.live.com/calendar/0/deeplink/compose?{_query(outlook)}",
        f"https://outlook.office.com/calendar/0/deeplink/compose?{_query(outlook)}",
    )


def subscription_to(address: str) -> Subscription:
    """The ways to subscribe to the feed at `address` (http or https)."""
    webcal = urlsplit(address)._replace(scheme="webcal").geturl()
    # Google takes the address of a feed in this place only as webcal://, and then asks for it over https.
    return Subscription(address, webcal, f"https://calendar.google.com/calendar/r?cid={quote(webcal, safe='')}")


def _query(values: dict[str, str]) -> str:
    return urlencode(values, safe="/", quote_via=quote)


def _basic(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _extended(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
