"""The field by which files are handed in."""

from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import Field
from wtforms.validators import DataRequired
from wtforms.widgets import FileInput

from briefings.files.kinds import EVERY, in_words, words_for
from briefings.files.storing import LARGEST
from briefings.web.uploads import AT_ONCE, was_too_large


class Sent:
    """A file as it came in."""

    def __init__(self, file: FileStorage) -> None:
        self.filename = file.filename or ""
        self._file = file

    def read(self) -> bytes:
        """What it contains, but no more of it than shows that it is too large."""
        return self._file.read(LARGEST + 1)


class FilesField(Field):
    """Files of some kinds, one or `several`; `data` is the list of those `Sent`.

    What they really are is for `storing.store` to say. Each error concerns one file and all are shown.
    """

    def __init__(self, label: Any, only: Any = EVERY, several: bool = False, **given: Any) -> None:
        hint = _l("받는 형식: %(kinds)s. 한 파일은 %(size)s까지입니다.", kinds=words_for(only), size=in_words(LARGEST))
        asked = DataRequired(_l("올릴 파일을 골라 주세요."))
        super().__init__(label, **({"validators": [asked], "description": hint} | given))
        self.widget = FileInput(multiple=several)
        accept = ",".join(f".{suffix}" for kind in only for suffix in kind.suffixes)
        self.render_kw = {"accept": accept, "data-largest": LARGEST}
        self.flags.each_error = True

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Take what the browser sent; a form shown again because that was too much says so."""
        super().process(None, None, extra_filters)
        self.data = [Sent(file) for file in request.files.getlist(self.name) if file.filename]
        if was_too_large():
            message = gettext(
                "한 번에 보낼 수 있는 크기(%(size)s)를 넘었습니다. 몇 개씩 나누어 올려 주세요.", size=in_words(AT_ONCE)
            )
            self.errors = [message]

    def _value(self) -> str:
        return ""
