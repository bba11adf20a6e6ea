"""What programs are told: what everybody may see, of nobody a word; counts with a key; why not, in a document."""

import json
import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from flask import Flask
from werkzeug.exceptions import InternalServerError

from briefings.accounts.models import Role
from briefings.api import answering, keys
from briefings.api.composing import told
from briefings.api.describing import document, operations
from briefings.api.models import Scope
from briefings.api.words import FIELDS, SHAPES
from briefings.db import db, unit_of_work
from briefings.needs.models import NeedState
from briefings.schedule.registering import cancel
from briefings.web.limits import parse_many
from tests.api.stock import PEOPLE, a_stock
from tests.builders import a_briefing, a_need, a_registration, a_user

BEARER = "Authorization"


@pytest.fixture
def key(app, now):
    """A key that opens everything; the header that shows it."""
    with unit_of_work():
        _, secret = keys.make_key("현황판", list(Scope), None, by=a_user(Role.ADMINISTRATOR), today=now.date(), now=now)
    return {BEARER: f"Bearer {secret}"}


def addresses(told, here="/api/v1"):
    """Every address of the API in an answer."""
    return {urlsplit(found).path for found in re.findall(r'http://[^"<>]+', json.dumps(told)) if here in found}


def test_whoever_follows_the_addresses_finds_everything_and_no_person(app, client, now, key):
    stock = a_stock(now)
    to_see, seen, words = ["/api/v1"], {}, ""
    while to_see:
        address = to_see.pop()
        answer = client.get(address, headers=key)
        assert answer.status_code == 200, address
        assert (answer.mimetype, answer.headers["Access-Control-Allow-Origin"]) == ("application/json", "*")
        seen[address], words = answer.json, words + answer.text
        to_see += addresses(answer.json) - seen.keys() - {*to_see}
    assert {f"/api/v1/needs/{slot.need_id}" for slot in (*stock.past.slots, *stock.coming.slots)} <= seen.keys()
    assert {f"/api/v1/stories/{stock.story.public_id}", f"/api/v1/matches/{stock.match.need_id}"} <= seen.keys()
    archived = seen[f"/api/v1/archive/{stock.past.public_id}"]
    assert (archived["needs"], archived["matched"], archived["questions"][0]["answer"]) == (2, 1, "이렇게 함께합니다.")
    assert seen["/api/v1/funnel"]["steps"][0]["number"] == 3
    for person in (*PEOPLE.values(), "secret.example", "홍길동", stock.silent.name, stock.draft.title):
        assert person not in words


def test_lists_are_filtered_as_on_the_pages_and_leafed_through_by_links(app, client, now):
    stock = a_stock(now)
    need = stock.past.slots[0].need
    theme = stock.past.theme_id
    for asked, number in {
        "": 3,
        "q=휠체어": 3,
        "q=없는말": 0,
        f"theme={theme}": 2,
        f"theme={theme}&audience={stock.coming.audience_id}": 0,
        "theme=2147483647": 0,
        "status=matched": 1,
        "region=KR-11": 3,
        "stage=idea&key=false&sort=title": 3,
        "key=1": 0,
    }.items():
        assert client.get(f"/api/v1/needs?{asked}").json["total"] == number, asked
    first = client.get("/api/v1/needs?per_page=2&sort=title")
    assert (first.json["pages"], len(first.json["items"])) == (2, 2)
    links = dict(reversed(each) for each in re.findall(r'<([^>]+)>; rel="(\w+)"', first.headers["Link"]))
    assert set(links) == {"first", "next", "last"}
    second = client.get(links["next"])
    assert len(second.json["items"]) == 1
    assert 'rel="prev"' in second.headers["Link"]
    assert client.get("/api/v1/needs?page=9").json["items"] == []
    assert client.get("/api/v1/briefings?past=true").json["items"][0]["id"] == stock.past.public_id
    assert client.get("/api/v1/archive?half=2026-2&q=끝난").json["total"] == 1
    assert client.get("/api/v1/archive?half=9999-2").json["total"] == 0
    assert client.get(f"/api/v1/matches?theme={theme}&since=2026-11-23&until=2026-11-23").json["total"] == 1
    assert client.get("/api/v1/matches?until=2026-11-22").json["total"] == 0
    assert client.get(f"/api/v1/organizations?q={need.organization.name}&kind=public_institution").json["total"] == 1


def test_lists_take_as_many_statements_for_three_as_for_one(app, client, now, count_queries):
    lists = ("needs", "briefings", "archive?", "matches", "organizations", "stories")
    a_stock(now)
    client.get("/api/v1/needs")
    counted = []
    for _ in range(2):
        sent = {}
        for name in lists:
            with count_queries() as statements:
                assert client.get(f"/api/v1/{name}").status_code == 200
            sent[name] = len(statements)
        counted.append(sent)
        for _ in range(2):
            a_stock(now)
    assert counted[0] == counted[1]


def test_counts_that_stay_are_not_sent_again_and_another_program_may_say_the_same_in_another_shape(
    app, client, now, key, monkeypatch
):
    a_need()
    tags = {each: client.get(each, headers=key).headers["ETag"] for each in ("/api/v1/funnel", "/api/v1/matches")}

    def statuses() -> list[int]:
        return [client.get(each, headers=key | {"If-None-Match": tag}).status_code for each, tag in tags.items()]

    with time_machine.travel(now + timedelta(minutes=5), tick=False):
        assert statuses() == [304, 304]
        monkeypatch.setattr(answering, "_program", lambda: "the next one")
        assert statuses() == [304, 200]
        a_need()
        assert statuses() == [200, 200]


def test_no_answer_to_a_program_depends_on_a_cookie_and_every_page_does(app, client):
    for address in ("/api/v1", "/api/v1/needs", "/api/v1/openapi.json", "/api/v1/nothing", "/open-data/needs.csv"):
        assert "Cookie" not in client.get(address).headers.get("Vary", ""), address
    assert "Cookie" in client.get("/open-data").headers["Vary"]


def test_what_a_program_has_is_not_sent_again_until_it_changes(app, client, now):
    need, briefing = a_need(), a_briefing(needs=0)
    for address in (
        "/api/v1/needs",
        f"/api/v1/needs/{need.id}",
        "/api/v1/themes",
        f"/api/v1/briefings/{briefing.public_id}",
    ):
        tag = client.get(address).headers["ETag"]
        again = client.get(address, headers={"If-None-Match": tag})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag), address
        assert again.headers["Cache-Control"] == "public, no-cache"
    shown = f"/api/v1/briefings/{briefing.public_id}"
    tag = client.get(shown).headers["ETag"]
    registration = a_registration(briefing)
    counted = client.get(shown, headers={"If-None-Match": tag})
    assert (counted.status_code, counted.json["places"]["confirmed"]) == (200, 1)
    with unit_of_work():
        cancel(registration, now)
    assert client.get(shown).json["places"]["confirmed"] == 0
    head = client.head(shown)
    assert (head.data, head.headers["ETag"]) == (b"", tag)
    with time_machine.travel(briefing.ends_at, tick=False):
        assert client.get(shown).json["phase"] == "ended"


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it
def test_why_there_is_no_answer_is_said_in_a_document(app, client, now):
    wrong = client.get("/api/v1/needs?page=0&per_page=101&theme=x&key=vielleicht&statsu=open&q=a&q=b&status=none")
    assert (wrong.status_code, wrong.mimetype) == (422, "application/problem+json")
    said = {each["parameter"]: each["detail"] for each in wrong.json["errors"]}
    assert said.keys() == {"page", "per_page", "theme", "key", "statsu", "q", "status"}
    assert said["page"] == "1부터 10,000까지의 숫자를 적어 주세요."
    assert "status" in said["statsu"]
    assert wrong.json["type"].startswith(f"{app.config['PUBLIC_URL']}/api#problem-")
    [half] = client.get("/api/v1/archive?half=2026").json["errors"]
    assert "2026-1은 2026년 상반기" in half["detail"]
    for address, status in {
        "/api/v1/needs/2147483647": 404,
        "/api/v1/needs/99999999999": 404,
        "/api/v1/nothing": 404,
        f"/api/v1/needs/{a_need(state=NeedState.DRAFT).id}": 404,
        f"/api/v1/archive/{a_briefing().public_id}": 404,
        "/api/v1/funnel": 401,
    }.items():
        answer = client.get(address)
        assert (answer.status_code, answer.mimetype) == (status, "application/problem+json"), address
        assert answer.json["status"] == status
        assert answer.json["detail"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "no-store"
    posted = client.post("/api/v1/needs", data="x" * 3_000_000)
    assert (posted.status_code, posted.mimetype) == (405, "application/problem+json")
    [allowed] = posted.headers.getlist("Allow")
    assert set(allowed.split(", ")) == {"GET", "HEAD", "OPTIONS"}
    assert client.get("/api/v1/needs", headers={"Accept": "text/csv"}).status_code == 406
    assert client.get("/api/v1/needs", headers={"Accept": "text/html, */*;q=0.1"}).status_code == 200
    assert client.get("/nothing", headers={"Accept-Language": "en"}).mimetype == "text/html"


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it
def test_whoever_reads_english_is_answered_in_english(app, client):
    english = client.get("/api/v1/nothing", headers={"Accept-Language": "en-GB, ko;q=0.5"})
    assert re.search("[가-힣]", english.text) is None
    assert "Accept-Language" in english.headers["Vary"]
    again = client.get("/en/api/v1/needs?page=0&half=1")
    assert re.search("[가-힣]", again.text) is None


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it
def test_a_failure_is_told_as_well(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail():
        raise InternalServerError

    monkeypatch.setattr("briefings.api.programs.needs_finding.themes", fail)
    failed = client.get("/api/v1/themes")
    assert (failed.status_code, failed.mimetype, bool(failed.json["request"])) == (
        500,
        "application/problem+json",
        True,
    )


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it
def test_pages_of_other_sites_may_ask_and_no_cookie_is_looked_at(app, client):
    client.sign_in(a_user(Role.ADMINISTRATOR))
    asked = client.options(
        "/api/v1/needs", headers={"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    )
    assert asked.status_code == 200
    assert asked.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    answer = client.get("/api/v1/needs")
    assert "Set-Cookie" not in answer.headers
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert client.get("/api/v1/funnel").status_code == 401


@pytest.mark.parametrize("name", ["briefing", "round"])
def test_a_name_with_a_character_that_no_text_of_ours_holds_is_a_wrong_condition(client, key, name):
    assert client.get(f"/api/v1/funnel?{name}=%00", headers=key).status_code == 422


def test_who_asks_too_often_is_told_when_to_come_again(app, client, limited, monkeypatch, key):
    monkeypatch.setitem(app.config, "API_PER_NETWORK", "3/minute;9/hour")
    left = [client.get("/api/v1/themes").headers["RateLimit"] for _ in range(3)]
    assert left[0].startswith('"minute";r=2;t=')
    assert left[2].startswith('"minute";r=0;t=')
    refused = client.get("/api/v1/themes")
    assert (refused.status_code, refused.mimetype) == (429, "application/problem+json")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Policy"] == '"minute";q=3;w=60'
    assert client.get("/api/v1/themes", headers=key).status_code == 200
    assert client.get("/api/v1/themes", headers={BEARER: "Bearer guessed"}).status_code == 429
    assert client.options("/api/v1/themes").status_code == 200
    assert all(parse_many(app.config[name]) for name in ("API_PER_NETWORK", "API_PER_KEY"))


def test_small_numbers_are_hidden_without_a_key_as_on_the_page(app, client, now, key):
    a_stock(now)
    public = client.get("/api/v1/statistics").json
    assert {each["organizations"] for each in public["in_matches_by_kind"]} == {None}
    every = client.get("/api/v1/statistics", headers=key)
    assert sum(each["organizations"] for each in every.json["in_matches_by_kind"]) == 2
    assert every.headers["Cache-Control"] == "private, no-cache"
    assert client.get("/api/v1/statistics?as_of=0001-01-01").json["needs"] == 0
    assert client.get("/api/v1/statistics?as_of=9999-12-31").json["as_of"] == "2026-11-23"
    assert client.get("/api/v1/statistics/series").json[-1] == public
    by_theme = client.get("/api/v1/funnel?by=theme", headers=key).json
    assert sum(row["steps"][0]["number"] for row in by_theme["rows"]) == by_theme["steps"][0]["number"] == 3
    briefing = client.get("/api/v1/briefings?past=1").json["items"][0]["id"]
    of_one = client.get(f"/api/v1/funnel?briefing={briefing}", headers=key).json["steps"]
    rows = client.get("/api/v1/funnel?by=briefing", headers=key).json["rows"]
    assert [row["steps"] for row in rows if row["value"] == briefing] == [of_one]
    assert client.get("/api/v1/funnel?by=half", headers=key).json["rows"][0]["value"] == "2026-2"
    assert client.get("/api/v1/funnel?briefing=none", headers=key).json["steps"][0]["number"] == 0


def test_webhooks_are_told_the_same_and_nothing_that_is_not_public(app, client, now):
    stock = a_stock(now)
    need = stock.past.slots[0].need
    for about, address in {
        f"need:{need.id}": f"/api/v1/needs/{need.id}",
        f"briefing:{stock.past.id}": f"/api/v1/briefings/{stock.past.public_id}",
        f"match:{stock.match.id}": f"/api/v1/matches/{need.id}",
        f"story:{stock.story.id}": f"/api/v1/stories/{stock.story.public_id}",
    }.items():
        assert json.loads(json.dumps(told(about))) == client.get(address).json, about
    with unit_of_work():
        db.session.merge(need).withdraw()
    assert told(f"need:{need.id}") is None
    assert told(f"match:{stock.match.id}") is None
    assert told("briefing:2147483647") is None


@pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)  # no database has a part in it
def test_the_document_describes_every_view_every_field_and_every_parameter_in_both_languages(app: Flask, client):
    views = {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")} - {"api.openapi"}
    assert {rule.endpoint for rule, _ in operations(app, "api")} == views
    korean = client.get("/api/v1/openapi.json").json
    assert korean["openapi"] == "3.1.0"
    described = korean["components"]["schemas"]
    assert all(field["description"] for shape in described.values() for field in shape.get("properties", {}).values())
    assert SHAPES.keys() == {name for name, shape in described.items() if "properties" in shape}
    used = {name for shape in described.values() for name in shape.get("properties", {})}
    assert {name for name in FIELDS if "." not in name} <= used
    with app.test_request_context("/en/api/v1/openapi.json", base_url=app.config["PUBLIC_URL"]):
        assert document(app, "api")["paths"].keys() == korean["paths"].keys()
    page = client.get("/api").text
    assert all(f"<code>GET {path}</code>" in page for path in korean["paths"])
    assert all(f'id="{name}"' in page for name in described)
    assert client.get("/en/api").status_code == 200
