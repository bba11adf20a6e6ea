"""A browser, a running site and people in front of it; the rows the pages show."""

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import count

import pytest
import time_machine
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.person import Person
from tests.journeys.rows import Rows, fill
from tests.journeys.running import Site, running_site

WITHOUT = "no Chromium: not one browser test ran (Debian: apt-get install chromium-headless-shell, or set CHROMIUM)"
addresses = count(1)
present: list[Person] = []


def chromium() -> str | None:
    """The browser of this machine; without its windows, if there is that, it takes a third less time."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def pytest_terminal_summary(terminalreporter) -> None:
    """Say loudly that something was not looked at."""
    if any(WITHOUT in str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])):
        terminalreporter.write_line(f"WARNING: {WITHOUT}", yellow=True, bold=True)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    """Keep what everybody saw when a journey failed: screenshots/failed-….png."""
    report = yield
    if call.when == "call" and report.failed:
        for number, person in enumerate(present):
            person.keep_picture(f"failed-{item.name}-{number}", 1280)
    return report


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all journeys."""
    program = chromium()
    if not program and os.environ.get("CI") == "true":
        pytest.fail(WITHOUT)
    if not program:
        pytest.skip(WITHOUT)
    with sync_playwright() as playwright:
        only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage", only_here]
        )
        yield running
        running.close()


@pytest.fixture(scope="package")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One running installation for all journeys."""
    with running_site(tmp_path_factory.mktemp("journeys")) as running:
        yield running


@pytest.fixture(scope="package")
def rows(site: Site) -> Rows:
    """What is in the database before the first journey."""
    with site.clock():
        with site.app.app_context():
            made = fill()
        site.deliver_mail()
    return made


@pytest.fixture(autouse=True)
def now(site: Site) -> Iterator[time_machine.Traveller]:
    """The time of the server, which goes on; elsewhere in the tests it stands still."""
    with site.clock() as clock:
        yield clock


@pytest.fixture
def pass_time(site: Site, now: time_machine.Traveller) -> Iterator[Callable[[timedelta], None]]:
    """Lets time go by, for the server and the test; afterwards it is as late as if nothing had been."""
    before = float(site.ahead.read_text())

    def wait(while_: timedelta) -> None:
        site.set_ahead(float(site.ahead.read_text()) + while_.total_seconds())
        now.shift(while_)

    yield wait
    site.set_ahead(before)


@pytest.fixture(scope="package")
def somebody(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Makes people, each with a browser window, cookies and a network address of their own."""

    def come(to: Site = site, **how) -> Person:
        context = browser.new_context(
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            viewport={"width": 1280, "height": 800},
            extra_http_headers={"X-Forwarded-For": f"198.51.100.{next(addresses)}"},
            **how,
        )
        context.set_default_timeout(10_000)
        present.append(Person(context, to))
        return present[-1]

    yield come
    for person in present:
        person.page.context.close()
    present.clear()
