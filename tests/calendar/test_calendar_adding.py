"""Links that put an entry or a feed into calendars used in the browser."""

from urllib.parse import parse_qs, urlsplit

from briefings.calendar.adding import copies_of, subscription_to
from tests.calendar.worked import INVITED, an_item


def test_a_copy_says_when_and_what_whatever_signs_are_in_the_words() -> None:
    entry = an_item(summary="질의 & 응답\n#1: 50 % +α", description="일시: 11월\n안내: https://a.example.kr/?x=1&y=2")
    google, outlook, at_work = (urlsplit(link) for link in copies_of(entry))

    asked = parse_qs(google.query, strict_parsing=True)
    assert (google.netloc, google.path, asked["action"]) == ("calendar.google.com", "/calendar/render", ["TEMPLATE"])
    assert asked["dates"] == ["20261124T050000Z/20261124T063000Z"] and asked["ctz"] == ["Asia/Seoul"]
    assert asked["text"] == ["질의 & 응답 #1: 50 % +α"] and asked["details"] == [entry.description]
    assert asked["location"] == [entry.url]

    asked = parse_qs(outlook.query, strict_parsing=True)
    assert outlook.path == "/calendar/0/deeplink/compose" and asked["rru"] == ["addevent"]
    assert (asked["startdt"], asked["enddt"]) == (["2026-11-24T05:00:00Z"], ["2026-11-24T06:30:00Z"])
    assert (asked["subject"], asked["body"]) == (["질의 & 응답 #1: 50 % +α"], [entry.description])
    assert (outlook.netloc, at_work.netloc) == ("outlook.live.com", "outlook.office.com")
    assert at_work.query == outlook.query


def test_nobody_is_named_in_a_copy() -> None:
    for link in copies_of(INVITED):
        assert "haneul" not in link and INVITED.uid not in link


def test_a_subscription_is_the_same_address_for_every_calendar() -> None:
    feed = subscription_to("https://briefings.example.kr/en/cal/f/a-b_c.ics")
    assert feed.webcal == "webcal://briefings.example.kr/en/cal/f/a-b_c.ics"
    assert parse_qs(urlsplit(feed.google).query) == {"cid": [feed.webcal]}
