"""Where staff read the texts of all messages, rewrite them, try them out on real readers, and give them back."""

from datetime import datetime
from typing import NamedTuple

from flask import Blueprint, Flask, Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select

from briefings import clock
from briefings.db import db, unit_of_work
from briefings.errors import Refused
from briefings.outbox import writing
from briefings.outbox.models import Medium, Message, WrittenText
from briefings.outbox.preview import read
from briefings.outbox.received import Received
from briefings.outbox.rendering import as_reader, html_of, words_of, write
from briefings.outbox.text_forms import SeenForm, TextForm
from briefings.outbox.texts import COMMON, Key, Template, Text, Texts, built_in, check, example_values
from briefings.web.access import staff
from briefings.web.security import POLICY

pages = Blueprint("outbox_texts", __name__, url_prefix="/staff/outbox/texts")

LANGUAGES = {"ko": "한국어", "en": "영어"}
SHOWN = 3
LOOKED_AT = 50
"""So many of the newest messages are looked through for readers of a text."""
# A mail tried out stands in the page itself, for nothing of it is stored, and brings its own styles.
PREVIEW_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")


class Tried(NamedTuple):
    """What one reader would get; an example without a reader."""

    reader: str
    subject: str
    text: str
    html: str


@pages.context_processor
def _words() -> dict[str, object]:
    return {"languages": LANGUAGES, "common": COMMON, "mediums": Medium}


@pages.get("")
@staff
def index() -> ResponseReturnValue:
    """All texts by what they are about, and which of them staff wrote."""
    groups: dict[str, dict[str, Text]] = current_app.extensions["text_groups"]
    written = writing.all_written()
    faulty = {
        key for key, text in written.items() if key[0] in _texts() and check(text.subject, text.body, _texts()[key[0]])
    }
    return render_template("outbox/texts.html", groups=groups, written=written, faulty=faulty)


@pages.route("/<any(ko, en):locale>/<path:name>", methods=["GET", "POST"])
@staff
def edit(locale: str, name: str) -> ResponseReturnValue:
    """Rewrite one text in one language, or only see what it would look like."""
    text, key = _text(name), (name, locale)
    written = writing.written(key)
    form = TextForm(text, _in_force(written, key))
    if not form.is_submitted():
        form.see(written)
    elif form.validate_on_submit():
        if form.preview.data:
            tried = _tried_out(text, key, form.words(), clock.now())
            page = _page(form, text, key, written, tried=tried)
            return Response(page, headers={"Content-Security-Policy": PREVIEW_POLICY})
        try:
            with unit_of_work():
                writing.rewrite(key, form.words(), form.version_seen(), current_user, clock.now())
        except Refused as error:
            form.refuse(error)
            written = writing.written(key)
            form.see(written)
            return _page(form, text, key, written, theirs=_in_force(written, key))
        flash("글을 저장했습니다. 지금부터 나가는 것은 이 글로 보냅니다.", "success")
        return redirect(url_for(".edit", locale=locale, name=name), 303)
    return _page(form, text, key, written)


@pages.route("/restore/<any(ko, en):locale>/<path:name>", methods=["GET", "POST"])
@staff
def restore(locale: str, name: str) -> ResponseReturnValue:
    """Show the built-in words and ask, then put them in force again."""
    text, key = _text(name), (name, locale)
    written = writing.written(key)
    form = SeenForm()
    if not form.is_submitted():
        form.see(written)
    elif form.validate_on_submit():
        with unit_of_work():
            writing.restore(key, form.version_seen(), current_user, clock.now())
        flash("처음 글로 되돌렸습니다. 지금부터 나가는 것은 처음 글로 보냅니다.", "success")
        return redirect(url_for(".edit", locale=locale, name=name), 303)
    words = built_in(*key)
    return render_template("outbox/text_restore.html", form=form, text=text, name=name, locale=locale, words=words)


def _texts() -> dict[str, Text]:
    found: dict[str, Text] = current_app.extensions["texts"]
    return found


def _text(name: str) -> Text:
    return _texts().get(name) or abort(404)


def _in_force(written: WrittenText | None, key: Key) -> Template:
    return Template(written.subject, written.body) if written else built_in(*key)


def _page(form: TextForm, text: Text, key: Key, written: WrittenText | None, **more: object) -> str:
    name, locale = key
    return render_template(
        "outbox/text_edit.html",
        form=form,
        text=text,
        name=name,
        locale=locale,
        written=written,
        built_in=built_in(*key),
        **more,
    )


def _tried_out(text: Text, key: Key, words: Template, now: datetime) -> list[Tried]:
    """What the latest readers of a text would get with `words`; an example where it has had none."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    name, locale = key
    of_kind = Message.kind.in_(text.kinds or (name,)), Message.locale == locale, Message.medium == text.medium
    latest = select(Message).where(*of_kind).order_by(Message.id.desc()).limit(LOOKED_AT)
    tried: dict[str, Tried] = {}
    for message in db.session.scalars(latest):
        texts = Texts({key: words})
        mail = None if message.recipient in tried else read(app, message, now, texts)
        if isinstance(mail, Received) and key in texts.used:
            reader = f"{message.recipient_name} ({message.recipient})"
            tried[message.recipient] = Tried(reader, mail.subject, mail.text, mail.html)
            if len(tried) == SHOWN:
                break
    return list(tried.values()) or [_example(app, text, key, words)]


def _example(app: Flask, text: Text, key: Key, words: Template) -> Tried:
    name, locale = key
    with as_reader(app, locale, Texts({key: words})):
        if text.medium is Medium.TEXT:
            return Tried("", *words_of(name, example_values(text)), "")
        mail = write(name, example_values(text))
        return Tried("", mail.subject, mail.text, html_of(mail.text, mail.subject))
