"""Why there is no answer, told to programs (RFC 9457), in the language they ask for."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

import msgspec
from flask import Response, current_app, request
from flask_babel import gettext

from briefings.api.schemas import Problem, Wrong
from briefings.errors import N_
from briefings.web.language import API
from briefings.web.logging import request_number

PROBLEM = "application/problem+json"
TITLES = {
    400: N_("알아볼 수 없는 요청"),
    401: N_("열쇠가 없거나 맞지 않음"),
    403: N_("읽을 수 없는 자료"),
    404: N_("없는 주소"),
    405: N_("받지 않는 방식"),
    406: N_("낼 수 없는 형식"),
    413: N_("너무 큰 요청"),
    422: N_("잘못된 조건"),
    429: N_("너무 잦은 요청"),
    500: N_("프로그램의 오류"),
    503: N_("잠시 쉬는 중"),
}
"""What each kind of problem is called; its `type` leads to the place of the documentation that says more."""
DETAILS = {
    400: N_("요청을 읽지 못했습니다. 주소와 머리말을 확인해 주세요."),
    404: N_("이 주소에는 아무것도 없습니다. 지워졌거나 공개되지 않은 것일 수 있습니다."),
    405: N_("읽기만 할 수 있습니다. GET, HEAD, OPTIONS로 요청해 주세요."),
    413: N_("이 API는 본문을 받지 않습니다. 본문 없이 요청해 주세요."),
    500: N_("답을 만들다가 잘못되었습니다. 요청 번호와 함께 알려 주시면 살펴보겠습니다."),
    503: N_("지금은 답할 수 없습니다. 잠시 뒤에 다시 시도해 주세요."),
}


class Unanswered(Exception):
    """A program is told why there is no answer: a status, a sentence, what is wrong with which parameter."""

    def __init__(
        self, status: int, detail: str, wrong: Sequence[Wrong] = (), headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.wrong, self.headers = status, detail, wrong, headers or {}


def show_unanswered(error: Unanswered) -> Response:
    """The problem that a view has met."""
    response = problem(error.status, error.detail, error.wrong)
    response.headers.update(error.headers)
    return response


def problem(status: int, detail: str | None, wrong: Sequence[Wrong] = ()) -> Response:
    """Why there is no answer; without words of its own those for the status."""
    known = TITLES.get(status)
    words = detail or (gettext(DETAILS[status]) if status in DETAILS else "")
    told = Problem(
        type=f"{current_app.config['PUBLIC_URL']}/api#problem-{status}" if known else "about:blank",
        title=gettext(known) if known else HTTPStatus(status).phrase,
        status=status,
        detail=words,
        instance=request.path,
        request=request_number() or "",
        errors=list(wrong),
    )
    response = Response(msgspec.json.encode(told), status, content_type=PROBLEM)
    response.vary.add("Accept-Language")
    return response


def told_to_programs(status: int, detail: str | None) -> Response | None:
    """The problem, where a program has asked; None where a person has."""
    if not request.path.startswith(API):
        return None
    response = problem(status, detail)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "no-store"
    return response
