"""What every answer to another program goes through: its key, its share, what it asks; then JSON with an ETag."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

import msgspec
from flask import Response, current_app, g, request
from flask_babel import gettext

from briefings import clock
from briefings.api import keys
from briefings.api.asking import Asked
from briefings.api.composing import address
from briefings.api.models import ApiKey, Scope
from briefings.api.problems import Unanswered
from briefings.api.schemas import Page, Wrong
from briefings.api.words import PARAMETERS
from briefings.db import CONTENT, looked_up, unit_of_work
from briefings.errors import N_
from briefings.web.access import View
from briefings.web.limits import Share, take_share
from briefings.web.security import network

JSON = "application/json"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, RateLimit, RateLimit-Policy, Retry-After, X-Request-ID",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match, Accept-Language",
    "Access-Control-Max-Age": "86400",
}
_VERSION = "SELECT version FROM content_version WHERE id {among}"
WRONG_KEY = N_("열쇠가 맞지 않습니다. 기간이 지났거나 거둔 열쇠일 수 있으니 관리자에게 확인해 주세요.")
NO_KEY = N_("이 자료는 열쇠가 있어야 읽습니다. 요청에 Authorization: Bearer 머리말로 열쇠를 보내 주세요.")
NOT_OPENED = N_("이 열쇠로는 읽을 수 없는 자료입니다. 관리자에게 ‘%(scope)s’ 자료를 읽는 열쇠를 받아 주세요.")
TOO_OFTEN = N_("짧은 사이에 너무 여러 번 물었습니다. %(seconds)s초 뒤에 다시 시도해 주세요.")
NOT_IN_THAT = N_("이 API는 application/json으로만 답합니다. Accept 머리말을 고치거나 빼 주세요.")
TWICE = N_("한 번만 적어 주세요.")
UNKNOWN = N_("이런 조건은 없습니다. 이름을 확인해 주세요. 쓸 수 있는 조건: %(names)s")
ASKED_WRONGLY = N_("조건이 잘못되어 찾지 않았습니다. errors에 적힌 것을 고쳐 주세요.")
encoder = msgspec.json.Encoder()


@dataclass(frozen=True)
class Operation:
    """What one view tells, for its description: whom, what, and by which parameters."""

    group: str
    summary: str
    tells: type[Any] | Any
    asks: type[Asked]
    scope: Scope | None
    more: str
    """What else there is to know of it."""


def tells(
    shape: Any,
    group: str,
    summary: str,
    *,
    asks: type[Asked] = Asked,
    scope: Scope | None = None,
    by_content: bool = False,
    more: str = "",
) -> Callable[[View], View]:
    """A view that answers other programs; stands below its access mark.

    It gets what is asked for as `asked` where anything can be, and gives rows of `shape`. `by_content`: it depends on
    what is in the database and nothing else, so who has the present version is told so without looking further.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def answer(**path: Any) -> Response:
            key = key_shown(clock.now())
            share = _take_share(key)
            _refuse_without(scope, key)
            _refuse_unless_json()
            asked = read_query(asks)
            tag = _tag_of_content() if by_content else None
            if tag and request.if_none_match.contains_weak(tag):
                return _with_headers(Response(status=304), tag, share, key)
            found = view(**path) if asks is Asked else view(asked=asked, **path)
            body = encoder.encode(found)
            response = Response(body, content_type=JSON)
            _add_links(response, found)
            return _with_headers(response, tag or _tag_of(found, body), share, key)

        answer.operation = Operation(group, summary, shape, asks, scope, more)  # type: ignore[attr-defined]
        return answer

    return mark


def key_shown(now: datetime) -> ApiKey | None:
    """The key that came with the request, its use noted; none where none came. A wrong one is refused, everywhere."""
    header = request.headers.get("Authorization")
    if header is None:
        return None
    scheme, _, secret = header.partition(" ")
    key = keys.key_behind(secret.strip(), today()) if scheme.lower() == "bearer" else None
    if key is None:
        _take_share(None)  # who guesses is counted, too
        headers = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
        raise Unanswered(401, gettext(WRONG_KEY), headers=headers)
    if keys.is_stale(key, now):
        with unit_of_work():
            keys.note_use(key, now)
    g.api_scopes = frozenset(key.opens)
    return key


def may(scope: Scope) -> bool:
    """Whether the key of this request opens that."""
    return scope in g.get("api_scopes", ())


def zone() -> ZoneInfo:
    """The zone days are counted in."""
    return ZoneInfo(current_app.config["TIMEZONE"])


def today() -> Any:
    """The present day there."""
    return clock.now().astimezone(zone()).date()


def read_query(asks: type[Asked]) -> Asked:
    """What the address asks for behind its question mark; refused as a whole, with every reason at once."""
    found, wrong = dict[str, str](), list[Wrong]()
    known = {field.name: field for field in msgspec.structs.fields(asks)}
    for name, value in parse_qsl(request.query_string.decode("utf-8", "replace"), keep_blank_values=True):
        if name not in known:
            names = ", ".join(known) or "–"
            wrong.append(Wrong(parameter=name[:100], detail=gettext(UNKNOWN, names=names)))
        elif name in found:
            wrong.append(Wrong(parameter=name, detail=gettext(TWICE)))
        else:
            found[name] = value
    for name, value in found.items():
        if not _fits(value, known[name].type):
            wrong.append(Wrong(parameter=name, detail=_expected(known[name].type, meaning_of(asks, name))))
    if wrong:
        raise Unanswered(422, gettext(ASKED_WRONGLY), wrong)
    return msgspec.convert(found, asks, strict=False)


def _fits(value: str, kind: Any) -> bool:
    whole = msgspec.json.schema(kind).get("type") == "integer"
    if whole and not value.isdigit():  # 1.0 and 1e0 are whole numbers to the library
        return False
    try:
        msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError:
        return False
    return True


def meaning_of(asks: type[Asked], name: str) -> str:
    """What a parameter asks for, in words."""
    return gettext(PARAMETERS.get(f"{asks.__name__}.{name}") or PARAMETERS[name])


def _expected(kind: Any, meaning: str) -> str:
    """What may stand there instead, in words."""
    schema = msgspec.json.schema(kind)
    schema = schema.get("$defs", {}).get(schema.get("$ref", "").rpartition("/")[2], schema)
    if "enum" in schema:
        return gettext("다음 가운데 하나를 적어 주세요: %(values)s", values=", ".join(schema["enum"]))
    if schema.get("type") == "integer":
        ends = {"first": f"{schema['minimum']:,}", "last": f"{schema['maximum']:,}"}
        return gettext("%(first)s부터 %(last)s까지의 숫자를 적어 주세요.", **ends)
    if schema.get("type") == "boolean":
        return gettext("true나 false를 적어 주세요.")
    if schema.get("format") == "date":
        return gettext("날짜를 2026-11-23처럼 적어 주세요.")
    if "maxLength" in schema and "pattern" in schema:
        return gettext("%(most)s자까지, 한 줄로 적어 주세요.", most=schema["maxLength"])
    return gettext("모양이 맞지 않습니다. %(meaning)s", meaning=meaning)


def _take_share(key: ApiKey | None) -> Share | None:
    setting, who = ("API_PER_KEY", key.public_id) if key else ("API_PER_NETWORK", network())
    share = take_share(setting, who)
    if share is not None and not share.granted:
        words = gettext(TOO_OFTEN, seconds=share.seconds)
        raise Unanswered(429, words, headers={"Retry-After": str(share.seconds), **_share_in_words(share)})
    return share


def _refuse_without(scope: Scope | None, key: ApiKey | None) -> None:
    if scope is None or (key is not None and scope in key.opens):
        return
    if key is None:
        raise Unanswered(401, gettext(NO_KEY), headers={"WWW-Authenticate": 'Bearer realm="api"'})
    headers = {"WWW-Authenticate": f'Bearer realm="api", error="insufficient_scope", scope="{scope}"'}
    raise Unanswered(403, gettext(NOT_OPENED, scope=scope.value), headers=headers)


def _refuse_unless_json() -> None:
    if request.headers.get("Accept") and not request.accept_mimetypes.best_match([JSON]):
        raise Unanswered(406, gettext(NOT_IN_THAT))


def _tag_of_content() -> str:
    """What is the same as long as nothing has changed that anybody may see, for this address."""
    [(version,)] = looked_up(_VERSION, [CONTENT])
    asked = (version, request.full_path, request.script_root, sorted(g.get("api_scopes", ())), today())
    site = (_program(), current_app.config["SERVER_NAME"])
    return blake2b(repr(site + asked).encode(), digest_size=12).hexdigest()


@lru_cache(maxsize=1)
def _program() -> str:
    """What is another one as soon as the program is: it may tell the same in another shape."""
    found, root = blake2b(digest_size=12), Path(__file__).parents[1]
    for path in sorted(root.rglob("*.py")):
        found.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def _tag_of(found: Any, body: bytes) -> str:
    """What is the same as long as the answer is: that it was counted again makes it no other."""
    if hasattr(found, "counted_at"):
        body = encoder.encode(msgspec.structs.replace(found, counted_at=None))
    return blake2b(body, digest_size=12).hexdigest()


def _with_headers(response: Response, tag: str, share: Share | None, key: ApiKey | None) -> Response:
    response.set_etag(tag, weak=True)
    # Whoever keeps an answer asks whether it still stands: no count is older than its answer.
    response.headers["Cache-Control"] = "private, no-cache" if key else "public, no-cache"
    response.vary.add("Authorization")
    response.headers.update(_share_in_words(share) if share else {})
    if response.status_code == 200 and request.if_none_match.contains_weak(tag):
        response.status_code = 304
        response.set_data(b"")
        response.headers.pop("Content-Type", None)
    return response


def _share_in_words(share: Share) -> Mapping[str, str]:
    """How often one may ask, and how often still (draft-ietf-httpapi-ratelimit-headers)."""
    return {
        "RateLimit-Policy": f'"{share.name}";q={share.amount};w={share.window}',
        "RateLimit": f'"{share.name}";r={share.left};t={share.seconds}',
    }


def _add_links(response: Response, found: Any) -> None:
    """The pages around this one (RFC 8288)."""
    if not isinstance(found, Page):
        return
    around = {"first": 1, "prev": found.page - 1, "next": found.page + 1, "last": found.pages}
    links = [f'<{_page(number)}>; rel="{name}"' for name, number in around.items() if 1 <= number <= found.pages]
    if links:
        response.headers["Link"] = ", ".join(links)


def _page(number: int) -> str:
    asked = dict(parse_qsl(request.query_string.decode("utf-8", "replace"))) | {"page": str(number)}
    return address(str(request.endpoint), **{**(request.view_args or {}), **asked})


def page_facts(total: int, page: int, per_page: int, more: bool = False) -> dict[str, Any]:
    """Where a page of a list stands."""
    return {"total": total, "more": more, "page": page, "per_page": per_page, "pages": -(-total // per_page)}


def add_cors(response: Response) -> Response:
    """Pages of other sites may read what everybody may; no cookie is ever looked at."""
    response.headers.update(CORS | (PREFLIGHT if request.method == "OPTIONS" else {}))
    response.headers.setdefault("Cache-Control", "no-store" if response.status_code >= 400 else "public, no-cache")
    return response
