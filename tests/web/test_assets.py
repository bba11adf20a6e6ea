"""Fetching the fonts and icons, with a stand-in for npm where the network begins."""

import base64
import hashlib
import io
import tarfile
from pathlib import Path

import pytest

from briefings import assets


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with every member and one that tries to leave; the npm on the PATH hands it over."""
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for path in [*assets.members().values(), "../../escaped"]:
            entry = tarfile.TarInfo(path)
            entry.size = len(path)
            tar.addfile(entry, io.BytesIO(path.encode()))
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\n/bin/cp {archive} "$5/krds-uiux-1.1.0.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", str(npm.parent))
    digest = hashlib.sha512(archive.read_bytes()).digest()
    monkeypatch.setattr(assets, "SHA512", base64.b64encode(digest).decode())
    return archive


def test_only_the_named_files_arrive_and_the_next_run_has_nothing_to_do(package: Path, tmp_path: Path):
    vendor = tmp_path / "static" / "vendor"
    assert assets.fetch(vendor)
    found = {path.name for path in vendor.rglob("*") if path.is_file()}
    assert found == set(assets.members()) | {"NOTICE.txt", "stamp"}
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]
    package.unlink()
    assert not assets.fetch(vendor)


def test_another_package_than_the_pinned_one_changes_nothing(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    vendor = tmp_path / "vendor"
    assets.fetch(vendor)
    before = (vendor / "stamp").read_text()
    monkeypatch.setattr(assets, "SHA512", "of another package")
    with pytest.raises(assets.AssetsError, match="SHA-512"):
        assets.fetch(vendor)
    assert (vendor / "stamp").read_text() == before


def test_a_package_without_one_of_the_files_changes_nothing(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(assets, "ICONS", ("no_such_icon",))
    with pytest.raises(assets.AssetsError, match="no_such_icon"):
        assets.fetch(tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_without_npm_one_line_says_so_and_nothing_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(assets.fetch, "__defaults__", (tmp_path / "vendor",))
    monkeypatch.setattr(assets.importlib.util, "find_spec", lambda name: None)
    assets.main()
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "npm" in said and "System fonts will do" in said
