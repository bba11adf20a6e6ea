"""Somebody at a browser: what they do, and what the browser complains of meanwhile."""

import os
import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response, expect

from tests.journeys.running import ROOT, Site

PICTURES = ROOT / "screenshots"  # not kept in the repository
WIDTHS = (1280, 375, 320)


class Person:
    """One browser window with cookies of its own. `complaints` collects what no page may cause."""

    def __init__(self, context: BrowserContext, site: Site) -> None:
        self.site = site
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        self.page.on("request", self._notice)

    def _hear(self, message: ConsoleMessage) -> None:
        # The browser reports a page that answers 4xx, which error pages and refused forms do, as if it were broken.
        document = message.location.get("url") == self.page.url
        if message.type in ("error", "warning") and not (document and "Failed to load resource" in message.text):
            self.complaints.append(f"console: {message.text}")

    def _notice(self, request: Request) -> None:
        if not request.url.startswith((self.site.url, "data:", "blob:")):
            self.complaints.append(f"request to another host: {request.url}")

    def open(self, address: str) -> Response:
        """Go to a path of the site, or to a full address of it as mails print them."""
        answer = self.page.goto(address if "://" in address else self.site.url + address)
        assert answer is not None
        return answer

    def sign_in(self, email: str, password: str) -> "Person":
        """By the form, as everybody."""
        self.open("/sign-in")
        self.write({"전자우편": email, "비밀번호": password})
        self.press("로그인")
        expect(self.page.get_by_role("button", name="로그아웃")).to_be_visible()
        return self

    def write(self, fields: Mapping[str, str], within: Locator | None = None) -> None:
        """Fill in text fields and choose from lists, each by its label without "(선택)"."""
        for label, value in fields.items():
            pattern = re.compile(rf"^\s*{re.escape(label)}( \(선택\))?\s*$")
            field = (within or self.main).get_by_label(pattern)
            if field.evaluate("e => e.localName") == "select":
                field.select_option(label=value)
            else:
                field.fill(value)

    def tick(self, *labels: str, within: str | None = None) -> None:
        """Mark checkboxes and radio buttons, in the group of that name where several have the same label."""
        for label in labels:
            (self.group(within) if within else self.main).get_by_label(label, exact=True).check()

    def set_moment(self, name: str, moment: datetime) -> None:
        """Fill in a date and a time."""
        seoul = moment.astimezone(ZoneInfo("Asia/Seoul"))
        self.write({"날짜": f"{seoul:%Y-%m-%d}", "시각": f"{seoul:%H:%M}"}, within=self.group(name))

    def press(self, button: str) -> None:
        """Press the (last) button of that name, and wait for the page it leads to."""
        with self.page.expect_navigation():
            self.main.get_by_role("button", name=button, exact=True).last.click()

    def follow(self, link: str) -> None:
        """Follow the first link on the page itself whose words contain these."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=link).first.click()

    def sees(self, *words: str) -> None:
        """AssertionError unless the page says all of it."""
        for text in words:
            expect(self.main).to_contain_text(text)

    def group(self, name: str) -> Locator:
        """The fields under a legend that contains these words."""
        return self.main.get_by_role("group", name=name)

    @property
    def main(self) -> Locator:
        """The page without header and footer."""
        return self.page.locator("main")

    def take_picture(self, name: str) -> None:
        """Keep the page at all widths in screenshots/, where the run asks for pictures (SCREENSHOTS=1)."""
        if os.environ.get("SCREENSHOTS"):
            for width in WIDTHS:
                self.keep_picture(f"{name}-{width}", width)

    def keep_picture(self, name: str, width: int) -> Path:
        """Keep the page as it looks at one width."""
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": width, "height": 800})
        # As high as the page: what is inside a frame is drawn only where it is in view.
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": width, "height": height})
        path = PICTURES / (re.sub(r"[^\w-]+", "-", name) + ".png")
        self.page.screenshot(path=path)
        self.page.set_viewport_size(size)
        return path

    def path(self) -> str:
        """Where this person is, without the host."""
        return urlsplit(self.page.url).path
