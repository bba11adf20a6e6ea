"""Lines of the log, for people or as one JSON object each; never with what somebody wrote, an address or a secret."""

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

FORMATS = ("text", "json")
OURS = "briefings"
PLACE = re.compile(r"(?:(\w+)=)?%[sd]")
MAIL_ADDRESS = re.compile(r"[^\s<>:;,]+@[^\s<>:;,]+")
# In lines of others, who write what they were sent: paths, addresses of mail and network, numbers long as a phone's.
PERSONAL = re.compile(
    r"(?<![\w.])/\S+|\S+@\S+|\b\d{1,3}(?:\.\d{1,3}){3}\b|(?:[0-9a-f]*:){2,}[0-9a-f]*|\d[\d -]{6,}\d", re.I
)
LIMITS = "flask-limiter"

_noted: ContextVar[Mapping[str, object]] = ContextVar("noted", default=MappingProxyType({}))


@contextmanager
def noting(**names: object) -> Iterator[None]:
    """Every line inside carries these names and values: which request, which job, which task."""
    token = _noted.set({**_noted.get(), **names})
    try:
        yield
    finally:
        _noted.reset(token)


def note_only(**names: object) -> None:
    """From here on, in this thread, every line carries these and no others."""
    _noted.set(names)


class Line(logging.Formatter):
    """What every line owes: frames of an error without its words, and nothing personal from the libraries."""

    def formatException(self, ei: Any) -> str:
        """Where it happened and what kind of error it is; the words of errors hold what people wrote."""
        kind, _, frames = ei
        return "".join(traceback.format_tb(frames)) + kind.__name__

    def words(self, record: logging.LogRecord) -> str:
        """The message, with the frames of an error below it."""
        said = record.getMessage()
        if not _is_ours(record):
            said = PERSONAL.sub("…", said)
        elif "@" in said:  # what servers of mail answered
            said = MAIL_ADDRESS.sub("…", said)
        return said + ("\n" + self.formatException(record.exc_info) if record.exc_info else "")


class TextLine(Line):
    """For people."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level and logger in front, what was noted behind."""
        moment = datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(" ", "milliseconds")
        noted = "".join(f" {name}={value}" for name, value in _noted.get().items())
        first, line_break, rest = self.words(record).partition("\n")
        return f"{moment} {record.levelname} {record.name}: {first}{noted}{line_break}{rest}"


class JsonLine(Line):
    """For programs: one object per line; what a message says as `name=%s` is a value of its own too."""

    def format(self, record: logging.LogRecord) -> str:
        """The object, in Korean as it is."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "process": record.process,
            **_noted.get(),
            **_named(record),
            "event": self.words(record),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


def _is_ours(record: logging.LogRecord) -> bool:
    return record.name.partition(".")[0] == OURS


def _named(record: logging.LogRecord) -> dict[str, object]:
    if not _is_ours(record) or not isinstance(record.args, tuple):
        return {}
    names = PLACE.findall(str(record.msg))
    return {name: value for name, value in zip(names, record.args, strict=False) if name}


def formatter(kind: str) -> Line:
    """How lines look: `text` or `json`."""
    return JsonLine() if kind == "json" else TextLine()


def begin(kind: str, level: str) -> None:
    """Write lines of `level` and above to standard error, unless whoever started the program has seen to it."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter(kind))
    logging.basicConfig(level=level, handlers=[handler])
    logging.getLogger(LIMITS).setLevel(logging.WARNING)  # below, it tells whose limit was reached
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # below, it tells that it was loaded
