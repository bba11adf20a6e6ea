"""The rules of README's Architecture, checked by machine."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CLOCKS = {
    "func.now",
    "func.current_timestamp",
    "datetime.now",
    "datetime.utcnow",
    "datetime.today",
    "date.today",
    "time.time",
    "time.time_ns",
}
ASKS = re.compile(r"\b(func|datetime|date|time)\b[\s)\\]*\.[\s\\]*(now|current_timestamp|utcnow|today|time|time_ns)\b")
"""Stands wherever one of them does, and elsewhere, too."""
DEEP_IMPORT = re.compile(r"(?m)^(?!import |from ).*\bimport\b|\\\s*import\b")
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def test_imports_go_downwards_and_the_web_stays_in_pages():
    # In a process of its own: it would silence every logger of this one.
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout


def test_a_module_shows_all_its_imports_at_the_top():
    inside = [
        place(node)
        for place, tree in _modules(DEEP_IMPORT)
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert inside == []


def test_only_the_clock_asks_what_time_it_is():
    asked = [
        place(node)
        for place, tree in _modules(ASKS)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and ".".join(ast.unparse(node).split(".")[-2:]) in CLOCKS
    ]
    assert [where for where in asked if not where.startswith("briefings/clock.py")] == []


def _modules(holding: re.Pattern[str]) -> Iterator:
    """A function that names a node's place, and the syntax tree, of each module that holds something in its text."""
    for path in sorted((ROOT / "briefings").rglob("*.py")):
        name = path.relative_to(ROOT)
        if holding.search(text := path.read_text("utf-8")):
            yield lambda node, name=name: f"{name}:{node.lineno}", ast.parse(text)
