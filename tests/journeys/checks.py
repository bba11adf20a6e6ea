"""What is asked of every page: no barrier axe knows of, no sideways scrolling when narrow, nothing too small to hit."""

import importlib.resources

from playwright.sync_api import BrowserContext, Page

AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NARROW = {"width": 320, "height": 640}

# `preload: false`: axe would fetch style sheets from wrong addresses, and the content policy refuses its own.
# `iframes: false`: in the frame a mail is shown in no script runs, and the browser complains of messages sent there.
# `no-passes`: what is in order is thousands of elements a page, and describing them takes as long as finding them.
RUN_AXE = """async ([tags, look]) => {
    const {violations} = await axe.run(document, {
        preload: false, iframes: false, runOnly: tags, reporter: 'no-passes',
        rules: {'target-size': {enabled: look}, 'color-contrast': {enabled: look}}
    });
    return violations.map(({id, nodes}) => [id, nodes.map(node => node.target).slice(0, 4)]);
}"""

# What sticks out of a narrow screen, or is cut off where it cannot be scrolled to; tables may scroll in their frame.
TOO_WIDE = """() => {
    const root = document.documentElement;
    const edge = e => !e ? root.clientWidth
        : e.matches('[role=region][tabindex]') ? Infinity
        : getComputedStyle(e).overflowX === 'visible' ? edge(e.parentElement)
        : Math.min(e.getBoundingClientRect().right, edge(e.parentElement));
    const right = e => Math.max(...[...e.childNodes].filter(n => n.nodeType === 3 && n.data.trim()).map(text => {
        const range = document.createRange();
        range.selectNodeContents(text);
        return range.getBoundingClientRect().right;
    }), e.matches('input, select, textarea, button, img, iframe, svg') ? e.getBoundingClientRect().right : 0);
    const found = [...document.body.querySelectorAll('*')]
        .filter(e => e.checkVisibility() && !e.closest('.sr-only, .skip-link, thead, option, iframe'))
        .filter(e => right(e) > edge(e.parentElement) + 1)
        .map(e => `too wide: ${e.localName} “${e.textContent.trim().slice(0, 20)}” up to ${Math.round(right(e))} px`);
    return root.scrollWidth > root.clientWidth ? [`scrolls to ${root.scrollWidth} px`, ...found] : found;
}"""

# 24 px each way (WCAG 2.5.8; KWCAG 6.1.3: 6 mm across), a tick with its label; links within text are exempt.
TOO_SMALL = """() => {
    const rect = e => {
        const box = e.getBoundingClientRect();
        if (!['checkbox', 'radio'].includes(e.type) || !e.labels.length) return box;
        const label = e.labels[0].getBoundingClientRect();
        return {width: label.right - box.left, height: Math.max(box.height, label.height)};
    };
    return [...document.querySelectorAll('a[href], button, summary, select, textarea, input:not([type=hidden])')]
        .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.closest('.sr-only, .skip-link'))
        .filter(e => e.localName !== 'a' || getComputedStyle(e).display !== 'inline')
        .map(e => [e, rect(e)])
        .filter(([e, box]) => box.width < 24 || box.height < 24)
        .map(([e, box]) => [e.localName, (e.textContent || e.name).trim().slice(0, 20), box.width, box.height])
        .map(parts => parts.join(' '));
}"""


def bring_axe(context: BrowserContext) -> None:
    """Have axe at hand on every page of a window: its half a megabyte goes to the browser once, not with each page."""
    context.add_init_script(AXE)


def barriers(page: Page, look: bool = True) -> list[str]:
    """What axe objects to; without `look` only in the words and their order, not in colours and sizes."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # not by `add_script_tag`, which the content policy refuses
    return [f"{rule}: {targets}" for rule, targets in page.evaluate(RUN_AXE, [TAGS, look])]


def trouble_on_a_phone(page: Page) -> list[str]:
    """What is too wide or too small where the screen is narrow."""
    return _when_narrow(page, TOO_WIDE, TOO_SMALL)


def what_is_cut_off(page: Page) -> list[str]:
    """What is too wide where the screen is narrow."""
    return _when_narrow(page, TOO_WIDE)


def _when_narrow(page: Page, *scripts: str) -> list[str]:
    before = page.viewport_size
    page.set_viewport_size(NARROW)
    found = [trouble for script in scripts for trouble in page.evaluate(script)]
    page.set_viewport_size(before)
    return found
