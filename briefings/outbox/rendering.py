"""From a text and values to the words of a message, and from the words to the HTML part of a mail."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, get_template_attribute, render_template, url_for
from flask_babel import get_locale, gettext
from jinja2.utils import urlize
from markupsafe import Markup
from werkzeug.test import EnvironBuilder

from briefings.calendar.addresses import Mailbox
from briefings.calendar.message import plain_message, scheduling_message
from briefings.outbox.mail import Dropped, Mail, ShortText
from briefings.outbox.models import Message
from briefings.outbox.texts import Template, Text, Texts, built_in, fill, placeholders_in
from briefings.web.filters import phone, site_name

SIGNATURE = "-- "  # RFC 3676, 4.3: what follows this line is the sender's signature
_BODY = Markup("<!-- body -->")  # no words become this: they are escaped
LINK_STYLE = Markup('<a style="color:#0b50d0" href=')

Made = TypeVar("Made")


def once_for_all(make: Callable[..., Made]) -> Callable[..., Made]:
    """A function whose results are the same for all messages that are composed together in one language: made once."""

    @wraps(make)
    def made(*of: object) -> Made:
        known: dict[object, Made] | None = g.get("made_once")
        if known is None:
            return make(*of)
        if (make, *of) not in known:
            known[make, *of] = make(*of)
        return known[make, *of]

    return made


def write(name: str, values: Mapping[str, object], **of_mail: Any) -> Mail:
    """The mail that the text `name` makes of `values`, in the language of the context, footer included.

    `values` has one for each placeholder of the text, empty where there is nothing to say; `of_mail` goes to Mail.
    """
    return _with_footer(words_of(name, values), of_mail)


def write_words(words: Template, values: Mapping[str, object]) -> Mail:
    """The same of words that are no text of ours: they may use every placeholder that has a value or all texts know."""
    return _with_footer(fill(words, _common() | dict(values)), {})


def _with_footer(words: Template, of_mail: Mapping[str, Any]) -> Mail:
    return Mail(words.subject, f"{words.body}\n\n{SIGNATURE}\n{_footer()}\n", **of_mail)


@once_for_all
def _footer() -> str:
    values = _common() | {"처리방침 주소": url_for("front.privacy", _external=True)}
    return fill(built_in("footer", _language()), values).body


def write_short(name: str, values: Mapping[str, object]) -> ShortText:
    """The same for a phone: no footer, and what its placeholders say by name, as a gateway asks for 알림톡."""
    words = words_of(name, values)
    said = _common() | dict(values)
    used = placeholders_in(g.texts.template(name, _language()).body)
    return ShortText(name, words.subject, words.body, {each: str(said[each]).strip() for each in used})


def words_of(name: str, values: Mapping[str, object]) -> Template:
    """Subject and body that the text `name` makes of `values`, in the language of the context; no footer."""
    text: Text = current_app.extensions["texts"][name]
    if unsaid := [each.name for each in text.placeholders if each.name not in values]:
        raise LookupError(f"text {name}: no value given for {', '.join(unsaid)}")
    if "texts" not in g:
        g.texts = Texts()
    return fill(g.texts.template(name, _language()), _common() | dict(values), text.must)


def compose(app: Flask, message: Message, now: datetime, texts: Texts | None = None) -> Mail | ShortText | Dropped:
    """What `message` says to its reader at this moment, in their language."""
    with as_reader(app, message.locale, texts):
        composed: Mail | ShortText | Dropped = app.extensions["composers"][message.kind](message, now)
        return composed


@contextmanager
def as_reader(app: Flask, locale: str, texts: Texts | None = None) -> Iterator[None]:
    """As if a reader of `locale` had asked for it: addresses in full, words in their language.

    Whoever composes many messages gives the `texts`, so that the database is not asked for them each time.
    """
    base_url = app.config["PUBLIC_URL"] + ("/en" if locale == "en" else "")
    # A context of its own: in the caller's, the language of the message before would still be in force.
    with app.app_context(), app.request_context(dict(_asked_at(base_url))):
        g.texts, g.made_once = texts or Texts(), {}
        yield


@lru_cache(maxsize=8)
def _asked_at(base_url: str) -> Mapping[str, Any]:
    """The environment of a request there: put together once, not for each of ten thousand messages."""
    return EnvironBuilder(base_url=base_url).get_environ()


@once_for_all
def _common() -> dict[str, object]:
    settings = current_app.config
    office = settings["CONTACT_NAME"]
    return {
        "서비스 이름": site_name(),
        "문의처": gettext(office),
        "문의 전화": phone(settings["CONTACT_PHONE"]),
        "문의 전자우편": settings["CONTACT_EMAIL"],
    }


def _language() -> str:
    return str(get_locale().language)


@once_for_all
def sender() -> Mailbox:
    """Who mails and invitations come from, named in the language of the context."""
    name = current_app.config["MAIL_FROM_NAME"]
    return Mailbox(gettext(name), current_app.config["MAIL_FROM"])


def html_of(text: str, subject: str) -> str:
    """A small HTML document that says what `text` says: paragraphs, `- ` lists, addresses linked, all else escaped."""
    body, _, footer = text.partition(f"\n{SIGNATURE}\n")
    before, after = _frame(subject, footer)
    return f"{before}{_html(body)}{after}"


@once_for_all
def _frame(subject: str, footer: str) -> list[str]:
    """What stands before the body, and what after it."""
    language = get_locale().language
    frame = render_template("mail/frame.html", subject=subject, language=language, body=_BODY, footer=_html(footer))
    return frame.split(_BODY)


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


def _html(text: str) -> Markup:
    return Markup("").join(_blocks(paragraph) for paragraph in re.split(r"\n{2,}", text.strip("\n")))


@lru_cache(maxsize=256)
def _blocks(paragraph: str) -> Markup:
    """As HTML; a list may follow its paragraph without a blank line. Most paragraphs stand in everybody's mail."""
    blocks: list[tuple[str, list[Markup]]] = []
    kind = ""
    for line in paragraph.splitlines():
        found = "list" if line.startswith("- ") else "paragraph"
        if found != kind:
            blocks.append((found, []))
            kind = found
        blocks[-1][1].append(_linked(line.removeprefix("- ")))
    block = get_template_attribute("mail/block.html", "block")
    return Markup("").join(block(*each) + "\n" for each in blocks)


def _linked(line: str) -> Markup:
    return Markup(urlize(line, target="_blank", rel="noopener")).replace("<a href=", LINK_STYLE)  # noqa: S704 (escaped by urlize)
