"""The design tokens we wrote down are those of the package, and none is written down for nothing."""

import re
from pathlib import Path

import pytest

from briefings import assets
from briefings.config import beside_or_inside

CSS = Path(assets.__file__).parent / "static" / "css"
TEMPLATES = beside_or_inside("templates")
ICON = re.compile(r"""(?:icon\(|icon_name=|utility_link\([^)]*, )"([\w-]+)\"""")
DECLARED = re.compile(r"(--krds-[\w-]+):\s*([^;]+);")


def test_every_token_has_the_value_of_the_package():
    package = assets.VENDOR / f"krds-{assets.VERSION}" / "krds_tokens.css"
    if not package.is_file():
        pytest.skip("the fonts and icons have not been fetched: make assets")
    theirs = dict(DECLARED.findall(package.read_text("utf-8")))
    ours = dict(DECLARED.findall((CSS / "tokens.css").read_text("utf-8")))
    assert {name: theirs.get(name) for name in ours} == ours


def test_every_token_is_used_and_every_used_name_exists():
    text = "".join(path.read_text("utf-8") for path in CSS.glob("*.css"))
    declared = set(re.findall(r"(--[\w-]+):", text))
    used = set(re.findall(r"var\((--[\w-]+)", text))
    assert used <= declared
    assert {name for name in declared if name.startswith("--krds-")} <= used


def test_every_icon_drawn_is_fetched():
    drawn = set(re.findall(r"vendor/krds-[\d.]+/([\w.-]+)", (CSS / "app.css").read_text("utf-8")))
    for_papers = {name for name in assets.members() if name.endswith(".woff")}
    assert drawn == set(assets.members()) - for_papers - {"krds_tokens.css"}
    named = {name for path in TEMPLATES.rglob("*.html") for name in ICON.findall(path.read_text("utf-8"))}
    styled = set(re.findall(r"\.ico-([\w-]+)", (CSS / "app.css").read_text("utf-8")))
    assert named <= styled


def test_pages_use_no_colour_but_through_a_name():
    parts = re.sub(r"@media print \{.*?\n\}\n", "", (CSS / "app.css").read_text("utf-8"), flags=re.DOTALL)
    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?<!#0000)|rgba?\(|hsl\(", parts)
