"""Split networks (H7): nothing of any page, style sheet, script or mail comes from another host."""

import re
from pathlib import Path

import pytest

from tests.builders import a_briefing, a_need
from tests.client import elements

ROOT = Path(__file__).parents[2]
STATIC = ROOT / "briefings" / "static"
OUTSIDE = re.compile(r"""(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w+""")
LOADS = {
    "img": ("src", "srcset"),
    "script": ("src",),
    "iframe": ("src",),
    "source": ("src", "srcset"),
    "track": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "object": ("data",),
    "use": ("href",),
    "image": ("href",),
    "form": ("action",),
    "input": ("src",),
    "button": ("formaction",),
}
"""Attributes of elements that make a browser go there without anybody pressing a link."""
LINKS_THAT_LOAD = ("stylesheet", "preload", "icon", "modulepreload", "preconnect", "dns-prefetch", "manifest")
ONE = pytest.mark.parametrize("migrated_app", ["sqlite"], indirect=True)


def _loaded(html: str) -> list[str]:
    """Every address a browser asks for by itself to show this page."""
    found = []
    for tag, attributes in elements(html):
        names = LOADS.get(tag, ())
        if tag == "link" and (attributes.get("rel") or "") in LINKS_THAT_LOAD:
            names = ("href",)
        found += [value for name in names if (value := attributes.get(name))]
    return found


@ONE
def test_pages_load_everything_from_their_own_host(client):
    briefing, need = a_briefing(), a_need()
    paths = ("/", "/needs", f"/needs/{need.id}", "/briefings", f"/briefings/{briefing.public_id}", "/guide/owners")
    for path in (*paths, f"/briefings/{briefing.public_id}/register", "/sign-in", "/statistics", "/nothing"):
        answer = client.get(path)
        for address in _loaded(answer.text):
            assert address.startswith(("/", "http://briefings.example.kr/", "data:image/")), f"{path}: {address}"
            assert not address.startswith("//"), f"{path}: {address}"
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and not re.search(r"https?:|\*|'unsafe", policy), path
        assert not OUTSIDE.search(" ".join(value for name, value in answer.headers if name in ("Link", "Refresh")))


def test_no_template_style_sheet_or_script_names_another_host():
    for path in [*(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js"), *(STATIC / "img").glob("*")]:
        assert not OUTSIDE.search(path.read_text("utf-8")), path.name
    for path in (ROOT / "templates").rglob("*.html"):
        for address in _loaded(path.read_text("utf-8")):
            assert not OUTSIDE.search(address), f"{path.name}: {address}"


def test_a_mail_brings_nothing_from_anywhere():
    """No picture that tells who opened it, no style sheet, no font: everything stands in the mail itself."""
    frame = (ROOT / "templates" / "mail" / "frame.html").read_text("utf-8")
    assert not [tag for tag, _ in elements(frame) if tag in ("img", "link", "script", "iframe", "object")]
    assert "url(" not in frame and "@import" not in frame
