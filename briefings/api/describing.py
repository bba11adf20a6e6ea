"""The description of the API (OpenAPI 3.1), made of the views themselves: what they tell, what they ask, whom."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

import msgspec
from flask import Flask
from flask_babel import gettext
from werkzeug.routing import Rule

from briefings.api import schemas
from briefings.api.answering import JSON, Operation, meaning_of
from briefings.api.asking import Asked
from briefings.api.models import Scope
from briefings.api.problems import PROBLEM, TITLES
from briefings.api.words import CODES, FIELDS, PARAMETERS, SHAPES
from briefings.errors import N_
from briefings.web.access import access_of
from briefings.web.filters import site_name
from briefings.web.routing import LAST_ROW, RowNumber

VERSION = "1.0.0"
REFERENCE = "#/components/schemas/{name}"
ABOUT = N_(
    "협업이음 수요 과제와 온라인 사업설명회를 다른 프로그램이 읽는 API입니다. 누구나 볼 수 있는 자료는 열쇠 없이 읽고, "
    "사람에 관한 것은 담지 않습니다. 한 판 안에서는 항목을 더하기만 하고 빼거나 뜻을 바꾸지 않습니다."
)
KEY = N_(
    "관리자가 만든 열쇠를 Authorization: Bearer 머리말로 보냅니다. "
    "열쇠가 없어도 되는 자료에 보내면 더 자주 물을 수 있습니다."
)
SCOPES = {
    Scope.STATISTICS: N_("감추지 않은 작은 수까지 보이는 누적 통계"),
    Scope.FUNNEL: N_("단계별 성과"),
}
ANSWERED, STANDS = N_("답"), N_("가지고 있는 답이 그대로입니다(ETag와 If-None-Match).")
PAGES_AROUND = N_("앞뒤 쪽의 주소(RFC 8288)")
LEFT = N_("앞으로 몇 번 더 물을 수 있는지와 다시 채워지는 때")
TAG = N_("이 답의 표지. 다음에 If-None-Match로 보내면 달라졌을 때만 본문을 받습니다.")
CODES_TOLD = {kind.__name__: kind for kind in CODES}


def document(app: Flask, blueprint: str) -> dict[str, Any]:
    """The whole description, in the language of the present reader."""
    found = list(operations(app, blueprint))
    licence, office = app.config["LICENCE"], app.config["CONTACT_NAME"]
    shapes, schemas_ = msgspec.json.schema_components(
        [schemas.Problem, *(operation.tells for _, operation in found)], ref_template=REFERENCE
    )
    groups = dict.fromkeys(operation.group for _, operation in found)
    paths: dict[str, Any] = {}
    for (rule, operation), shape in zip(found, shapes[1:], strict=True):
        paths[_path(rule)] = {"get": _described(app, rule, operation, shape)}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": gettext("%(site)s 읽기 API", site=site_name()),
            "version": VERSION,
            "description": gettext(ABOUT),
            "license": {"name": gettext(licence), "url": app.config["LICENCE_URL"]},
            "contact": {"name": gettext(office), "email": app.config["CONTACT_EMAIL"]},
        },
        "servers": [{"url": app.config["PUBLIC_URL"]}],
        "tags": [{"name": gettext(group)} for group in groups],
        "paths": paths,
        "components": {
            "schemas": {name: _shape_described(name, shape) for name, shape in sorted(schemas_.items())},
            "responses": {f"Problem{status}": _problem(status) for status in TITLES},
            "headers": {
                name: _header(words) for name, words in (("ETag", TAG), ("RateLimit", LEFT), ("Link", PAGES_AROUND))
            },
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer", "description": gettext(KEY)}},
        },
    }


def operations(app: Flask, blueprint: str) -> Iterable[tuple[Rule, Operation]]:
    """Every address of the API with what it tells, in the order in which they were written down."""
    for rule in app.url_map.iter_rules():
        operation = getattr(app.view_functions[rule.endpoint], "operation", None)
        if rule.endpoint.startswith(f"{blueprint}.") and operation is not None:
            yield rule, operation


def _path(rule: Rule) -> str:
    """`/api/v1/needs/{need_id}`."""
    return "".join(f"{{{text}}}" if dynamic else text for dynamic, text in rule._trace).lstrip("|")


def _described(app: Flask, rule: Rule, operation: Operation, shape: Mapping[str, Any]) -> dict[str, Any]:
    asked = msgspec.json.schema_components([operation.asks], ref_template=REFERENCE)[1][operation.asks.__name__]
    headers = ["ETag", "RateLimit", *(["Link"] if _is_list(operation) else [])]
    described = {
        "operationId": rule.endpoint.partition(".")[2],
        "tags": [gettext(operation.group)],
        "summary": gettext(operation.summary),
        "parameters": [*_of_path(rule), *_of_query(operation.asks, asked["properties"])],
        "responses": {
            "200": {
                "description": gettext(ANSWERED),
                "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
                "content": {JSON: {"schema": shape}},
            },
            "304": {"description": gettext(STANDS)},
            **{
                str(status): {"$ref": f"#/components/responses/Problem{status}"}
                for status in _refusals(rule, operation)
            },
        },
        "security": [{"key": []}] if access_of(app, rule.endpoint) == "by_key" else [{}, {"key": []}],
    }
    more = [gettext(operation.more)] if operation.more else []
    if operation.scope:
        more.append(gettext("‘%(scope)s’ 자료를 읽는 열쇠가 있어야 합니다.", scope=operation.scope.value))
    return {**described, "description": " ".join(more)} if more else described


def _is_list(operation: Operation) -> bool:
    return isinstance(operation.tells, type) and issubclass(operation.tells, schemas.Page)


def _refusals(rule: Rule, operation: Operation) -> list[int]:
    """The statuses of the problems one may meet there."""
    return sorted(
        [401, 406, 422, 429, 500, 503, *([403] if operation.scope else []), *([404] if rule.arguments else [])]
    )


def _of_path(rule: Rule) -> Iterable[dict[str, Any]]:
    for name in sorted(rule.arguments):
        number = isinstance(rule._converters[name], RowNumber)
        schema = (
            {"type": "integer", "minimum": 0, "maximum": LAST_ROW} if number else {"type": "string", "minLength": 1}
        )
        words = gettext(PARAMETERS[name])
        yield {"name": name, "in": "path", "required": True, "description": words, "schema": schema}


def _of_query(asks: type[Asked], properties: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for name, schema in properties.items():
        words = meaning_of(asks, name)
        yield {
            "name": name,
            "in": "query",
            "required": False,
            "description": words,
            "schema": _without_reference(schema),
        }


def _without_reference(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """Codes written out: what is only asked for is no shape of an answer."""
    kind = CODES_TOLD.get(schema.get("$ref", "").rpartition("/")[2])
    if kind:
        return {"type": "string", "enum": [code.value for code in CODES[kind]]}
    return {"type": "string", **schema} if "enum" in schema else schema


def _shape_described(name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    if name in CODES_TOLD:
        words = CODES[CODES_TOLD[name]]
        return {"type": "string", "enum": [code.value for code in words], "description": _codes_in_words(words)}
    properties = {field: _field_described(name, field, of) for field, of in schema["properties"].items()}
    return {
        "title": name,
        "description": gettext(SHAPES[name]),
        "type": "object",
        "properties": properties,
        "required": list(schema["required"]),
    }


def _field_described(shape: str, field: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {**schema, "description": gettext(FIELDS.get(f"{shape}.{field}") or FIELDS[field])}


def _codes_in_words(words: Mapping[StrEnum, str]) -> str:
    return ", ".join(code.value + ": " + gettext(said) for code, said in words.items())


def _problem(status: int) -> dict[str, Any]:
    described: dict[str, Any] = {
        "description": gettext(TITLES[status]),
        "content": {PROBLEM: {"schema": {"$ref": REFERENCE.format(name="Problem")}}},
    }
    if status in (429, 503):
        described["headers"] = {"Retry-After": _header(N_("몇 초 뒤에 다시 물을지"), {"type": "integer"})}
    return described


def _header(words: str, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    return {"description": gettext(words), "schema": schema or {"type": "string"}}
