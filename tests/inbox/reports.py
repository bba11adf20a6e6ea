"""Reports of mail that was not delivered, as servers write them."""

from tests.inbox.shapes import OFFICE

DOMAIN = OFFICE.rpartition("@")[2]


def postfix(
    reference: str,
    recipient: str,
    *,
    status: str = "5.1.1",
    action: str = "failed",
    said: str = "550 5.1.1 No such user",
    original: str = "",
) -> bytes:
    """Postfix: words, the status fields, and the headers of the message."""
    return _report(
        [
            "From: MAILER-DAEMON@mx.ministry.example.kr (Mail Delivery System)",
            "Subject: Undelivered Mail Returned to Sender",
            f"To: {OFFICE}",
            "Auto-Submitted: auto-replied",
            "Message-Id: <20261123010000.4abc@mx.ministry.example.kr>",
        ],
        [
            "Reporting-MTA: dns; mx.ministry.example.kr\nX-Postfix-Queue-ID: 4abc\n"
            "Arrival-Date: Mon, 23 Nov 2026 10:00:00 +0900 (KST)",
            f"Final-Recipient: rfc822; {recipient}\nOriginal-Recipient: rfc822;{original or recipient}\n"
            f"Action: {action}\nStatus: {status}\nRemote-MTA: dns; mail.example.com\nDiagnostic-Code: smtp; {said}",
        ],
        ("text/rfc822-headers", _headers(reference, recipient)),
        words=f"<{recipient}>: host mail.example.com[192.0.2.1] said: {said} (in reply to RCPT TO command)",
    )


def exchange(reference: str, recipient: str) -> bytes:
    """Exchange: HTML beside the words, X.400 leftovers, the whole message with its invitation."""
    return _report(
        [
            "From: Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@agency.example.kr>",
            "Subject: =?utf-8?B?67Cw64us65CY7KeAIOyViuydjDog7ISk66qF7ZqM?=",
            f"To: {OFFICE}",
            f"In-Reply-To: <{reference}@{DOMAIN}>",
            "Message-ID: <0123@agency.example.kr>",
            "X-MS-Exchange-Message-Is-Ndr:",
        ],
        [
            "Reporting-MTA: dns;EX1.agency.example.kr\nReceived-From-MTA: dns;mx.ministry.example.kr\n"
            "Arrival-Date: Mon, 23 Nov 2026 01:00:00 +0000",
            f"Original-Recipient: rfc822;{recipient}\nFinal-Recipient: rfc822;{recipient}\nAction: failed\n"
            "Status: 5.1.10\nDiagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found\n"
            "X-Display-Name: Haneul Kim",
        ],
        ("message/rfc822", _headers(reference, recipient) + _INVITATION),
        words="배달하지 못했습니다.",
    )


def gmail(reference: str, recipient: str, *, delayed: bool = False) -> bytes:
    """Gmail: an explanation with a link, X-Failed-Recipients; for a delay the same with another action."""
    subject, action, status = "(Delay)" if delayed else "(Failure)", "delayed", "4.4.1"
    if not delayed:
        action, status = "failed", "5.1.1"
    return _report(
        [
            "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
            f"Subject: Delivery Status Notification {subject}",
            f"To: {OFFICE}",
            "Auto-Submitted: auto-replied",
            f"X-Failed-Recipients: {recipient}",
            f"References: <{reference}@{DOMAIN}>",
            f"In-Reply-To: <{reference}@{DOMAIN}>",
            f"Message-ID: <{action}.1@mx.google.com>",
        ],
        [
            f"Reporting-MTA: dns; googlemail.com\nX-Original-Message-ID: <{reference}@{DOMAIN}>",
            f"Final-Recipient: rfc822; {recipient}\nAction: {action}\nStatus: {status}\n"
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
        ],
        ("message/rfc822", _headers(reference, recipient) + "\n\n"),
        words="** Address not found **",
    )


def international(reference: str, recipient: str) -> bytes:
    """A server that speaks RFC 6533, of an address beyond ASCII."""
    fields = (
        f"Final-Recipient: utf-8; {recipient}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 없는 사용자"
    )
    report = postfix(reference, recipient).decode()
    start, end = report.index("Final-Recipient"), report.index("\r\n--r--", report.index("Final-Recipient"))
    end = report.index("\r\n--r\r\n", start)
    changed = report[:start] + fields.replace("\n", "\r\n") + report[end:]
    return changed.replace("message/delivery-status", "message/global-delivery-status").encode()


def qmail(reference: str, recipient: str) -> bytes:
    """A server that knows no RFC 3464: words, and the message below a line."""
    lines = [
        "Return-Path: <>",
        "From: MAILER-DAEMON@mail.example.com",
        f"To: {OFFICE}",
        "Subject: failure notice",
        "Message-ID: <20261123.qmail@mail.example.com>",
        "",
        "Hi. This is the qmail-send program at mail.example.com.",
        f"<{recipient}>:",
        "192.0.2.9 does not like recipient.",
        "Remote host said: 550 5.1.1 User unknown",
        "Giving up on 192.0.2.9.",
        "",
        "--- Below this line is a copy of the message.",
        "",
        *_headers(reference, recipient).splitlines(),
    ]
    return "\r\n".join([*lines, ""]).encode()


_INVITATION = """Content-Type: multipart/mixed; boundary="i"

--i
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
END:VCALENDAR
--i--
"""


def _headers(reference: str, recipient: str) -> str:
    return (
        f"From: <{OFFICE}>\nTo: <{recipient}>\nSubject: =?utf-8?b?7LSI64yA?=\n"
        f"Message-ID: <{reference}@{DOMAIN}>\nIn-Reply-To: <{'0' * 32}@{DOMAIN}>\nAuto-Submitted: auto-generated\n"
    )


def _report(headers: list[str], fields: list[str], returned: tuple[str, str], words: str) -> bytes:
    media, message = returned
    lines = [
        "Return-Path: <>",
        *headers,
        "MIME-Version: 1.0",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="r"',
        "",
        "--r",
        'Content-Type: text/plain; charset="utf-8"',
        "",
        words,
        "--r",
        "Content-Type: message/delivery-status",
        "",
        *"\n\n".join(fields).split("\n"),
        "",
        "--r",
        f"Content-Type: {media}",
        "",
        *message.split("\n"),
        "--r--",
    ]
    return "\r\n".join([*lines, ""]).encode()
