"""Pages and mails made once where a test looks at who gets them, and not at what stands in them."""

from typing import Any

import pytest
from flask import Flask, request, templating
from flask_login import current_user
from jinja2 import Template

from briefings.outbox import preview
from briefings.outbox.models import Message

SAID = ("code", "message", "back", "ways_on")
"""What differs between the pages of errors that one kind of account is shown, but for what was typed before."""


def make_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the test ends each page is rendered once for a method and an address, for all staff, and for each other.

    One of an error is rendered once for what it says, and a mail shown before it is sent composed once for each kind
    and language. Whoever asks again gets what was made then: the view runs, and answers, every time.
    """
    pages, render = dict[tuple[Any, ...], str](), templating._render
    mails, read = dict[tuple[str, str], Any](), preview.read

    def page(app: Flask, template: Template, context: dict[str, Any]) -> str:
        of_error = template.name == "errors/error.html"
        asked = [str(context[each]) for each in SAID] if of_error else [request.full_path]
        reader = "staff" if getattr(current_user, "is_staff", False) else getattr(current_user, "id", None)
        key = (template.name, reader, request.method, *asked)
        if key not in pages:
            pages[key] = render(app, template, context)
        return pages[key]

    def mail(app: Flask, message: Message, *more: Any) -> Any:
        key = (message.kind, message.locale)
        if key not in mails:
            mails[key] = read(app, message, *more)
        return mails[key]

    monkeypatch.setattr(templating, "_render", page)
    monkeypatch.setattr(preview, "read", mail)
