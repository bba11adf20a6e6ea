"""What browsers may keep, and what they must ask for again."""

import re

from flask import Flask, url_for

from briefings.web.stamped import FOR_GOOD
from tests.client import PageClient


def test_a_file_asked_for_by_its_stamp_may_be_kept_for_good(client: PageClient):
    address = re.search(r'href="(/static/css/app\.css\?v=\w{12})"', client.get("/display").text)
    assert address is not None
    assert client.get(address[1], buffered=True).headers["Cache-Control"] == FOR_GOOD


def test_a_file_asked_for_by_another_stamp_or_none_must_not(client: PageClient):
    for address in ("/static/css/app.css", "/static/css/app.css?v=000000000000", "/static/css/app.css?v="):
        answer = client.get(address, buffered=True)
        assert answer.status_code == 200
        assert "immutable" not in answer.headers["Cache-Control"]


def test_a_missing_file_has_no_stamp_and_is_not_kept(app: Flask, client: PageClient):
    with app.test_request_context("/"):
        assert "v=" not in url_for("static", filename="css/nothing.css")
    assert "immutable" not in client.get("/static/css/nothing.css?v=", buffered=True).headers.get("Cache-Control", "")
