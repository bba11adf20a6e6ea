"""What is installed is pinned, and in production needs neither the checkout nor Node beside it."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
FIRST_STEPS = """
from pathlib import Path
import flask_migrate
from briefings.app import create_app

app = create_app()
assert Path(app.template_folder).is_relative_to(Path.cwd()), app.template_folder
with app.app_context():
    flask_migrate.upgrade()
for address in "/", "/en/":
    page = app.test_client().get(address)
    print(page.status_code, "Log in" in page.text or "Sign in" in page.text)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    """The folder that an installer would make of the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize("lock", ["requirements.lock", "tests/requirements.lock", ".ci/npm.lock"])
def test_every_library_is_pinned_by_the_digest_of_its_files_wherever_they_come_from(lock):
    told = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    wanted = [line for line in told if line.strip() and not line.lstrip().startswith("#")]
    pinned = re.compile(r"[a-z0-9._-]+(\[[a-z,-]+\])?==[^\s;]+( ; [^-]+?)?(\s+--hash=sha256:[0-9a-f]{64})+\s*")
    assert wanted and not [line for line in wanted if not pinned.fullmatch(line)]


def test_nothing_is_installed_but_what_is_pinned():
    for file in ("Makefile", "deploy/Dockerfile"):
        told = (ROOT / file).read_text().replace("\\\n", " ")
        for install in re.findall(r"pip install[^&\n]*", told):
            assert "--require-hashes" in install or install.split()[2:] == ["--no-deps", "/install/*.whl"], install
    named = {re.split(r"[\[><=~!; ]", each)[0] for each in PROJECT["dependencies"]}
    assert not [each for each in named if f"\n{each}" not in f"\n{(ROOT / 'requirements.lock').read_text()}"]


@pytest.mark.slow
def test_the_wheel_carries_templates_migrations_and_compiled_texts_and_no_litter(unpacked):
    files = _files_in(unpacked)
    for folder in "templates", "migrations":
        assert {f"briefings/{folder}/{name}" for name in _files_in(ROOT / folder) if ".pyc" not in name} <= files
    assert "briefings/translations/en/LC_MESSAGES/messages.mo" in files
    assert not [name for name in files if "__pycache__" in name or name.startswith("tests/")]


@pytest.mark.slow
def test_the_wheel_runs_without_the_checkout(unpacked, tmp_path):
    environment = {
        "PATH": os.defpath,
        "PYTHONPATH": str(unpacked),
        "IEUM_ENV": "production",
        "SECRET_KEY": "0123456789abcdef0123456789abcdef",
        "PUBLIC_URL": "https://briefings.example.kr",
        "DATABASE_URL": f"sqlite:///{tmp_path}/briefings.db",
    }
    answer = subprocess.run(
        [sys.executable, "-c", FIRST_STEPS], cwd=unpacked, env=environment, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == ["200", "False", "200", "True"]


def _files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
