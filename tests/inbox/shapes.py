"""Mails as calendar programs and people send them to an organizer, in the shapes they are known to have."""

from base64 import b64encode
from dataclasses import dataclass, replace
from email.header import Header
from quopri import encodestring

SERVER = "mx.ministry.example.kr"
"""How our own mail server signs its findings."""
OFFICE = "invite@briefings.example.kr"
OTHERS = "mx.elsewhere.example"


@dataclass(frozen=True, kw_only=True)
class Said:
    """Who answers what, and what our mail server found out about the mail."""

    uid: str
    attendee: str
    partstat: str = "ACCEPTED"
    sequence: int | None = 0
    stamp: str = "20261123T005000Z"
    comment: str = ""
    method: str = "REPLY"
    sender: str = ""
    """Where it is not the attendee."""
    sent_by: str = ""
    found: str = "pass"
    """pass, dkim, unsigned, fail, none at all (empty), or a whole header."""
    number: int = 1

    @property
    def address(self) -> str:
        """The mailbox of From."""
        return self.sender or self.attendee

    def but(self, **other: object) -> "Said":
        """The same, but for something."""
        return replace(self, **other)  # type: ignore[arg-type]


def exchange(said: Said) -> bytes:
    """Exchange and Outlook: no ORGANIZER, a Windows time zone, a translated title, a comment of one line end."""
    answer = _calendar(
        said,
        "PRODID:Microsoft Exchange Server 2010",
        zone="Korea Standard Time",
        lines=(
            _attendee(said, 'CN="Kim Haneul"', params=f"PARTSTAT={said.partstat};"),
            f"COMMENT;LANGUAGE=ko-KR:{said.comment or ''}\\n",
            f"UID:{said.uid}",
            "SUMMARY;LANGUAGE=ko-KR:수락: 탄소중립 협업이음 사업설명회",
            "DTSTART;TZID=Korea Standard Time:20261203T100000",
            'DTEND;TZID="Korea Standard Time":20261203T113000',
            "CLASS:PUBLIC",
            "PRIORITY:5",
            f"DTSTAMP:{said.stamp}",
            "TRANSP:OPAQUE",
            "STATUS:CONFIRMED",
            *_sequence(said),
            "LOCATION;LANGUAGE=ko-KR:https://briefings.example.kr/b/abcd2345",
            "X-MICROSOFT-CDO-APPT-SEQUENCE:0",
        ),
    )
    calendar = _part(f'text/calendar; charset="utf-8"; method={said.method}', answer)
    words = _part('text/plain; charset="ks_c_5601-1987"', "참석하겠습니다.".encode("cp949"))
    return _mail(said, "수락: 탄소중립 협업이음 사업설명회", _multipart("alternative", words, calendar))


def gmail(said: Said) -> bytes:
    """Gmail: the same object twice, ORGANIZER, UTC, no SEQUENCE while it is 0, X-NUM-GUESTS."""
    answer = _calendar(
        said,
        "PRODID:-//Google Inc//Google Calendar 70.9054//EN",
        lines=(
            "DTSTART:20261203T010000Z",
            "DTEND:20261203T023000Z",
            f"DTSTAMP:{said.stamp}",
            f"ORGANIZER;CN=협업이음 설명회:mailto:{OFFICE}",
            f"UID:{said.uid}",
            _attendee(
                said,
                f"CN={said.attendee}",
                params=f"CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={said.partstat};X-NUM-GUESTS=0;",
            ),
            *([f"COMMENT:{said.comment}"] if said.comment else []),
            "CREATED:20261101T000000Z",
            "LAST-MODIFIED:20261123T005000Z",
            *(_sequence(said) if said.sequence else []),
            "STATUS:CONFIRMED",
            "SUMMARY:탄소중립 협업이음 사업설명회",
            "TRANSP:OPAQUE",
        ),
    )
    alternative = _multipart(
        "alternative",
        _part('text/plain; charset="UTF-8"; format=flowed; delsp=yes', f"{said.comment}\r\n".encode()),
        _part('text/html; charset="UTF-8"', b"<p>Haneul has accepted this invitation.</p>"),
        _part(f'text/calendar; charset="UTF-8"; method={said.method}', answer, quoted=True),
        boundary="000000000000inner",
    )
    file = _part('application/ics; name="invite.ics"', answer, 'Content-Disposition: attachment; filename="invite.ics"')
    return _mail(said, "수락됨: 탄소중립 협업이음 사업설명회", _multipart("mixed", alternative, file))


def apple(said: Said) -> bytes:
    """Apple: MAILTO in capitals, CN in quotes, an EMAIL parameter, a time zone of many rules."""
    answer = _calendar(
        said,
        "CALSCALE:GREGORIAN\r\nPRODID:-//Apple Inc.//macOS 15.1//EN",
        zone="Asia/Seoul",
        lines=(
            f"UID:{said.uid}",
            "DTSTART;TZID=Asia/Seoul:20261203T100000",
            "DTEND;TZID=Asia/Seoul:20261203T113000",
            f"DTSTAMP:{said.stamp}",
            *_sequence(said),
            "SUMMARY:탄소중립 협업이음 사업설명회",
            f'ORGANIZER;CN="협업이음 설명회";EMAIL="{OFFICE}":MAILTO:{OFFICE}',
            _attendee(
                said, 'CN="Kim, Haneul"', params=f'EMAIL="{said.attendee}";PARTSTAT={said.partstat};', mailto="MAILTO"
            ),
            *([f"COMMENT:{said.comment}"] if said.comment else []),
        ),
    )
    words = _part("text/plain; charset=utf-8", "김하늘 님이 초대를 수락했습니다.".encode())
    calendar = _part(f"text/calendar; charset=utf-8; method={said.method}; name=iCal-20261123.ics", answer)
    return _mail(said, "수락됨", _multipart("mixed", words, calendar))


def thunderbird(said: Said) -> bytes:
    """Thunderbird: one part, the calendar object alone, 8bit."""
    answer = _plain_calendar(said, "PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN")
    head = (
        f'Content-Type: text/calendar; method={said.method}; charset="UTF-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
    )
    return _mail(said, "Event Invitation Reply", head.encode() + answer)


def bare_line_ends(said: Said) -> bytes:
    """A program that writes LF, all through."""
    return thunderbird(said).replace(b"\r\n", b"\n")


def file_alone(said: Said, media: str = "application/octet-stream") -> bytes:
    """A program that only attaches a file."""
    named = 'Content-Disposition: attachment; filename="Reply.ICS"'
    return _mail(
        said,
        "Re: 초대",
        _multipart("mixed", _part("text/plain", b"see file"), _part(media, _plain_calendar(said, "PRODID:x"), named)),
    )


def several_attendees(said: Said, *others: str) -> bytes:
    """A program that lists everybody."""
    answer = _plain_calendar(
        said, "PRODID:x", more=tuple(f"ATTENDEE;PARTSTAT=DECLINED:mailto:{each}" for each in others)
    )
    return _mail(said, "Re: 초대", _part(f"text/calendar; method={said.method}", answer))


def without_attendee(said: Said) -> bytes:
    """A question about the event that leaves out who asks."""
    answer = _plain_calendar(said, "PRODID:x")
    kept = b"\r\n".join(line for line in answer.split(b"\r\n") if not line.startswith(b"ATTENDEE"))
    return _mail(said, "Re: 초대", _part(f"text/calendar; method={said.method}", kept))


def mismatched(said: Said, parameter: str) -> bytes:
    """The Content-Type says another method than the object."""
    return _mail(said, "?", _part(f"text/calendar; method={parameter}", _plain_calendar(said, "PRODID:x")))


def winmail(said: Said) -> bytes:
    """Outlook's own wrapping."""
    tnef = _part('application/ms-tnef; name="winmail.dat"', b"\x78\x9f\x3e\x22\x00\x00" * 40)
    return _mail(said, "수락: 설명회", _multipart("mixed", _part("text/plain", b""), tnef))


def letter(said: Said, text: str = "주차할 곳이 있습니까?", *headers: str, subject: str = "문의드립니다") -> bytes:
    """Words of a person, or of a machine that says so in `headers`."""
    return _mail(said, subject, _part('text/plain; charset="utf-8"', text.encode()), *headers)


def absence(said: Said) -> bytes:
    """An out-of-office text, in answer to our invitation."""
    return letter(
        said, "휴가 중입니다.", "Auto-Submitted: auto-replied", "Precedence: bulk", subject="자동 회신: [초대]"
    )


def letter_with_invitation(said: Said) -> bytes:
    """A person writes, and their program attaches our invitation again."""
    request = _plain_calendar(said.but(method="REQUEST"), "PRODID:x")
    calendar = _part('text/calendar; method=REQUEST; charset="utf-8"', request)
    words = _part('text/plain; charset="euc-kr"', "가도 됩니까?".encode("euc-kr"))
    return _mail(said, "Re: [초대] 설명회", _multipart("mixed", words, calendar))


def garbage(said: Said) -> bytes:
    """No mail at all."""
    return bytes(range(256)) * 8 + said.uid.encode()


def large(said: Said, size: int = 600 * 1024) -> bytes:
    """A valid answer behind a picture that is too large."""
    filler = _part("image/jpeg", b"\xff\xd8" + b"x" * (size * 3 // 4))
    calendar = _part(f"text/calendar; method={said.method}", _plain_calendar(said, "PRODID:x"))
    return _mail(said, "Re: 초대", _multipart("mixed", filler, calendar))


def wide(said: Said) -> bytes:
    """A calendar part of more than 64 KiB."""
    answer = _plain_calendar(said, "PRODID:x", more=tuple(f"X-NOTE:{'x' * 60}" for _ in range(1200)))
    return _mail(said, "Re: 초대", _part(f"text/calendar; method={said.method}", answer))


CALENDARS = (exchange, gmail, apple, thunderbird, bare_line_ends, file_alone)
"""Every shape of an answer that says all there is to say."""


def findings(said: Said) -> str:
    """The Authentication-Results of our own server."""
    domain = said.address.rpartition("@")[2]
    found = {
        "pass": f"dkim=pass (2048-bit key; unprotected) header.d={domain} header.i=@{domain} header.b=Ab+/;\r\n"
        f" spf=pass (domain of {said.address} designates 192.0.2.1) smtp.mailfrom={said.address};\r\n"
        f" dmarc=pass (p=REJECT sp=REJECT dis=NONE) header.from={domain}",
        "dkim": f"dkim=pass header.d={domain}",
        "unsigned": f"dkim=none; spf=pass smtp.mailfrom={said.address}; dmarc=none header.from={domain}",
        "fail": f'dkim=fail reason="signature did not verify" header.d={domain}; dmarc=fail header.from={domain}',
    }.get(said.found, said.found)
    return f"Authentication-Results: {SERVER};\r\n {found}\r\n" if ":" not in found[:40] else f"{found}\r\n"


def _mail(said: Said, subject: str, body: bytes, *headers: str) -> bytes:
    head = [
        "Return-Path: <" + said.address + ">\r\n",
        "Received: from mail.example.com (mail.example.com [192.0.2.1]) by " + SERVER + " with ESMTPS id 4abc\r\n",
        findings(said) if said.found else "",
        f"From: {Header('김하늘', 'utf-8').encode()} <{said.address}>\r\n",
        f"To: <{OFFICE}>\r\n",
        f"Subject: {Header(subject, 'utf-8').encode()}\r\n",
        "Date: Mon, 23 Nov 2026 09:50:00 +0900\r\n",
        f"Message-ID: <{said.number}.answer@mail.example.com>\r\n",
        *(f"{header}\r\n" for header in headers),
        "MIME-Version: 1.0\r\n",
    ]
    return "".join(head).encode() + body


def _attendee(said: Said, name: str, params: str, mailto: str = "mailto") -> str:
    sent_by = f'SENT-BY="mailto:{said.sent_by}";' if said.sent_by else ""
    return f"ATTENDEE;{params}{sent_by}{name}:{mailto}:{said.attendee}"


def _sequence(said: Said) -> list[str]:
    return [] if said.sequence is None else [f"SEQUENCE:{said.sequence}"]


def _plain_calendar(said: Said, product: str, more: tuple[str, ...] = ()) -> bytes:
    return _calendar(
        said,
        product,
        lines=(
            f"UID:{said.uid}",
            f"DTSTAMP:{said.stamp}",
            *_sequence(said),
            f"ORGANIZER:mailto:{OFFICE}",
            _attendee(said, "CN=Haneul", params=f"PARTSTAT={said.partstat};"),
            *([f"COMMENT:{said.comment}"] if said.comment else []),
            "DTSTART:20261203T010000Z",
            "DTEND:20261203T023000Z",
            "SUMMARY:탄소중립 협업이음 사업설명회",
            *more,
        ),
    )


def _calendar(said: Said, product: str, *, lines: tuple[str, ...], zone: str = "") -> bytes:
    observance = "BEGIN:STANDARD\r\nDTSTART:16010101T000000\r\nTZOFFSETFROM:+0900\r\nTZOFFSETTO:+0900\r\nEND:STANDARD"
    timezone = [f"BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n{observance}\r\nEND:VTIMEZONE"] if zone else []
    around = ["BEGIN:VCALENDAR", product, "VERSION:2.0", f"METHOD:{said.method}", *timezone, "BEGIN:VEVENT"]
    return "\r\n".join([*around, *map(_folded, lines), "END:VEVENT", "END:VCALENDAR", ""]).encode()


def _folded(line: str) -> str:
    """At 60 characters, as programs fold that count letters and not bytes."""
    return "\r\n ".join(line[start : start + 60] for start in range(0, max(len(line), 1), 60))


def _part(media: str, content: bytes, *headers: str, quoted: bool = False) -> bytes:
    coded = encodestring(content.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n") if quoted else _base64(content)
    name = "quoted-printable" if quoted else "base64"
    lines = (f"Content-Type: {media}", f"Content-Transfer-Encoding: {name}", *headers, "", "")
    return "\r\n".join(lines).encode() + coded


def _base64(content: bytes) -> bytes:
    coded = b64encode(content)
    return b"".join(coded[start : start + 76] + b"\r\n" for start in range(0, len(coded), 76))


def _multipart(subtype: str, *parts: bytes, boundary: str = "----=_Part_1") -> bytes:
    head = f'Content-Type: multipart/{subtype}; boundary="{boundary}"\r\n\r\n'.encode()
    opening, end = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()
    return head + b"".join(opening + part + b"\r\n" for part in parts) + end
