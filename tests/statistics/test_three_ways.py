"""A thousand briefings counted three ways: on the page, in the file, for a program; and as published."""

import csv
import io
import re

import pytest
from openpyxl import load_workbook

from briefings.accounts.models import Role
from briefings.api.keys import make_key
from briefings.api.models import Scope
from briefings.db import db
from briefings.statistics.funnel import Step
from briefings.statistics.words import STEPS
from tests.builders import a_user
from tests.statistics.generated import an_installation

pytestmark = pytest.mark.each_database

BY_KIND = "?by=kind&since=2023-07-01"


@pytest.fixture
def bearer(app, client, now):
    """A thousand briefings, somebody of staff who is signed in, and the secret of a key to the funnel."""
    an_installation(now, 1_000)
    client.sign_in(a_user())
    administrator = a_user(Role.ADMINISTRATOR)
    _, secret = make_key("통계", [Scope.FUNNEL, Scope.STATISTICS], None, by=administrator, today=now.date(), now=now)
    db.session.commit()
    return {"Authorization": f"Bearer {secret}"}


def on_the_page(client, query):
    """By step what the table of the whole says."""
    page = client.get(f"/staff/statistics/funnel{query}").text
    table = page[page.index("단계별 수와 비율") :]
    rows = re.findall(r'<th scope="row">([^<]+)</th>\s*<td[^>]*>(?:<a[^>]*>)?([\d,]+)', table)
    names = {words.name: step for step, words in STEPS.items()}
    return {names[name]: int(number.replace(",", "")) for name, number in rows[: len(Step)]}


def in_the_file(client, query, format):
    """By part and step what the file says."""
    content = client.post(f"/staff/exports/funnel{query}", data={"format": format}).data
    if format == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    else:
        rows = list(load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True))
    names = {words.name: step for step, words in STEPS.items()}
    return {(part, names[name]): int(number) for part, name, number, *_ in rows[1:]}


def for_a_program(client, query, bearer):
    """By part and step what the API says."""
    answer = client.get(f"/api/v1/funnel{query}", headers=bearer).json
    parts = {"전체": answer["steps"]} | {row["name"]: row["steps"] for row in answer["rows"]}
    return {(part, Step(each["step"])): each["number"] for part, steps in parts.items() for each in steps}


def test_page_file_and_program_say_the_same(app, client, bearer):
    pages = {}
    for query in ("", BY_KIND):
        pages[query] = page = on_the_page(client, query)
        told = for_a_program(client, query, bearer)
        assert len(page) == len(Step) and page[Step.ATTENDED] > 1000 and page[Step.MATCHED] > 50
        assert {step: told["전체", step] for step in Step} == page
    assert in_the_file(client, BY_KIND, "xlsx") == told
    assert in_the_file(client, BY_KIND, "csv") == told
    figures, whole = client.get("/api/v1/statistics", headers=bearer).json, pages[""]
    assert (figures["needs"], figures["needs_replied"], figures["replying"], figures["matches"]) == (
        whole[Step.NEEDS],
        whole[Step.REPLIED],
        whole[Step.REPLIES],
        whole[Step.MATCHED],
    )
