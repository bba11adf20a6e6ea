"""The pictures of README and of the guides, taken anew from the running example: `make pictures`."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from briefings.app import create_app
from briefings.db import db
from briefings.demo.people import PASSWORD
from tests.journeys.conftest import chromium
from tests.journeys.guide_pictures import places, take_guides

PICTURES = Path(__file__).parent / "pictures"
STAFF = "staff@example.kr"


@contextmanager
def running_example() -> Iterator[tuple[str, dict[str, Any]]]:
    """Where the program answers that has the example data in a database of its own, and what addresses of pages are
    filled in with; its mails are delivered."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        address = f"http://127.0.0.1:{port}"
        settings = {"IEUM_ENV": "development", "DATABASE_URL": f"sqlite:///{folder}/example.db", "PUBLIC_URL": address}
        environment = {**os.environ, "LOG_LEVEL": "WARNING", **settings}
        flask = [sys.executable, "-m", "flask", "--app", "wsgi"]
        for command in (["db", "upgrade"], ["demo"], ["demo", "--live-day"], ["worker", "--once"]):
            subprocess.run([*flask, *command], env=environment, check=True)
        server = subprocess.Popen([*flask, "serve", "--port", str(port)], env=environment, stdout=subprocess.DEVNULL)
        try:
            wait_for(address)
            yield address, filled_in(environment)
        finally:
            server.terminate()
            server.wait(10)


def filled_in(environment: dict[str, str]) -> dict[str, Any]:
    """Numbers and personal links of the example."""
    with create_app(environ=environment).app_context():
        found = places()
        db.session.remove()
    return found


def wait_for(address: str) -> None:
    """Return when the program answers; OSError after half a minute."""
    for attempt in range(60):
        try:
            urllib.request.urlopen(f"{address}/health").close()  # noqa: S310 (our own address)
            return
        except OSError:
            if attempt == 59:
                raise
            time.sleep(0.5)


def take(page: Page, name: str, top: str = "body") -> None:
    """Write one picture of what the window shows when `top` is at its upper edge."""
    page.wait_for_load_state("networkidle")
    page.locator(top).first.evaluate("element => scrollTo(0, scrollY + element.getBoundingClientRect().top - 24)")
    page.wait_for_timeout(500)  # a frame is drawn some time after it comes into view
    page.screenshot(path=PICTURES / f"{name}.png")
    print(f"tests/journeys/pictures/{name}.png")


def take_all(address: str, filled: dict[str, Any]) -> None:
    """The pictures README shows, three of them as a phone shows them, and those of the guides."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        settings = {"base_url": address, "locale": "ko-KR", "timezone_id": "Asia/Seoul"}
        page = browser.new_page(viewport={"width": 1100, "height": 800}, **settings)
        page.goto("/")
        take(page, "home")
        page.goto("/sign-in")
        page.get_by_label("전자우편").fill(STAFF)
        page.get_by_label("비밀번호", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="로그인").click()
        page.wait_for_url("**/staff/")
        page.goto("/staff/matrix")
        take(page, "matrix")
        page.goto("/staff/seasons/1")
        page.get_by_role("button", name="편성안 만들기").click()
        page.locator("main h2", has_text="편성 결과").wait_for(timeout=60_000)
        take(page, "season", "main h2")
        page.goto("/staff/seasons/1/board")
        take(page, "board", "main table")
        page.goto("/staff/outbox?kind=invitation")
        page.locator("main table a").first.click()
        take(page, "invitation", ".mail")
        page.goto("/staff/statistics/briefings/1")
        take(page, "funnel", "main h2")
        page.goto("/staff/briefings")
        page.get_by_role("link", name="오늘 열린").first.click()
        page.get_by_role("link", name="당일 진행").first.click()
        take(page, "run-sheet", "main h1")
        page.goto("/archive")
        page.locator("main article a").first.click()
        take(page, "archive")
        phone = browser.new_page(viewport={"width": 390, "height": 780}, **settings)
        phone.goto("/briefings")
        phone.get_by_role("link", name="국민안전").first.click()
        take(phone, "briefing")
        phone.get_by_role("link", name="설명회 신청하기").first.click()
        take(phone, "registration")
        phone.goto(f"/join/{filled['room']}")
        take(phone, "room", "#programme")
        take_guides(browser, address, filled)
        browser.close()


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    with running_example() as (address, filled):
        take_all(address, filled)
