"""Open data: every file opens, is complete, says nothing of anybody, and calculates nothing; the page describes it."""

import csv
import io
import json
from datetime import timedelta

import pytest

from briefings.api.dumps import SETS, Form
from briefings.schedule.models import BriefingState, Visibility
from tests.api.stock import PEOPLE, a_stock
from tests.builders import a_briefing, a_need


def lines_of(client, name):
    return [json.loads(line) for line in client.get(f"/open-data/{name}.jsonl").text.splitlines()]


def table_of(client, name):
    content = client.get(f"/open-data/{name}.csv").data
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_every_file_has_every_row_in_both_forms_and_no_person(app, client, now):
    stock = a_stock(now)
    a_briefing(title="찾지 못할 설명회", visibility=Visibility.UNLISTED)
    a_briefing(title="초안 설명회", state=BriefingState.DRAFT)
    numbers = {"needs": 5, "briefings": 2, "programme": 3, "matches": 1, "figures": 1}
    for name, number in numbers.items():
        headings, *rows = table_of(client, name)
        lines = lines_of(client, name)
        assert (len(rows), len(lines)) == (number, number), name
        assert len(headings) == len(SETS[name].columns) == len(lines[0])
        assert f"{number}줄" in client.get("/open-data").text
        words = str(rows) + json.dumps(lines, ensure_ascii=False)
        for private in (
            *PEOPLE.values(),
            "secret.example",
            "홍길동",
            stock.silent.name,
            stock.draft.title,
            "초안 설명회",
        ):
            assert private not in words, (name, private)
        assert "찾지 못할" not in words
    needs = {int(row[0]): row for row in table_of(client, "needs")[1:]}
    matched = stock.match.need
    assert needs[matched.id][1].startswith("'=1+1")
    assert "성사" in needs[matched.id]
    assert {line["id"]: line for line in lines_of(client, "needs")}[matched.id]["title"] == matched.title
    [first, *_] = lines_of(client, "programme")
    start = stock.past.starts_at + timedelta(minutes=stock.past.opening_minutes)
    assert (first["position"], first["starts_at"]) == (1, f"{start:%Y-%m-%dT%H:%M:%SZ}")
    assert lines_of(client, "figures")[0]["in_matches_company"] is None
    assert client.get("/open-data/people.csv").status_code == 404
    assert client.get("/open-data/needs.xml").status_code == 404


def test_files_are_read_some_rows_at_a_time(app, client, count_queries):
    for _ in range(3):
        a_need()
    with count_queries() as few:
        assert len(table_of(client, "needs")) == 4
    for _ in range(4):
        a_need()
    with count_queries() as many:
        assert len(table_of(client, "needs")) == 8
    assert len(few) == len(many)


@pytest.mark.parametrize("form", Form)
def test_what_a_file_was_read_with_is_given_back_once_it_is_sent(app, client, form, left_open):
    a_need()
    with left_open() as found:
        assert client.as_served(f"/open-data/needs.{form}").data
    assert not found


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_page_and_the_catalogue_name_every_file_its_columns_and_the_licence(app, client, prefix):
    page = client.get(f"{prefix}/open-data").text
    catalogue = client.get(f"{prefix}/open-data/catalog.json")
    assert catalogue.mimetype == "application/ld+json"
    licence = app.config["LICENCE_URL"]
    assert page.count('itemtype="https://schema.org/Dataset"') == len(SETS)
    assert licence in page
    urls = set()
    for entry in catalogue.json["dcat:dataset"]:
        assert entry["dct:license"] == {"@id": licence}
        urls |= {each["dcat:downloadURL"]["@id"] for each in entry["dcat:distribution"]}
    base = f"{app.config['PUBLIC_URL']}{prefix}/open-data"
    assert urls == {f"{base}/{name}.{form}" for name in SETS for form in Form}
    assert all(f'href="{url}"' in page for url in urls)
    assert all(f"<code>{column.key}</code>" in page for each in SETS.values() for column in each.columns)
    sent = client.get(f"{prefix}/open-data/matches.csv")
    assert sent.headers["Content-Disposition"].startswith('attachment; filename="matches_20261123.csv"')
    assert sent.headers["Link"] == f'<{licence}>; rel="license"'
