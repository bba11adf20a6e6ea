"""Every page that a template or a view leads to is there."""

import re
from pathlib import Path

import briefings
from briefings.audit.words import ACTIONS, EXPORTED
from briefings.config import beside_or_inside
from briefings.registrations.support_pages import ACTS

CALL = re.compile(r"""(?:url_for|nav_link|utility_link|brand|side_link|redirect)\(\s*["']([a-z_]*\.[a-z_]+)["']""")
NAME = re.compile(r"""["']([a-z_]+)\.([a-z_]+)["']""")
NUMBERING = {"briefings.requests", "briefings.began", "briefings.number"}  # a logger, and what it keeps in a request
FILES = ("html", "toml", "xml", "txt", "app", "id", "py")


def sources():
    folders = (Path(briefings.__file__).parent, beside_or_inside("templates"))
    return [file for folder in folders for file in folder.rglob("*") if file.suffix in (".py", ".html", ".txt", ".xml")]


def test_every_endpoint_that_is_named_exists(app):
    missing = []
    for file in sources():
        text = file.read_text()
        named = {f"{group}.{view}" for group, view in NAME.findall(text) if group in app.blueprints}
        named = {name for name in named if name.rpartition(".")[2] not in FILES}
        named = {name for name in named if not name.endswith(EXPORTED)} - NUMBERING - ACTIONS.keys() - ACTS.keys()
        named |= {name for name in CALL.findall(text) if not name.startswith(".")}
        missing += [(file.name, name) for name in named if name not in app.view_functions]
        own = {name for name in CALL.findall(text) if name.startswith(".")}
        views = {endpoint.partition(".")[2] for endpoint in app.view_functions}
        missing += [(file.name, name) for name in own if name[1:] not in views]
    assert not missing
