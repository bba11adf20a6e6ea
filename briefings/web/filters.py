"""How times, numbers, names and phone numbers are written: one function each, for pages and for mails."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
from flask import Flask, current_app
from flask_babel import get_locale, gettext
from markupsafe import Markup, escape
from phonenumbers import PhoneNumberFormat

from briefings.errors import N_
from briefings.web.erased import GONE, MARKER, NOBODY, is_erased
from briefings.web.language import language, said

ERASED = N_("지움")
"""What stands for the name or the address of somebody who was erased."""
ERASED_PERSON = "개인정보를 지운 분"
"""The same for staff where 님 follows the names of others: whatever particle comes next fits both."""
WEEKDAYS_KO = "월화수목금토일"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
KOREAN = re.compile(r"\S*[가-힣]\S*(?:\s+\S*[가-힣]\S*)*")  # words with a Korean letter, as many as follow each other


def in_english() -> bool:
    """Whether the present reader, or the receiver of the mail being written, reads English."""
    return language() == "en"


def local(moment: datetime) -> datetime:
    """`moment` (aware) on the clock of the installation's time zone."""
    return moment.astimezone(ZoneInfo(current_app.config["TIMEZONE"]))


def when(moment: datetime) -> str:
    """`2026. 11. 23.(월) 14:00`; in English `Mon 23 Nov 2026, 14:00 KST` (행정업무규정 7조 5항)."""
    if in_english():
        return f"{day(moment)}, {clock_time(moment)} {local(moment):%Z}"
    return f"{day(moment)} {clock_time(moment)}"


def day(value: date | datetime) -> str:
    """`2026. 11. 23.(월)`; in English `Mon 23 Nov 2026`. A moment counts on the installation's calendar."""
    d = local(value) if isinstance(value, datetime) else value
    if in_english():
        return f"{WEEKDAYS_EN[d.weekday()]} {d.day} {MONTHS_EN[d.month - 1]} {d.year}"
    return f"{d.year}. {d.month}. {d.day}.({WEEKDAYS_KO[d.weekday()]})"


def month(value: date | datetime) -> str:
    """`2026년 11월`; in English `Nov 2026`."""
    d = local(value) if isinstance(value, datetime) else value
    return f"{MONTHS_EN[d.month - 1]} {d.year}" if in_english() else f"{d.year}년 {d.month}월"


def clock_time(moment: datetime) -> str:
    """`14:00` on the installation's clock."""
    return f"{local(moment):%H:%M}"


def clock_period(ends: tuple[datetime, datetime]) -> str:
    """`14:00~15:30`; in English `14:00–15:30`: two moments of one day."""
    start, end = ends
    return f"{clock_time(start)}{'–' if in_english() else '~'}{clock_time(end)}"


def period(ends: tuple[date, date] | tuple[datetime, datetime]) -> str:
    """`2026. 11. 23.(월) 14:00~15:30`; both ends in full when they lie on different days; two dates stay dates."""
    start, end = ends
    dash = " – " if in_english() else "~"
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        return day(start) if start == end else f"{day(start)}{dash}{day(end)}"
    if local(start).date() != local(end).date():
        return f"{when(start)}{dash}{when(end)}"
    if in_english():
        return f"{day(start)}, {clock_period((start, end))} {local(end):%Z}"
    return f"{day(start)} {clock_period((start, end))}"


def days_until(moment: datetime, now: datetime) -> str:
    """How far off the day of `moment` is on the installation's calendar: 오늘, 내일, 3일 뒤; 어제, 3일 전."""
    days = (local(moment).date() - local(now).date()).days
    if days in (-1, 0, 1):
        return gettext("오늘") if days == 0 else gettext("내일") if days == 1 else gettext("어제")
    return gettext("%(days)s일 뒤", days=number(days)) if days > 0 else gettext("%(days)s일 전", days=number(-days))


def machine_time(value: date | datetime) -> str:
    """The value of `<time datetime=…>`: `2026-11-23T14:00:00+09:00`, or `2026-11-23` for a date."""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def number(value: float) -> str:
    """`12,345`; one decimal at most, and only where it is not zero."""
    return f"{value:,.1f}".removesuffix(".0")


@lru_cache(maxsize=1000)
def phone(value: str | None) -> str:
    """`010-1234-5678`, `02-123-4567`, `1588-0000`, `+81 3-1234-5678`, however it was typed; else unchanged."""
    try:
        parsed = phonenumbers.parse(value or "", "KR")
    except phonenumbers.NumberParseException:
        return value or ""
    style = PhoneNumberFormat.NATIONAL if parsed.country_code == 82 else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(parsed, style)


def masked(value: str | None) -> str:
    """What others may see: `김○온`, `ga***@example.kr`, `010-****-5678` (a name, an address or a phone number)."""
    text = value or ""
    if "@" in text:
        name, _, domain = text.rpartition("@")
        return f"{name[: min(2, len(name) - 1)]}***@{domain}"
    if text[:1] in "+0123456789" and text:
        *head, tail = re.split(r"[ -]", phone(text))
        return "-".join([*head[:1], *("*" * len(part) for part in head[1:]), tail if len(head) > 1 else "****"])
    return " ".join(_masked_word(word) for word in text.split(" "))


def _masked_word(word: str) -> str:
    if len(word) < 3:
        return word[:1] + "○" * (len(word) - 1)
    return word[0] + "○" * (len(word) - 2) + word[-1]


def aria(kwargs: Mapping[str, Any], describedby: str = "", invalid: object = None) -> dict[str, Any]:
    """`kwargs` for a control plus, where there is something to say, what describes it and that it is wrong."""
    found = dict(kwargs)
    if describedby:
        found["aria_describedby"] = describedby
    if invalid:
        found["aria_invalid"] = "true"
    return found


def as_read(value: Any) -> Any:
    """What pages and files show of a value: of an erased name or address a word in the reader's language.

    In what somebody wrote ○○○ stays: people themselves write it for names they leave out.
    """
    if type(value) is not str or (value != GONE and NOBODY not in value):
        return value
    return said(ERASED) if value == GONE else MARKER.sub(said(ERASED), value)


def addressed(name: str) -> str:
    """`홍길동 님`; of an erased name or address `개인정보를 지운 분`."""
    return ERASED_PERSON if is_erased(name) else f"{name} 님"


def korean(text: object) -> object:
    """`text` from a person; on an English page its Korean words say so, for those who listen to it (WCAG 3.1.2).

    What is Markup already is left as it is: it was written by us.
    """
    text = as_read(text)
    if not in_english() or isinstance(text, Markup):
        return text
    return Markup(KOREAN.sub(r'<span lang="ko">\g<0></span>', str(escape(text))))  # noqa: S704 (escaped)


def site_name() -> str:
    """The name of the service in the reader's language."""
    name = current_app.config["SITE_NAME"]
    return gettext(name)


def register(app: Flask) -> None:
    """Make the filters known to the templates of `app`."""
    for function in (
        local,
        when,
        day,
        month,
        clock_time,
        clock_period,
        days_until,
        period,
        machine_time,
        number,
        phone,
        masked,
        aria,
        as_read,
        addressed,
        korean,
    ):
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.finalize = as_read  # whatever stands on a page, wherever
    app.jinja_env.tests["erased"] = is_erased
    app.jinja_env.globals.update(site_name=site_name, get_locale=get_locale)
