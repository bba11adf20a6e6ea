"""The mail around a calendar object: its tree, its headers, and nothing that words could add to them."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from briefings.calendar.addresses import Mailbox
from briefings.calendar.items import cancel, request
from briefings.calendar.message import plain_message
from briefings.calendar.text import display_name, one_line
from tests.calendar.worked import CANCELLED, HANEUL, INSTITUTE, INVITED, OFFICE, a_mail

SNAPSHOT = Path(__file__).parent / "snapshots" / "01-request.eml"
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress"]
HOSTILE = "[초대] 설명회\r\nBcc: evil@example.com\r\n\r\n<script>"


def a_plain_mail(**changes: object) -> bytes:
    parts: dict[str, object] = {
        "subject": "[안내] 설명회 하루 전입니다",
        "text": "안녕하십니까.\n내일 뵙겠습니다.",
        "html": "<p>안녕하십니까.</p>\n",
        "sender": OFFICE,
        "recipient": HANEUL,
        "message_id": "<1@briefing.example.kr>",
        "date": datetime(2026, 11, 23, 1, tzinfo=UTC),
    }
    return plain_message(**parts | changes)  # type: ignore[arg-type]


def parsed(mail: bytes) -> EmailMessage:
    message = message_from_bytes(mail, policy=policy.default)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def on_the_wire(mail: bytes) -> None:
    """Every mail: CRLF only, lines as SMTP takes them."""
    rest = mail.replace(b"\r\n", b"")
    assert b"\r" not in rest and b"\n" not in rest
    assert max(map(len, mail.split(b"\r\n"))) <= 998


def test_the_invitation_has_the_tree_that_all_clients_know() -> None:
    calendar = request(INVITED)
    message = parsed(a_mail(calendar))
    parts = list(message.walk())
    assert [part.get_content_type() for part in parts] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    assert dict(parts[4]["content-type"].params) == {"charset": "UTF-8", "method": "REQUEST", "component": "VEVENT"}
    assert parts[4]["content-disposition"] is None
    assert (parts[5].get_content_disposition(), parts[5].get_filename()) == ("attachment", "invite.ics")
    assert {part["content-transfer-encoding"] for part in parts[2:]} == {"base64"}
    assert parts[4].get_payload(decode=True) == parts[5].get_payload(decode=True) == calendar
    assert parts[2].get_content() == "김하늘님, 설명회에 초대합니다.\r\n일시: 2026. 11. 24.(화) 14:00"


def test_the_invitation_is_written_octet_for_octet() -> None:
    mail = a_mail(request(INVITED, organisation=INSTITUTE))
    assert mail.decode() == SNAPSHOT.read_text().replace("\n", "\r\n")
    on_the_wire(mail)


def test_headers_say_who_and_that_no_answer_machine_need_answer() -> None:
    message = parsed(a_mail(request(INVITED)))
    assert [name for name in message if name in HEADERS] == HEADERS
    assert message["from"].addresses[0].addr_spec == "invite@briefing.example.kr"
    assert message["from"].addresses[0].display_name == OFFICE.name
    assert (message["to"].addresses[0].display_name, len(message["to"].addresses)) == ("김하늘", 1)
    assert message["subject"] == "[초대] 2026년 하반기 데이터 개방 정책 온라인 사업설명회 (11/24 14:00)"
    assert message["date"].datetime == datetime(2026, 11, 2, 1, 0, 5, tzinfo=UTC)
    assert (message["auto-submitted"], message["x-auto-response-suppress"]) == ("auto-generated", "OOF, AutoReply")
    assert {"in-reply-to", "references", "reply-to", "cc", "bcc", "list-unsubscribe", "precedence"}.isdisjoint(
        name.lower() for name in message
    )


def test_a_change_and_a_withdrawal_belong_to_the_first_mail() -> None:
    first = f"<{'x' * 90}@briefing.example.kr>"
    message = parsed(a_mail(cancel(CANCELLED), "CANCEL", in_reply_to=first))
    assert message["in-reply-to"] == message["references"] == first
    (part,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert part["content-type"].params["method"] == "CANCEL"


def test_a_plain_mail_has_words_only() -> None:
    mail = a_plain_mail()
    on_the_wire(mail)
    message = parsed(mail)
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert message["auto-submitted"] == "auto-generated"
    assert list(message.walk())[1].get_content() == "안녕하십니까.\r\n내일 뵙겠습니다."


def test_the_same_mail_is_the_same_octets() -> None:
    assert a_plain_mail() == a_plain_mail()


@pytest.mark.parametrize("make", [a_plain_mail, lambda **changes: a_mail(request(INVITED), **changes)])
def test_words_add_no_header(make: object) -> None:
    mail = make(subject=HOSTILE, recipient=Mailbox(HOSTILE, HANEUL.address), sender=Mailbox(HOSTILE, OFFICE.address))  # type: ignore[operator]
    on_the_wire(mail)
    message = parsed(mail)
    assert "bcc" not in message
    assert [address.addr_spec for address in message["to"].addresses] == [HANEUL.address]
    assert message["subject"] == "[초대] 설명회 Bcc: evil@example.com <script>"


@settings(deadline=None)
@given(st.text(), st.text())
def test_any_subject_and_name_arrive_as_they_were(subject: str, name: str) -> None:
    mail = a_plain_mail(subject=subject, recipient=Mailbox(name, HANEUL.address))
    on_the_wire(mail)
    raw = message_from_bytes(mail)  # the old policy: the new one adds spaces between the code words of a name
    assert str(make_header(decode_header(raw["subject"]))) == one_line(subject, 250)
    shown, _, address = str(make_header(decode_header(raw["to"]))).rpartition("<")
    assert address == f"{HANEUL.address}>"
    assert shown.strip().strip('"') == display_name(name)
    assert max(map(len, mail.split(b"\r\n\r\n")[0].split(b"\r\n"))) <= 998


def test_an_address_beyond_ascii_gets_plain_mail_in_utf8() -> None:
    mail = a_plain_mail(recipient=Mailbox("김하늘", "하늘@한국.kr"))
    assert "\r\n <하늘@xn--3e0b707e.kr>\r\n".encode() in mail
    with pytest.raises(ValueError, match="calendars"):
        a_mail(request(INVITED), recipient=Mailbox("김하늘", "하늘@한국.kr"))


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "no brackets"},
        {"message_id": "<a@b>\r\nBcc: evil@example.com"},
        {"in_reply_to": "<a b@c>"},
        {"recipient": Mailbox("", "no address")},
        {"recipient": Mailbox("", "a@b.kr>\r\nBcc: <evil@example.com")},
        {"sender": Mailbox("", "a@b.kr, c@d.kr")},
        {"date": datetime(2026, 11, 2)},  # noqa: DTZ001 (refused for this)
    ],
)
def test_malformed_headers_are_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        a_plain_mail(**changes)


@pytest.mark.parametrize("method", ["CANCEL", "PUBLISH", 'REQUEST"\r\nX: "'])
def test_the_mail_says_the_method_of_its_calendar_object(method: str) -> None:
    with pytest.raises(ValueError, match="is no"):
        a_mail(request(INVITED), method)
