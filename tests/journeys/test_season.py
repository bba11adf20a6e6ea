"""A season from its needs to its drafts, by the keyboard alone; the plan shows up by itself when the worker has it."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from briefings.accounts.models import User
from briefings.db import db
from tests.builders import a_theme, an_audience
from tests.journeys.keyboard import Keyboard
from tests.journeys.person import Person
from tests.journeys.rows import PASSWORD, STAFF, Rows
from tests.journeys.running import PATIENCE, Site
from tests.seasons.plans import AT, a_season, some_needs

pytestmark = pytest.mark.browser


@pytest.fixture
def season(site: Site, rows: Rows) -> str:
    """The address of a season with five needs and one time."""
    with site.app.app_context():
        officer = db.session.query(User).filter_by(email=STAFF).one()
        needs = some_needs((a_theme(), an_audience()), 5)
        return f"/staff/seasons/{a_season(officer, needs, [AT + timedelta(days=70)], min_slots=3, max_slots=4).id}"


def test_from_needs_to_drafts_by_the_keyboard(site: Site, somebody: Callable[..., Person], season: str):
    officer = somebody().sign_in(STAFF, PASSWORD)
    page, keys = officer.page, Keyboard(officer.page)
    officer.open(season)
    keys.activate("편성안 만들기")
    expect(page.get_by_role("heading", name="편성안을 만드는 중")).to_be_visible()
    with site.clock():
        site.deliver_mail()
    expect(page.get_by_role("heading", name="편성 결과")).to_be_visible(timeout=1000 * PATIENCE)
    expect(page.locator(".figures")).to_contain_text("4 건 / 5건")
    expect(page.locator(".left-over")).to_contain_text("과제 5")
    keys.activate("한 회 최대를 5건으로")
    expect(page.get_by_role("status").first).to_contain_text("반영했습니다")
    keys.activate("편성안 다시 만들기")
    with site.clock():
        site.deliver_mail()
    expect(page.locator(".figures")).to_contain_text("5 건 / 5건", timeout=1000 * PATIENCE)
    keys.activate("지난번과 달라진 것")
    keys.activate("확정하고 초안 만들기")
    keys.type("결정 내용과 까닭", "국장 보고를 마침")
    keys.activate("확정하고 초안 1개 만들기")
    expect(page.get_by_role("status").first).to_contain_text("설명회 초안 1개를 만들었습니다")
    expect(page.locator("main")).to_contain_text("국장 보고를 마침")
    assert not officer.complaints
