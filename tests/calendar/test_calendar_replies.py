"""What comes back to the organizer, in every shape it is known to have: read for what it says, believed for what is
proven.

`STRANGE_MAILS=10000` reads more of the spoiled ones.
"""

import os
import random
import time
from datetime import UTC, datetime

import pytest

from briefings.calendar.evidence import evidence_of, one_mailbox
from briefings.calendar.replies import LARGEST_MAIL, Answer, Shape, read_mail
from tests.inbox import reports, shapes
from tests.inbox.shapes import CALENDARS, SERVER, Said

UID = "9f1c4b7ae02d4e53b8a6d0c7f3e915a2@cal.briefings.example.kr"
STRANGE_MAILS = int(os.environ.get("STRANGE_MAILS", "2000"))
HANEUL = "haneul.kim@agency.example.kr"
SAID = Said(uid=UID.upper(), attendee="Haneul.Kim@Agency.example.kr", comment="늦을 수 있습니다\\, 죄송합니다")


@pytest.mark.parametrize("shape", CALENDARS)
@pytest.mark.parametrize("partstat", ["ACCEPTED", "TENTATIVE", "DECLINED"])
def test_every_calendar_program_is_understood(shape, partstat):
    found = read_mail(shape(SAID.but(partstat=partstat)), SERVER)
    assert found.shape is Shape.ANSWER
    assert found.answer == Answer(
        method="REPLY",
        uid=UID,
        attendee=HANEUL,
        partstat=partstat,
        sequence=None if shape is shapes.gmail else 0,  # which leaves it out while it is 0
        dtstamp=datetime(2026, 11, 23, 0, 50, tzinfo=UTC),
        comment="늦을 수 있습니다, 죄송합니다",
    )
    assert (found.evidence.sender, found.evidence.proven) == (HANEUL, True)
    assert found.message_id == "<1.answer@mail.example.com>"
    assert "김하늘" in found.sender


@pytest.mark.parametrize("method", ["COUNTER", "REFRESH"])
def test_questions_are_answers_of_another_method_and_may_leave_out_who_asks(method):
    asked = SAID.but(method=method)
    for mail in (shapes.gmail(asked), shapes.without_attendee(asked)):
        answer = read_mail(mail, SERVER).answer
        assert answer and (answer.method, answer.attendee) == (method, HANEUL)


def test_of_several_attendees_the_sender_counts():
    others = ("a@other.example", "b@other.example")
    answer = read_mail(shapes.several_attendees(SAID, *others), SERVER).answer
    assert answer and (answer.attendee, answer.partstat) == (HANEUL, "ACCEPTED")
    forwarded = shapes.several_attendees(SAID.but(sender="c@other.example"), *others)
    assert read_mail(forwarded, SERVER).shape is Shape.NO_ATTENDEE


def test_a_delegate_says_in_whose_stead():
    answer = read_mail(shapes.exchange(SAID.but(sent_by="boss@agency.example.kr")), SERVER).answer
    assert answer and (answer.attendee, answer.sent_by) == (HANEUL, "boss@agency.example.kr")


@pytest.mark.parametrize(
    ("mail", "shape"),
    [
        (shapes.letter(SAID), Shape.LETTER),
        (shapes.letter_with_invitation(SAID), Shape.LETTER),
        (shapes.absence(SAID), Shape.AUTOMATIC),
        (shapes.letter(SAID, "읽었습니다", "Precedence: bulk"), Shape.AUTOMATIC),
        (shapes.winmail(SAID), Shape.WINMAIL),
        (shapes.mismatched(SAID, "COUNTER"), Shape.METHODS_DIFFER),
        (shapes.without_attendee(SAID), Shape.NO_ATTENDEE),
        (shapes.wide(SAID), Shape.UNREADABLE_CALENDAR),
        (shapes.large(SAID), Shape.TOO_LARGE),
        (shapes.garbage(SAID), Shape.LETTER),
        (b"", Shape.LETTER),
        (shapes.gmail(SAID).replace(b"From: ", b"From: <a@b.example>, "), Shape.NOT_ONE_SENDER),
        (shapes.gmail(SAID).replace(b"From: ", b"X-From: "), Shape.NOT_ONE_SENDER),
        (shapes.thunderbird(SAID).replace(b"BEGIN:VEVENT", b"BEGIN:VTODO"), Shape.UNREADABLE_CALENDAR),
        (shapes.thunderbird(SAID).replace(b"UID:", b"X-UID:"), Shape.UNREADABLE_CALENDAR),
    ],
)
def test_what_is_no_answer_has_a_name(mail, shape):
    found = read_mail(mail, SERVER)
    assert (found.shape, found.answer) == (shape, None)


def test_a_valid_calendar_part_counts_although_a_machine_sent_it():
    mail = shapes.exchange(SAID).replace(b"MIME-Version", b"Auto-Submitted: auto-replied\r\nMIME-Version")
    assert read_mail(mail, SERVER).shape is Shape.ANSWER


def test_of_a_mail_that_is_too_large_the_headers_are_known():
    found = read_mail(shapes.large(SAID), SERVER)
    assert found.subject == "Re: 초대"
    assert found.message_id and found.evidence.proven


def test_texts_are_read_in_old_korean_code_and_out_of_html():
    assert read_mail(shapes.exchange(SAID), SERVER).text == "참석하겠습니다."
    assert read_mail(shapes.letter_with_invitation(SAID), SERVER).text == "가도 됩니까?"
    html = "<html><head><title>x</title></head><body><p>안녕하세요</p><script>bad()</script><b>가도</b> 됩니까&#63;"
    marked = shapes.letter(SAID, html).replace(b"text/plain", b"text/html")
    assert read_mail(marked, SERVER).text == "안녕하세요\n가도 됩니까?"


RESULTS = [
    ("dkim=pass header.d=agency.example.kr", True),
    ("dkim=pass header.d=example.kr", True),
    ("dkim=pass header.i=@agency.example.kr", True),
    ("dmarc=pass (p=NONE) header.from=agency.example.kr", True),
    ("dkim=none; dmarc=pass action=none header.from=agency.example.kr;compauth=pass", True),
    ("spf=pass smtp.mailfrom=agency.example.kr", False),
    ("dkim=pass header.d=elsewhere.example", False),
    ("dkim=pass header.d=evilagency.example.kr", False),
    ("dkim=pass header.d=kr", False),
    ("dkim=pass", False),
    ("dkim=fail header.d=agency.example.kr", False),
    ("dmarc=pass header.from=elsewhere.example", False),
    ("dkim=pass header.d=agency.example.kr; dmarc=fail header.from=agency.example.kr", False),
    ("none", False),
    ('dkim=fail reason="x; dkim=pass header.d=agency.example.kr"', False),
    ("dkim=fail (dkim=pass header.d=agency.example.kr; dmarc=pass)", False),
    ("x-dkim=pass header.d=agency.example.kr", False),
]


@pytest.mark.parametrize(("found", "proven"), RESULTS)
def test_only_what_our_server_found_about_the_domain_of_from_proves_anything(found, proven):
    assert evidence_of([f"<{HANEUL}>"], [f"{SERVER}; {found}"], SERVER).proven is proven
    assert evidence_of([f"<{HANEUL}>"], [f"{SERVER.upper()} 1; {found}"], SERVER).proven is proven
    assert not evidence_of([f"<{HANEUL}>"], [f"mx.elsewhere.example; {found}"], SERVER).proven
    assert not evidence_of([f"<{HANEUL}>"], [f"{SERVER}; {found}"], "").proven


def test_of_several_results_the_top_one_of_our_server_counts():
    ours, forged = f"{SERVER}; dkim=none", f"{SERVER}; dmarc=pass"
    foreign = "mx.elsewhere.example; dmarc=pass"
    assert not evidence_of([f"<{HANEUL}>"], [foreign, ours, forged], SERVER).proven
    assert evidence_of([f"<{HANEUL}>"], [foreign, forged, ours], SERVER).proven


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("haneul@example.kr", "haneul@example.kr"),
        ('"Kim, Haneul <x@y.kr>" <Haneul@Example.KR>', "haneul@example.kr"),
        ("=?utf-8?b?6rmA?= <haneul@example.kr> (the (real) one, <a@b.kr>)", "haneul@example.kr"),
        ("haneul@한국.kr", "haneul@xn--3e0b707e.kr"),
        ("a@b.kr, c@d.kr", ""),
        ("<a@b.kr> <c@d.kr>", ""),
        ("a@b.kr <c@d.kr>", ""),
        ("Team: a@b.kr, c@d.kr;", ""),
        ("Haneul", ""),
        ('"unclosed <a@b.kr>', ""),
        ("a@b.kr" + " " * 5000, ""),
    ],
)
def test_from_is_one_mailbox_or_nobody(header, address):
    assert one_mailbox(header) == address


def strange_mails(number: int, *, seed: int = 20261128) -> list[bytes]:
    """Every known shape, spoiled: cut, mixed, doubled, with bytes and lines of others in between."""
    chance = random.Random(seed)  # noqa: S311
    whole = [
        *(shape(SAID.but(partstat="DECLINED")) for shape in CALENDARS),
        *(shapes.letter(SAID), shapes.absence(SAID), shapes.winmail(SAID), shapes.garbage(SAID)),
        *(shapes.several_attendees(SAID, "a@b.example"), shapes.letter_with_invitation(SAID)),
        *(write("ab" * 16, HANEUL) for write in (reports.postfix, reports.exchange, reports.gmail, reports.qmail)),
    ]
    lines = [line for mail in whole for line in mail.split(b"\n")]
    return [_spoiled(chance, chance.choice(whole), lines) for _ in range(number)]


def _spoiled(chance: random.Random, mail: bytes, lines: list[bytes]) -> bytes:
    parts = mail.split(b"\n")
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(parts))
        change = chance.randrange(7)
        if change == 0:
            parts[at] = chance.randbytes(chance.randint(0, 90))
        elif change == 1:
            parts.insert(at, chance.choice(lines))
        elif change == 2:
            del parts[at : at + chance.randint(1, 4)]
        elif change == 3:
            parts[at] = parts[at].replace(b"=", b";").replace(b":", b"\x00")
        elif change == 4:
            parts[at] = parts[at][: chance.randint(0, 40)] * chance.randint(2, 60)
        elif change == 5:
            parts[at:at] = parts[: chance.randint(1, 12)]
        else:
            parts[at] = parts[at].swapcase()
        parts = parts or [b""]
    return b"\n".join(parts)[:LARGEST_MAIL]


def test_thousands_of_strange_mails_are_read_and_none_raises():
    seen = {read_mail(mail, SERVER).shape for mail in strange_mails(STRANGE_MAILS)}
    assert seen >= {Shape.ANSWER, Shape.LETTER, Shape.AUTOMATIC, Shape.UNREADABLE_CALENDAR, Shape.METHODS_DIFFER}


@pytest.mark.parametrize(
    "mail",
    [
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' * 9000,
        b"Content-Type: text/plain" + b"; a=b" * 90_000 + b"\n\nx",
        b'Content-Type: text/plain; a="' + b'\\";' * 150_000 + b"\n\nx",
        b"From: " + b"(" * 400_000 + b"\n\n",
        b"Subject: " + b"=?utf-8?q?a?= " * 30_000 + b"\n\n",
        b"Authentication-Results: y; dkim=pass\n" * 12_000,
        b"Content-Type: message/rfc822\n\n" * 15_000,
        b"Content-Type: text/plain; charset=utf-8\n\na" + "\u0316\u0301".encode() * 100_000,
        b"Content-Type: text/html\n\n" + b"<style><a" * 50_000,
        b"Subject: =?punycode?q?" + b"a-" * 1500 + b"?=\n\n",
        b"\n" * 500_000,
    ],
    ids=range(11),
)
def test_no_mail_keeps_the_reader_busy(mail):
    started = time.process_time()
    assert read_mail(mail, SERVER).answer is None
    assert time.process_time() - started < 2  # it takes a fraction of a second; unprotected, minutes
