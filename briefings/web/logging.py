"""One line for each request, and the number under which it is found again; never its address, which may be a secret."""

import logging
import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flask import Flask, Response, current_app, request

from briefings import logs
from briefings.web import metrics

log = logging.getLogger("briefings.requests")

HEADER = "X-Request-ID"
NUMBER, BEGAN = "briefings.number", "briefings.began"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
NO_VIEW = "none"


def register(app: Flask) -> None:
    """Number every request, count it and write its line; to be registered before anything else looks at requests."""
    app.before_request(_begin)
    app.after_request(_answered)  # those registered first come last
    app.teardown_request(_ended)


def request_number() -> str:
    """What the present request is called in the log."""
    return request.environ.get(NUMBER, "")


def _begin() -> None:
    request.environ[NUMBER], request.environ[BEGAN] = _number(), time.perf_counter()
    logs.note_only(request=request_number())


def _ended(error: BaseException | None) -> None:
    if request_number():  # mails are composed under a request of their own inside others
        logs.note_only()


def _number() -> str:
    """The one that our proxy gave, or a new one."""
    given = request.headers.get(HEADER, "") if current_app.config["TRUSTED_PROXIES"] else ""
    return given if SANE.fullmatch(given) else secrets.token_hex(8)


def _answered(response: Response) -> Response:
    response.headers[HEADER] = request_number()
    asked, length = _asked(), response.content_length
    if length is None and response.is_streamed:
        response.response = _noted_at_the_end(response.iter_encoded(), asked, response.status_code)
    else:
        _note(asked, response.status_code, length or 0)
    return response


@dataclass(frozen=True)
class Asked:
    """What is said of a request: of methods, views and rules there are only so many."""

    method: str
    endpoint: str
    rule: str
    number: str
    began: float
    counted: bool


def _asked() -> Asked:
    return Asked(
        method=request.method if request.method in METHODS else "other",
        endpoint=request.endpoint or NO_VIEW,
        rule=request.url_rule.rule if request.url_rule else NO_VIEW,
        number=request_number(),
        began=request.environ[BEGAN],
        counted=bool(current_app.config["METRICS_TOKEN"]),
    )


def _noted_at_the_end(parts: Iterable[bytes], asked: Asked, status: int) -> Iterator[bytes]:
    """`parts`; noted when all are sent or their reader went away."""
    sent = 0
    try:
        for part in parts:
            sent += len(part)
            yield part
    finally:
        with logs.noting(request=asked.number):
            _note(asked, status, sent)


def _note(asked: Asked, status: int, length: int) -> None:
    seconds = time.perf_counter() - asked.began
    if asked.counted:
        metrics.count(asked.endpoint, asked.method, status, seconds)
    if log.isEnabledFor(logging.INFO):
        parts = asked.method, asked.endpoint, asked.rule, status, round(seconds * 1000, 1), length
        log.info("method=%s endpoint=%s rule=%s status=%s ms=%s bytes=%s", *parts)
