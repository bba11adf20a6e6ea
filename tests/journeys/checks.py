"""What is asked of every page: no barrier axe knows of, no sideways scrolling when narrow, nothing too small to hit."""

import importlib.resources

from playwright.sync_api import BrowserContext, Page

AXE = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE = {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}

# `preload: false`: axe would fetch style sheets from wrong addresses, and the content policy refuses its own.
# `iframes: false`: in the frame a mail is shown in no script runs, and the browser complains of messages sent there.
# `no-passes`: what is in order is thousands of elements a page, and describing them takes as long as finding them.
RUN_AXE = """async ([tags, contrast, size]) => {
    const {violations} = await axe.run(document, {
        preload: false, iframes: false, runOnly: tags, reporter: 'no-passes',
        rules: {
            'color-contrast': {enabled: contrast}, 'link-in-text-block': {enabled: contrast},
            'target-size': {enabled: size}, 'label-content-name-mismatch': {enabled: true}
        }
    });
    return violations.map(({id, nodes}) => [id, nodes.map(node => node.target).slice(0, 4)]);
}"""

# Judging contrast, also that of a link to the text around it, takes axe three times as long as everything else. What it
# depends on is told in no time: how a text is written, all that lies behind it, what is placed over other things,
# whether it is exempt or too short to say, and what a link stands in.
WAYS_OF_WRITING = """() => {
    const known = new Map([[null, '']]);
    const usual = {backgroundColor: 'rgba(0, 0, 0, 0)', backgroundImage: 'none', opacity: '1', filter: 'none',
        mixBlendMode: 'normal', backdropFilter: 'none', clipPath: 'none'};
    const exempt = e => e.matches(':disabled, [aria-disabled=true], [aria-hidden=true]') || e.control?.disabled;
    const behind = e => {
        if (!known.has(e)) {
            const style = getComputedStyle(e);
            const own = Object.keys(usual).filter(name => style[name] !== usual[name]).map(name => style[name]);
            if (style.position !== 'static') own.push(`${style.position} ${e.localName} ${e.className}`);
            if (exempt(e)) own.push('exempt');
            known.set(e, [behind(e.parentElement), ...own].join(' | '));
        }
        return known.get(e);
    };
    const written = e => {
        const text = [...e.childNodes].filter(n => n.nodeType === 3).map(n => n.data.trim()).join('');
        if (!text && !e.matches('input, select, textarea') || !e.checkVisibility()) return [];
        const {color, fontSize, fontWeight, textShadow, textDecorationLine} = getComputedStyle(e);
        const around = e.parentElement;
        const link = e.matches('a[href]')
            && [textDecorationLine, getComputedStyle(around).color, around.textContent.trim() === e.textContent.trim()];
        return [[color, fontSize, fontWeight, textShadow, text.length < 2, link, behind(e)].join(' / ')];
    };
    return [...new Set([...document.body.querySelectorAll('*')].flatMap(written))];
}"""
judged: set[str] = set()
"""The ways of writing whose contrast axe found no fault with."""

# A page without its words: elements, attributes, where there is text, and which spoken names are the same; the marks of
# what is in another language than the page are no part of it.
SHAPE = """() => {
    const names = [];
    const number = name => (names.includes(name) || names.push(name), names.indexOf(name));
    const spoken = ['aria-label', 'title', 'alt'], said = ['href', 'action', 'formaction', 'src', 'srcdoc', 'value',
        'placeholder', 'content', 'datetime', 'hreflang', 'lang'];
    const value = ({name, value}) => !value.trim() ? '' : spoken.includes(name) ? number(value)
        : said.includes(name) ? 'something' : value;
    const mark = e => e.localName === 'span' && e.hasAttribute('lang') && e.attributes.length === 1;
    const texts = e => [...e.childNodes].some(n => n.nodeType === 3 ? n.data.trim() : n.nodeType === 1 && mark(n));
    return [...document.querySelectorAll('body, body *')].filter(e => !mark(e)).map(e => [
        e.localName, ...[...e.attributes].filter(a => a.name !== 'lang').map(a => `${a.name}=${value(a)}`), texts(e),
    ].join(' ')).join('|');
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

# Whether anything is smaller than 24 px: only then has axe to see if it stands in a text or far enough from others.
ANY_SMALL = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input, [tabindex]')]
    .filter(e => e.type !== 'hidden' && e.checkVisibility({visibilityProperty: true}))
    .filter(e => e.matches('a, button, summary, select, textarea, input') || e.tabIndex >= 0)
    .filter(e => !e.closest('.sr-only, .skip-link'))
    .filter(e => getComputedStyle(e).display !== 'inline'
        || ![...e.parentElement.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
    .some(e => Math.min(e.getBoundingClientRect().width, e.getBoundingClientRect().height) < 24)"""

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
    if page.viewport_size != WIDE:
        page.set_viewport_size(WIDE)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)  # not by `add_script_tag`, which the content policy refuses
    new = set(page.evaluate(WAYS_OF_WRITING)) - judged if look else set()
    found = page.evaluate(RUN_AXE, [TAGS, bool(new), look and page.evaluate(ANY_SMALL)])
    if not found:
        judged.update(new)
    return [f"{rule}: {targets}" for rule, targets in found]


def shape(page: Page) -> str:
    """What axe judges apart from looks: pages of the same shape have the same barriers, whatever their language."""
    return page.evaluate(SHAPE)


def trouble_on_a_phone(page: Page) -> list[str]:
    """What is too wide or too small where the screen is narrow."""
    return _when_narrow(page, TOO_WIDE, TOO_SMALL)


def what_is_cut_off(page: Page) -> list[str]:
    """What is too wide where the screen is narrow."""
    return _when_narrow(page, TOO_WIDE)


def _when_narrow(page: Page, *scripts: str) -> list[str]:
    before = page.viewport_size
    if before == NARROW:
        return [trouble for script in scripts for trouble in page.evaluate(script)]
    page.set_viewport_size(NARROW)
    found = _when_narrow(page, *scripts)
    page.set_viewport_size(before)
    return found
