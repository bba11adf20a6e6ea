"""From a template and values to the text of a mail, and from the text to its HTML part."""

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app, render_template
from flask_babel import get_locale, gettext
from jinja2.utils import urlize
from markupsafe import Markup

from briefings.calendar.addresses import Mailbox
from briefings.calendar.message import plain_message, scheduling_message
from briefings.outbox.mail import Mail
from briefings.outbox.models import Message

SIGNATURE = "-- "  # RFC 3676, 4.3: what follows this line is the sender's signature
LINK_STYLE = Markup('<a style="color:#0b50d0" href=')

Block = tuple[str, list[Markup]]


def render(template: str, **values: Any) -> str:
    """The text of `templates/mail/<template>.txt` with the footer every mail owes, in the language of the context."""
    body = _render(template, values)
    return f"{body}\n\n{SIGNATURE}\n{_render('footer', {})}\n"


def _render(template: str, values: dict[str, Any]) -> str:
    text = render_template(f"mail/{template}.txt", **values)
    tidy = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", tidy).strip()


def sender() -> Mailbox:
    """Who mails and invitations come from, named in the language of the context."""
    name = current_app.config["MAIL_FROM_NAME"]
    return Mailbox(gettext(name), current_app.config["MAIL_FROM"])


def html_of(text: str, subject: str) -> str:
    """A small HTML document that says what `text` says: paragraphs, `- ` lists, addresses linked, all else escaped."""
    body, _, footer = text.partition(f"\n{SIGNATURE}\n")
    language = get_locale().language
    return render_template(
        "mail/frame.html", subject=subject, language=language, body=_blocks(body), footer=_blocks(footer)
    )


def mime_of(message: Message, mail: Mail, date: datetime) -> bytes:
    """The bytes that go out for `message`: a repeat has the same Message-ID and calendar object."""
    settings = current_app.config
    domain = settings["MAIL_FROM"].rpartition("@")[2]
    envelope: dict[str, Any] = {
        "subject": mail.subject,
        "text": mail.text,
        "html": html_of(mail.text, mail.subject),
        "sender": sender(),
        "recipient": Mailbox(message.recipient_name, message.recipient),
        "message_id": f"<{message.reference}@{domain}>",
        "date": date.astimezone(ZoneInfo(settings["TIMEZONE"])),
        "in_reply_to": f"<{mail.in_reply_to}@{domain}>" if mail.in_reply_to else None,
    }
    if mail.calendar is None:
        return plain_message(**envelope)
    return scheduling_message(**envelope, calendar=mail.calendar, method=str(mail.method))


def _blocks(text: str) -> list[Block]:
    """(`list` or `paragraph`, lines) in order; a list may follow its paragraph without a blank line."""
    blocks: list[Block] = []
    for paragraph in re.split(r"\n{2,}", text.strip("\n")):
        kind = ""
        for line in paragraph.splitlines():
            found = "list" if line.startswith("- ") else "paragraph"
            if found != kind:
                blocks.append((found, []))
                kind = found
            blocks[-1][1].append(_linked(line.removeprefix("- ")))
    return blocks


def _linked(line: str) -> Markup:
    return Markup(urlize(line, target="_blank", rel="noopener")).replace("<a href=", LINK_STYLE)  # noqa: S704 (escaped by urlize)
