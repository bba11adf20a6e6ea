"""What a person sees when something is not to be had: the same frame, what is wrong, a way on."""

import logging
import math
import traceback
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, render_template, request
from flask_babel import gettext
from flask_limiter import RateLimitExceeded
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from briefings.db import Trouble, trouble_of
from briefings.errors import N_, LinkEnded, NotAllowed, Refused
from briefings.web.access import access_of
from briefings.web.filters import day, when
from briefings.web.limits import seconds_to_wait
from briefings.web.logging import request_number
from briefings.web.routing import own_path
from briefings.web.typed import Typed, typed_before

log = logging.getLogger(__name__)

SECONDS_TO_WAIT = {Trouble.AWAY: 10, Trouble.BUSY: 5, Trouble.FULL: 600}
TROUBLES = {
    Trouble.AWAY: N_(
        "자료를 보관하는 곳과 연결이 끊겼습니다. 보낸 내용은 받지 못했을 수 있습니다. 잠시 뒤에 다시 시도해 주세요."
    ),
    Trouble.BUSY: N_("요청이 한꺼번에 몰려 처리하지 못했습니다. 몇 초 뒤에 다시 시도해 주세요."),
    Trouble.FULL: N_(
        "저장할 자리가 없어 보낸 내용을 받지 못했습니다. 지금까지 받은 것은 그대로 있습니다. 아래 연락처로 알려 주세요."
    ),
}
OUT_OF_DATE = N_("화면을 연 지 오래되어 보낼 수 없었습니다. 앞 화면을 새로 열고 다시 보내 주세요.")
KEPT_HERE = N_("화면을 연 지 오래되어 보낼 수 없었습니다. 아래 단추를 누르면 적은 내용 그대로 보냅니다.")
TOO_OFTEN = N_("짧은 사이에 너무 여러 번 요청하셨습니다. %(minutes)s분 뒤에 다시 시도해 주세요.")
LINK_DEAD = N_(
    "이 링크는 더는 쓸 수 없거나, 옮겨 적으면서 끊겼을 수 있습니다. "
    "‘신청 내역 확인’에 신청할 때 적은 전자우편 주소를 적으면 지금 쓰는 링크를 다시 보내 드립니다."
)
REGISTRANTS_PAGES = ("/r/", "/join/", "/reconfirm/", "/give-up/")
"""Whoever has a link to one of these that opens nothing gets another by their address."""
PUBLIC_WAYS = (
    ("briefings.index", N_("설명회 일정")),
    ("needs.index", N_("수요 찾기")),
    ("registrations.find", N_("신청 내역 확인")),
    ("front.search", N_("검색")),
    ("front.site_map", N_("누리집 지도")),
)
WAYS_ON = {
    "/staff/": (
        ("staff.today", N_("오늘 할 일")),
        ("staff_briefings.index", N_("설명회")),
        ("staff_needs.index", N_("수요")),
    ),
    **{page: (("registrations.find", N_("신청 내역 확인")),) for page in REGISTRANTS_PAGES},
    "/my/": (("owner.needs", N_("내 수요 과제")), ("owner_replies.index", N_("받은 답글"))),
    "/reviews": (("reviewer.index", N_("내 심사")), ("advice.index", N_("조언"))),
}
"""Where somebody may go on who wanted a page of theirs."""
FOR = {
    "staff": N_("직원 계정으로 보는 화면입니다."),
    "administrator": N_("관리자만 보는 화면입니다. 필요하면 관리자에게 부탁해 주세요."),
    "member": N_("수요기관 계정으로 보는 화면입니다."),
    "expert": N_("전문가 계정으로 보는 화면입니다."),
}
"""By the mark of a view what somebody lacks who is signed in and may not call it."""


def ways_on(*paths: str) -> tuple[tuple[str, str], ...]:
    """Endpoints to go on to after an error at the first of these paths, each with its words."""
    own = (way for path in paths for begin, ways in WAYS_ON.items() if path.startswith(begin) for way in ways)
    return tuple(dict.fromkeys((*own, *PUBLIC_WAYS)))


def _place_of(reader: Any) -> str:
    """The path below which the pages of an account are."""
    if reader.is_staff:
        return "/staff/"
    return "/reviews" if reader.is_expert else "/my/" if reader.is_member else ""


def _what_is_missing() -> str | None:
    mark = access_of(current_app, request.endpoint) if request.endpoint else None
    return gettext(FOR[mark]) if mark in FOR else None


def reason(refused: Refused | LinkEnded) -> str:
    """Why not, in the language of the page."""
    return gettext(refused.message, **{name: _shown(value) for name, value in refused.values.items()})


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return when(value)
    return day(value) if isinstance(value, date) else value


def page_before() -> str | None:
    """The address on this host that the person came from, if the browser told."""
    came_from = urlsplit(request.referrer or "")
    same_host = came_from.netloc == request.host
    return own_path(came_from.path + (f"?{came_from.query}" if came_from.query else "")) if same_host else None


def show_refused(refused: Refused | LinkEnded) -> tuple[str | Response, int]:
    """A button was pressed that the state of the world no longer allows: 409 and why; 403 where it is not theirs.

    410 where a personal link ended.
    """
    code = 410 if isinstance(refused, LinkEnded) else 403 if isinstance(refused, NotAllowed) else 409
    return _page(code, reason(refused), typed_before(again=False)), code


def show_http(error: HTTPException) -> Response | HTTPException:
    """An error page for every 4xx and 5xx, with what HTTP wants told beside it (Allow, Retry-After); redirects pass."""
    code = error.code or 500
    if code < 400:
        return error
    late = isinstance(error, CSRFError)
    dead = code == 404 and request.path.startswith(REGISTRANTS_PAGES)
    wait = seconds_to_wait() if isinstance(error, RateLimitExceeded) else None
    message = OUT_OF_DATE if late else LINK_DEAD if dead else TOO_OFTEN if wait else None
    try:
        typed = typed_before(again=code != 500) if late or wait or code == 500 else None
        if late and typed and typed.action:
            message = KEPT_HERE
        said = gettext(message, **({"minutes": math.ceil(wait / 60)} if wait else {})) if message else None
        page = _page(code, said, typed, late=late)
    except (DBAPIError, NoConnectionFree) as trouble:  # the first to ask the database was the page of the error
        return show_trouble(trouble)
    response = make_response(page, code)
    response.headers.extend({name: value for name, value in error.get_headers() if name != "Content-Type"})
    if wait:
        response.headers["Retry-After"] = wait
    return response


def show_trouble(error: DBAPIError | NoConnectionFree) -> Response:
    """The database cannot do it at the moment, and nothing was done: 503 and when to try again; else raised on."""
    trouble = trouble_of(error)
    if trouble is None:
        raise error
    log.error("database=%s endpoint=%s %s", trouble.value, request.endpoint, type(error).__name__)
    g.database_failed = True
    response = make_response(_page(503, gettext(TROUBLES[trouble]), typed_before(may_ask=False)), 503)
    response.headers["Retry-After"] = SECONDS_TO_WAIT[trouble]
    return response


def _page(code: int, message: str | None, typed: Typed | None = None, late: bool = False) -> str | Response:
    if (told := current_app.extensions["told_to_programs"](code, message)) is not None:
        return told
    reader = current_user if code < 500 and current_user.is_authenticated else None  # nothing is asked after a failure
    turned_away = reader if code == 403 else None
    places = ([] if turned_away else [request.path]) + ([_place_of(reader)] if reader else [])
    return render_template(
        "errors/error.html",
        code=code,
        late=late,
        message=message or (_what_is_missing() if turned_away else None),
        turned_away=turned_away,
        typed=typed,
        back=page_before(),
        ways_on=[(endpoint, gettext(words)) for endpoint, words in ways_on(*places)],
        **({} if reader else {"frame_only": True}),
        number=request_number(),
    )


def log_failure(app: Flask, error: BaseException | None) -> None:
    """Where a view failed; without its address, which may hold a secret, and without the words of the error."""
    frames = "".join(traceback.format_tb(error.__traceback__)) if error else ""
    app.logger.error("endpoint=%s method=%s %s\n%s", request.endpoint, request.method, type(error).__name__, frames)


def register(app: Flask) -> None:
    """Answer every error in the frame of the site, and log what no view expected."""
    app.log_exception = lambda exc_info: log_failure(app, exc_info[1])  # type: ignore[method-assign]
    app.register_error_handler(Refused, show_refused)
    app.register_error_handler(LinkEnded, show_refused)
    app.register_error_handler(DBAPIError, show_trouble)
    app.register_error_handler(NoConnectionFree, show_trouble)
    app.register_error_handler(HTTPException, show_http)
