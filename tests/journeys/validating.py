"""Every page in every state, judged by the Nu HTML checker (KWCAG 2.2, 8.1.1): `make validate`, which needs Java.

The checker comes from the npm package vnu-jar, pinned here, and is kept in build/vnu.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask
from sqlalchemy import select

from briefings import clock
from briefings.accounts.models import User
from briefings.accounts.sessions import begin
from briefings.app import create_app
from briefings.assets import npm
from briefings.db import db
from tests.conftest import SETTINGS
from tests.journeys.rows import Rows, fill
from tests.journeys.running import BEGINNING
from tests.journeys.test_every_page import IN_ENGLISH, TABLE
from tests.prepared import KEPT, compiled_once, hash_cheaply, sqlite_in

VERSION = "26.9.27"
SHA512 = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="
KEPT_CHECKER = KEPT.parent / "vnu"
INSIDE = "package/build/dist/vnu.jar"
SHOWN = 5
"""Of one complaint, so many pages are named."""


def checker() -> Path:
    """The checker, fetched where it is not there yet; RuntimeError where it is not the one that was pinned."""
    kept = KEPT_CHECKER / f"vnu-{VERSION}.jar"
    if not kept.exists():
        KEPT_CHECKER.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT_CHECKER) as folder:
            command = [*npm(), "pack", f"vnu-jar@{VERSION}", "--silent", "--pack-destination", folder]
            subprocess.run(command, check=True, capture_output=True, timeout=300, cwd=folder)
            (archive,) = Path(folder).glob("*.tgz")
            if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != SHA512:
                raise RuntimeError("vnu-jar is not the package that was pinned (its SHA-512 differs)")
            with tarfile.open(archive) as package, open(Path(folder) / "vnu.jar", "wb") as jar:
                found = package.extractfile(INSIDE)
                assert found, f"vnu-jar {VERSION} has no {INSIDE}"
                shutil.copyfileobj(found, jar)
            (Path(folder) / "vnu.jar").rename(kept)
    return kept


def pages(app: Flask, rows: Rows) -> Iterator[tuple[str, str]]:
    """Every page of the table by its address, as each of its people sees it; public ones in English too."""
    for email, table in TABLE.items():
        client = app.test_client()
        if email:
            user = db.session.scalars(select(User).filter_by(email=email)).one()
            begun = begin(user, clock.now()).id
            db.session.commit()
            with client.session_transaction() as session:
                session["_user_id"] = begun
        for address in table.values():
            path, _, act = address.partition(" = ")[0].partition(" | ")
            for prefix in ("", "/en") if email in IN_ENGLISH else ("",):
                with app.app_context():
                    whole = prefix + path.format(**rows)
                    answer = client.post(whole) if act == "submit" else client.get(whole)
                if answer.mimetype == "text/html" and answer.status_code not in (302, 303):
                    yield f"{email or 'a visitor'} {whole}", answer.text


def write_down(folder: Path) -> dict[str, str]:
    """Every page as a file; the address of each by the file's name."""
    settings = {**SETTINGS, "SQLALCHEMY_DATABASE_URI": sqlite_in(folder), "LOG_LEVEL": "CRITICAL"}
    app = compiled_once(create_app(settings, environ={"IEUM_ENV": "development"}))
    named = {}
    with time_machine.travel(BEGINNING, tick=False), app.app_context():
        for number, (address, text) in enumerate(pages(app, fill())):
            named[f"{number:04}.html"] = address
            (folder / f"{number:04}.html").write_text(text, "utf-8")
        db.engine.dispose()
    return named


def complaints(folder: Path) -> list[dict[str, Any]]:
    """What the checker says about the files of a folder, remarks left out."""
    command = ["java", "-Xmx512m", "-jar", str(checker()), "--errors-only", "--format", "json", "--skip-non-html"]
    said = subprocess.run([*command, str(folder)], capture_output=True, text=True, check=False).stderr
    return json.loads(said)["messages"]


def main() -> int:
    """Print each complaint once with some of the pages it is about; 1 where there is any."""
    hash_cheaply()
    if not shutil.which("java"):
        print("The Nu HTML checker needs Java; there is none here.", file=sys.stderr)
        return 1
    found = defaultdict(list)
    with tempfile.TemporaryDirectory() as name:
        named = write_down(Path(name))
        for said in complaints(Path(name)):
            found[said["message"], said.get("extract", "").strip()].append(named[said["url"].rpartition("/")[2]])
    for (message, extract), where in sorted(found.items(), key=lambda each: -len(each[1])):
        print(f"{message}\n    {extract}\n    " + "\n    ".join([*where[:SHOWN], *["…"] * (len(where) > SHOWN)]))
    print(f"{len(named)} pages, {len(found)} complaints.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
