"""What an enum's member, a theme or an audience is called on a page."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Protocol

from flask import Flask, current_app
from flask_babel import gettext

from briefings.web.filters import in_english

Words = Mapping[type[StrEnum], Mapping[StrEnum, str]]


class Named(Protocol):
    """A row with a name in both languages."""

    name: str
    name_en: str


def label(value: StrEnum | Named) -> str:
    """Its word or name in the reader's language; KeyError for an enum whose words were not registered."""
    if isinstance(value, StrEnum):
        word = current_app.extensions["words"][type(value)][value]
        return gettext(word)
    return value.name_en if in_english() and value.name_en else value.name


def register(app: Flask, *words: Words) -> None:
    """Make the words of every slice known to the `label` filter."""
    app.extensions["words"] = {kind: members for slice_ in words for kind, members in slice_.items()}
    app.jinja_env.filters["label"] = label
