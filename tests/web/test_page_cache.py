"""Pages from memory: never older than what they show, whoever changed it; no larger than they may be.

The client itself compares every page from memory with the one that would be made instead (tests/client.py).
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import time_machine

from briefings import app as program
from briefings.accounts.models import Role
from briefings.db import CONTENT, Base, ContentVersion, db, unit_of_work
from briefings.needs.models import Need
from briefings.outbox.queueing import Recipient, queue
from briefings.registrations import cookies
from briefings.schedule import registering
from briefings.schedule.models import BriefingState
from briefings.web import content, display, page_cache
from briefings.web.logging import HEADER
from briefings.web.page_cache import KeptPages, kept_pages
from tests.builders import a_briefing, a_registration, a_user
from tests.schedule.test_public_pages import APPLICANT, url


@pytest.fixture(params=["this process", "another process"])
def elsewhere(request, monkeypatch):
    """Inside, what happens happens in this process or in another one: each keeps pages for itself."""

    @contextmanager
    def inside() -> Iterator[None]:
        with monkeypatch.context() as there:
            if request.param == "another process":
                there.setattr(page_cache, "kept_pages", KeptPages())
            yield

    return inside


def from_memory(client, address: str) -> bool:
    """Whether the answer came from memory."""
    answered = kept_pages.answered
    assert client.get(address).status_code == 200
    return kept_pages.answered > answered


class TestWhatIsKept:
    def test_comes_from_memory_the_second_time_with_one_statement(self, client, count_queries):
        briefing = a_briefing()
        for address in ("/briefings", url(briefing), url(briefing, "/briefing.ics"), f"/en{url(briefing)}"):
            assert not from_memory(client, address)
            assert from_memory(client, address)

    @pytest.mark.parametrize("page", ["/briefings", "{}", "{}/briefing.ics", "{}/register"])
    def test_takes_at_most_four_statements_and_then_one_or_two(self, app, client, count_queries, page):
        briefing = a_briefing(needs=3, capacity=5)
        address, visitor = page.format(url(briefing)), super(type(client), client)
        counts = []
        for _ in range(3):
            with count_queries() as sent:
                visitor.open(address)  # without comparing
            counts.append(len(sent))
        with count_queries() as sent:
            a_registration(briefing)
            sent.clear()
            visitor.open(address)
        first, _, again = counts
        assert first <= 4 and again == 1 and len(sent) <= 2

    def test_is_not_sent_twice(self, client):
        briefing = a_briefing(capacity=3)
        for address in ("/briefings", url(briefing), url(briefing, "/briefing.ics")):
            tag = client.get(address).headers["ETag"]
            again = client.get(address, headers={"If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
            assert "Content-Security-Policy" in again.headers
        a_registration(briefing)
        assert (
            client.get(url(briefing), headers={"If-None-Match": client.get(url(briefing)).headers["ETag"]}).status_code
            == 304
        )
        assert client.get("/briefings", headers={"If-None-Match": tag}).status_code == 200

    def test_is_the_same_with_all_its_headers(self, client):
        briefing = a_briefing()
        for address in (url(briefing), url(briefing, "/briefing.ics")):
            made, kept = client.get(address), client.get(address)
            assert headers_of(made) == headers_of(kept)

    def test_takes_no_more_room_than_there_is(self, client, monkeypatch):
        monkeypatch.setattr(page_cache, "ROOM", 100_000)
        briefing = a_briefing()
        for number in range(20):
            client.get(f"{url(briefing)}?x={number}")
        assert 1 < len(kept_pages.pages) < 20
        assert kept_pages.size == sum(page.size for page in kept_pages.pages.values()) <= 100_000
        assert from_memory(client, f"{url(briefing)}?x=19") and not from_memory(client, f"{url(briefing)}?x=0")

    def test_ends_with_long_addresses_other_hosts_and_errors(self, client):
        briefing = a_briefing()
        long = f"{url(briefing)}?x={'x' * 100}"
        for address in (long, long):
            assert not from_memory(client, address)
        elsewhere = {"base_url": "http://elsewhere.example.kr"}
        assert "elsewhere" not in client.get("/briefings").text
        client.get("/briefings", **elsewhere)
        assert "elsewhere" not in client.get("/briefings").text
        for _ in range(2):
            assert client.get("/briefings/nothing").status_code == 404
        assert len(kept_pages.pages) == 1


class TestWhoGetsIt:
    def test_is_nobody_who_is_signed_in_or_looks_at_pages_in_their_own_way(self, app, client):
        address = url(a_briefing())
        staff, other, known = app.test_client().sign_in(a_user(Role.OFFICER)), app.test_client(), app.test_client()
        client.get(address)
        other.set_cookie(display.COOKIE, "high-contrast.large", domain=app.config["SERVER_NAME"])
        known.set_cookie(cookies.NAME, "somebody", domain=app.config["SERVER_NAME"])
        for visitor in (staff, other, known):
            assert not from_memory(visitor, address)
        assert "직원 화면" in staff.get(address).text and "high-contrast" in other.get(address).text
        assert from_memory(client, address)
        page = client.get(address).text
        assert "직원 화면" not in page and "high-contrast" not in page

    def test_sees_what_was_just_said_to_them_and_nobody_else_does(self, app, client):
        address = url(a_briefing())
        client.get(address)
        with client.session_transaction() as session:
            session["_flashes"] = [("success", "방금 바꾸었습니다.")]
        assert "방금 바꾸었습니다." in client.get(address).text
        assert "방금 바꾸었습니다." not in app.test_client().get(address).text

    def test_has_a_form_of_their_own(self, app, monkeypatch):
        monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
        address = url(a_briefing(), "/register")
        visitors = [app.test_client() for _ in range(3)]
        forms = [tokens_in(visitor.get(address).text) for visitor in visitors]
        assert kept_pages.answered >= 2
        assert len({form["csrf_token"] for form in forms}) == len({form["form_token"] for form in forms}) == 3
        for number, (visitor, form) in enumerate(zip(visitors, forms, strict=True)):
            data = APPLICANT | form | {"email": f"p{number}@example.com"}
            assert visitor.post(address, data=data).status_code == 303
        stolen = APPLICANT | forms[0] | {"email": "thief@example.com"}
        assert app.test_client().post(address, data=stolen).status_code == 400


class TestWhatHasChanged:
    def test_shows_at_once_how_many_places_are_left(self, client, elsewhere, now):
        briefing = a_briefing(capacity=2)
        pages = ("/briefings", url(briefing), url(briefing, "/register"))
        for page in pages:
            assert "2명 중 0명 신청" in client.get(page).text
        with elsewhere():
            first = a_registration(briefing)
        for page in pages:
            assert "2명 중 1명 신청" in client.get(page).text
        with elsewhere():
            a_registration(briefing)
        for page in pages:
            text = client.get(page).text
            assert "2명 중 2명 신청" in text and "대기 신청" in text
        with elsewhere(), unit_of_work():
            registering.cancel(first, now)
        for page in pages:
            text = client.get(page).text
            assert "2명 중 1명 신청" in text and "대기 신청" not in text

    def test_shows_at_once_what_staff_did(self, client, elsewhere):
        briefing, draft = a_briefing(title="처음 이름"), a_briefing(title="초안", state=BriefingState.DRAFT)
        need = db.session.get(Need, briefing.slots[0].need_id)
        assert "처음 이름" in client.get("/briefings").text and client.get(url(draft)).status_code == 404
        assert f"/needs/{need.id}" in client.get(url(briefing)).text
        with elsewhere():
            briefing.title = "다른 이름"
            briefing.capacity = 7
            draft.state = BriefingState.PUBLISHED
            need.withdraw()
            need.organization.name = "새 이름 공단"
            db.session.commit()
        page = client.get("/briefings").text
        assert "다른 이름" in page and "처음 이름" not in page and "초안" in page
        page = client.get(url(briefing)).text
        assert f"/needs/{need.id}" not in page and "새 이름 공단" in page and "7명 중" in page
        assert client.get(url(draft)).status_code == 200

    def test_says_at_once_what_comes_of_registering_when_the_last_place_is_gone(self, client, elsewhere, now):
        briefing = a_briefing(capacity=1, approval=True)
        assert "순서대로 대기하고" not in client.get(url(briefing)).text
        with elsewhere():
            a_registration(briefing)
        assert "순서대로 대기하고" in client.get(url(briefing)).text

    def test_shows_what_the_clock_changes(self, client, now):
        opening = now + timedelta(seconds=90)
        address = url(a_briefing(registration_opens_at=opening))
        for seconds, is_open in ((0, False), (60, False), (89, False), (90, True), (120, True)):
            with time_machine.travel(now + timedelta(seconds=seconds), tick=False):
                assert ("설명회 신청하기" in client.get(address).text) == is_open

    def test_is_nothing_while_it_is_not_committed(self, client):
        briefing = a_briefing(title="처음 이름")
        client.get(url(briefing))
        briefing.title = "다른 이름"
        db.session.flush()
        db.session.rollback()
        assert from_memory(client, url(briefing))


class TestAPress:
    def test_gets_from_memory_what_its_form_was_made_of_until_that_changes(self, client):
        briefing, times = a_briefing(capacity=5), []

        @content.while_content_stands
        def looked_up(what: str) -> int:
            times.append(what)
            return len(times)

        assert [looked_up("a"), looked_up("a"), looked_up("b")] == [1, 1, 2]
        assert client.post(url(briefing, "/register"), data=APPLICANT).status_code == 303
        assert looked_up("a") == 1, "a registration changes nothing of it"
        briefing.state = BriefingState.DRAFT
        db.session.commit()
        assert looked_up("a") == 3
        assert client.post(url(briefing, "/register"), data=APPLICANT).status_code == 404

    def test_finds_it_fresh_in_every_process(self):
        assert program.content is content, "nothing notices there what staff do"


class TestVersions:
    def version(self) -> int:
        return db.session.scalar(db.select(ContentVersion.version).where(ContentVersion.id == CONTENT))

    def test_stays_while_people_register_so_that_a_rush_finds_every_page_made(self, client, now):
        briefing = a_briefing(capacity=1)
        before = self.version()
        for name in ("a", "b"):
            assert (
                client.post(url(briefing, "/register"), data=APPLICANT | {"email": f"{name}@example.com"}).status_code
                == 303
            )
        with unit_of_work():
            queue("test", "key", Recipient("gaon@example.com", "이가온"), now)
        assert self.version() == before

    def test_changes_with_every_row_that_a_page_may_show(self, app):
        before = self.version()
        a_briefing()
        assert self.version() != before

    def test_counts_every_table_that_was_not_left_out_by_name(self):
        tables = set(Base.metadata.tables)
        assert tables >= content.UNSEEN, "a table has another name"
        shown = {
            "briefings",
            "presenter_slots",
            "needs",
            "themes",
            "audiences",
            "organizations",
            "rounds",
            "consent_texts",
        }
        assert not shown & content.UNSEEN


def headers_of(answer) -> dict[str, str]:
    """Those that do not differ with every answer."""
    return {name: value for name, value in answer.headers.items() if name != HEADER}


def tokens_in(page: str) -> dict[str, str]:
    """The hidden marks of the form on a page."""
    found = re.findall(r'name="((?:csrf|form)_token)" type="hidden" value="([^"]+)"', page)
    return dict(found)
