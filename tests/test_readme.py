"""What README tells people to type and to set exists, and so do the tests that SECURITY.md names."""

import re
import subprocess
from pathlib import Path

from flask import Flask

from briefings.config import settings_from

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PRODUCTION = {"SECRET_KEY": "x" * 32, "PUBLIC_URL": "https://briefings.example.kr", "DATABASE_URL": "sqlite://"}


class Watched(dict):
    """An environment that remembers what it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, key, default=None):
        """The value, and a note that it was wanted."""
        self.asked.add(key)
        return super().get(key, default)


def settings_in_readme() -> set[str]:
    """The variables in the table of settings."""
    table = README.split("### Settings")[1].split("###")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([A-Z_]+)`", row)}


def test_every_setting_is_in_readme_and_none_is_made_up():
    environment = Watched(PRODUCTION)
    settings_from(environment)
    assert settings_in_readme() == environment.asked


def test_every_make_target_in_readme_exists_and_the_other_way_round():
    listed = subprocess.run(["make", "--silent", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    targets = set(re.findall(r"^make (\w+)", listed, re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)\b(?=[` ]|\s+#)", README)) - {"help"} == targets - {"help"}


def test_every_flask_command_in_readme_exists(migrated_app: Flask):
    named = set(re.findall(r"flask (?:--app \S+ )?([a-z]+)(?: |`|\n)", README))
    there = migrated_app.cli.list_commands(None)
    assert named <= set(there)
    assert [migrated_app.cli.get_command(None, name).name for name in there] == there  # loaded when called


def test_every_file_readme_names_exists():
    for name in re.findall(r"\((tests/[\w/.-]+)\)", README):
        assert (ROOT / name).is_file(), name
    for name in re.findall(r"`((?:schedule|calendar|web)/\w+\.py)", README):
        assert (ROOT / "briefings" / name).is_file(), name


def test_every_test_that_security_names_exists():
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", (ROOT / "SECURITY.md").read_text("utf-8"))
    assert len(named) > 40
    for file, name in named:
        assert f"def {name}(" in (ROOT / "tests" / file).read_text("utf-8"), (file, name)
