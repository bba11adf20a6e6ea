"""What people wrote leaves the house harmless: mails, calendars, files, papers and data, each read by other programs.

The installation is that of the journeys with every text replaced by one of tests/hostile_rows.py, signs that forms do
not take among them; pages are looked at in test_hostile_fields.py, lists as files in exports/test_every_list.py.
"""

import csv
import io
import json
import re
import zipfile
from collections import Counter

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from icalendar import Calendar
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from briefings.api.dumps import SETS
from briefings.db import db
from briefings.jobs import composing_in
from briefings.outbox.delivering import Letter
from briefings.outbox.models import Medium, Message
from briefings.web.access import access_of
from briefings.web.forms import FORBIDDEN
from tests.addresses import address_of, values_of_rules
from tests.calendar.lint import complaints
from tests.calendar.readers import READERS, agreed
from tests.hostile_rows import make_hostile
from tests.journeys.rows import ADMINISTRATOR, OWNER, REVIEWER, STAFF, fill
from tests.journeys.test_every_page import NOT_PAGES
from tests.mails import read_back
from tests.test_hostile_fields import Reading, clients
from tests.things import values_no_page_tells

pytestmark = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it

WHO = {"member": OWNER, "expert": REVIEWER, "signed_in": OWNER, "staff": STAFF, "administrator": ADMINISTRATOR}
HANDED_IN = (
    "archive.booklet archive.file staff_booklet.file needs.file owner.file reviewer.file staff_needs.file advice.file"
    " presenters.file staff_presenters.file live.slides exports.made"
)
NO_PAGES = NOT_PAGES - {"static", "operation.tell_metrics", "front.robots", "imports.original", *HANDED_IN.split()}
"""All but what is no page and none of our words either: files of people, given back as they came."""
REPORT = "/staff/briefings/<int:briefing_id>/report/<any(pdf, hwpx, odt):ending>"
TURNS = {
    "staff_report.file": [{"ending": "pdf"}, {"ending": "hwpx"}, {"ending": "odt"}],
    "open_data.file": [{"name": name, "form": form} for name in SETS for form in ("csv", "jsonl")],
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
PROPERTIES = {
    *(
        "UID",
        "DTSTAMP",
        "DTSTART",
        "DTEND",
        "SEQUENCE",
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "URL",
        "STATUS",
        "TRANSP",
    ),
    *("ORGANIZER", "ATTENDEE", "CREATED", "LAST-MODIFIED", "CLASS", "CONFERENCE", "RELATED-TO"),
    *("X-MICROSOFT-CDO-BUSYSTATUS", "X-MICROSOFT-DISALLOW-COUNTER"),
}
OFFICE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def hostile(app):
    """Everybody, and the addresses of everything that is there."""
    rows = fill()
    ready = values_no_page_tells(rows) | {REPORT: {"briefing_id": rows["after_id"]}}
    usual = ready.pop("*")
    values = values_of_rules(app, rows, ready)
    make_hostile()
    return clients(app), {rule: {**usual, **found} for rule, found in values.items()}


@pytest.mark.slow
def test_what_people_wrote_is_harmless_in_files_and_feeds_and_mails(app, hostile, now):
    seen = Counter()
    wrong = [*files(app, *hostile, seen), *mails(app, now, seen)]
    assert not wrong, "\n".join(map(str, wrong))
    assert set(READ) <= set(seen), set(READ) - set(seen)
    assert seen["mail"] > 50 and seen["text/calendar"] >= 5


def files(app, who: dict[str, FlaskClient], values: dict, seen: Counter):
    """What is wrong with whatever is no page."""
    for address, person in sorted(addresses(app, values)):
        try:
            answer = who[person].get(address)
        except Exception as problem:  # what others are wrong in is told together with it
            yield address, repr(problem)[:300]
            continue
        kind = answer.mimetype if answer.status_code == 200 else ""
        if problem := trouble_in(kind, answer.data, seen):
            yield address, kind, problem
        if answer.status_code >= 500 or "Bcc" in answer.headers:
            yield address, answer.status


def addresses(app, values: dict):
    """(address, whose) of all that is no page."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and (rule.endpoint in NO_PAGES or rule.rule.startswith("/api/v1")):
            person = WHO.get(access_of(app, rule.endpoint), "")
            found = values.get(rule.rule, {})
            for turn in TURNS.get(rule.endpoint, [{}]):
                yield (address_of(app, rule, {**found, **turn}) if rule.arguments else rule.rule), person


def mails(app, now, seen: Counter):
    """What is wrong with the mails that wait or went."""
    found = db.session.scalars(select(Message).where(Message.medium == Medium.MAIL, Message.params != {})).all()
    letters = composing_in(app)(found, now)
    for message in found:
        letter = letters[message.id]
        assert not isinstance(letter, Exception), message.kind
        if isinstance(letter, Letter) and (problem := trouble_in("mail", letter.data, seen, message.recipient)):
            yield message.kind, problem


def trouble_in(kind: str, data: bytes, seen: Counter, *more: str) -> str:
    """What another program finds wrong in it, in words."""
    seen[kind] += 1
    try:
        READ.get(kind, bytes)(data, *more)
    except Exception as problem:  # what else is wrong is told together with it
        return repr(problem)[:400]
    return ""


def read_calendar(data: bytes) -> None:
    assert complaints(data) == []
    agreed(data, READERS[:3])  # the last takes an escaped backslash before an n for a line end
    for event in Calendar.from_ical(data).walk("VEVENT"):
        assert set(event) <= PROPERTIES, set(event)
        assert "all@example.com" not in str(event.get("ATTENDEE", "")) + str(event.get("ORGANIZER", ""))
    assert not FORBIDDEN.search(data.decode().replace("\r\n", ""))


def read_table(data: bytes) -> None:
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert not cell.startswith(FORMULA) or re.fullmatch(r"-?[0-9.]+", cell), cell
            assert not FORBIDDEN.search(cell), cell


def read_workbook(data: bytes) -> None:
    for sheet in load_workbook(io.BytesIO(data)):
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            assert cell.data_type in ("s", "n", "d") and not cell.hyperlink, (sheet.title, cell.coordinate)


def read_paper(data: bytes) -> None:
    reader = PdfReader(io.BytesIO(data))
    words = "".join(page.extract_text() for page in reader.pages)
    assert words and "root:" not in words
    assert b"/JavaScript" not in data and b"/Launch" not in data
    for page in reader.pages:
        for link in page.get("/Annots") or ():
            assert "evil" not in str(link.get_object().get("/A")), link.get_object()


def read_document(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        trees = [ElementTree.fromstring(file.read(name)) for name in file.namelist() if name.endswith(".xml")]
    assert "alert(1)" in "".join(words for tree in trees for words in tree.itertext())


def read_page(data: bytes) -> None:
    strange, _ = Reading()(data.decode())
    assert not strange, strange


def read_mail(data: bytes, recipient: str) -> None:
    mail = read_back(data, recipient)
    read_page(mail.get_body(("html",)).get_content().encode())
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            read_calendar(part.get_payload(decode=True))


READ = {
    "mail": read_mail,
    "text/calendar": read_calendar,
    "text/csv": read_table,
    "text/html": read_page,
    "application/json": json.loads,
    "application/ld+json": json.loads,
    "application/jsonl": lambda data: [json.loads(line) for line in data.splitlines()],
    "application/pdf": read_paper,
    "application/hwp+zip": read_document,
    "application/vnd.oasis.opendocument.text": read_document,
    "application/xml": ElementTree.fromstring,
    OFFICE: read_workbook,
}
"""How each kind is read: AssertionError or worse where something in it is not as it was meant."""
