"""Somebody without a mouse: where Tab leads, whether one sees where one is, and what can be done there."""

from playwright.sync_api import Page

MOST_STOPS = 150

# The name as a screen reader would say it, near enough; whether the focus shows; whether something lies over it.
STOP = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
    const said = e.getAttribute('aria-label') || label || e.textContent || e.value || e.title || '';
    const name = said.replace(/\\s+/g, ' ').trim();
    const style = getComputedStyle(e);
    const shows = e.localName === 'iframe' || style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    const box = e.getBoundingClientRect();
    const middle = (from, to, edge) => (Math.max(from, 0) + Math.min(to, edge)) / 2;
    const at = [middle(box.left, box.right, innerWidth), middle(box.top, box.bottom, innerHeight)];
    const onTop = document.elementFromPoint(...at);
    const free = e.localName === 'iframe' || (onTop && (e.contains(onTop) || onTop.contains(e)));
    return {name, shows, free, kind: e.localName};
}"""


class Keyboard:
    """The keys of one browser window."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def stops(self) -> list[dict[str, object]]:
        """Every place Tab leads to from the top of the page, once through."""
        self.page.evaluate("document.activeElement.blur(), scrollTo(0, 0)")
        found = []
        while (stop := self._tab()) and len(found) < MOST_STOPS:
            found.append(stop)
        return found

    def activate(self, name: str) -> None:
        """Go to the link, button or heading of a box that begins with `name`, and press Enter."""
        kind = self._go_to(name)
        if kind == "summary" or self.page.evaluate("document.activeElement.hash"):
            self.page.keyboard.press("Enter")
        else:
            with self.page.expect_navigation():
                self.page.keyboard.press("Enter")

    def go_to(self, name: str) -> None:
        """Go to the control and stay there."""
        self._go_to(name)

    def type(self, name: str, text: str) -> None:
        """Go to the field and type."""
        self._go_to(name)
        self.page.keyboard.type(text)

    def tick(self, name: str) -> None:
        """Go to the checkbox or radio button and press the space bar."""
        self._go_to(name)
        self.page.keyboard.press("Space")

    def choose(self, name: str, option: str) -> None:
        """Go to the list and down to the option."""
        if self._here() != name:
            self._go_to(name)
        for _ in range(30):
            self.page.keyboard.press("ArrowDown")
            if self.page.evaluate("document.activeElement.selectedOptions[0].label") == option:
                return
        raise AssertionError(f"{name} does not offer {option}")

    def _go_to(self, name: str) -> str:
        for _ in range(MOST_STOPS):
            stop = self._tab()
            if stop and str(stop["name"]).startswith(name) and stop["kind"] != "fieldset":
                assert stop["shows"], f"one does not see that the focus is at {name}"
                return str(stop["kind"])
        raise AssertionError(f"Tab does not lead to {name}")

    def _here(self) -> str:
        stop = self.page.evaluate(STOP)
        return str(stop["name"]) if stop else ""

    def _tab(self) -> dict[str, object] | None:
        self.page.keyboard.press("Tab")
        return self.page.evaluate(STOP)
