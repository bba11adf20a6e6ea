"""The mails people got, as staff read them in the browser."""

from dataclasses import dataclass

from playwright.sync_api import FrameLocator, Locator, expect

from tests.journeys.person import Person


@dataclass
class Mail:
    """The mail that is open on the staff's screen."""

    staff: Person

    def says(self, *words: str) -> None:
        """AssertionError unless the mail says all of it."""
        for text in words:
            expect(self._body.locator("body")).to_contain_text(text)

    def shows_in_calendar(self, *words: str) -> None:
        """AssertionError unless the card of its calendar object says all of it."""
        for text in words:
            expect(self._card).to_contain_text(text)

    def link(self, part: str) -> str:
        """The address in the mail that contains `part`."""
        address = self._body.locator(f"a[href*='{part}']").first.get_attribute("href")
        assert address
        return address

    @property
    def _card(self) -> Locator:
        return self.staff.page.get_by_label("달력에 들어가는 일정")

    @property
    def _body(self) -> FrameLocator:
        return self.staff.page.frame_locator(".mail-body")


@dataclass
class Mailbox:
    """Where the mails of an installation end up that sends none."""

    staff: Person

    def newest(self, address: str, subject: str) -> Mail:
        """Deliver what waits, then open the newest mail to `address` whose subject contains `subject`."""
        self.staff.site.deliver_mail()
        self.staff.open(f"/staff/outbox?q={address}")
        self.staff.follow(subject)
        self.staff.sees(address)
        return Mail(self.staff)
