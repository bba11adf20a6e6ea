"""Fetching the fonts and icons, with a stand-in for npm where the network begins."""

import base64
import hashlib
import io
import struct
import tarfile
import zlib
from pathlib import Path

import pytest

from briefings import assets


def a_woff(*tables: bytes) -> bytes:
    """A font of these tables in its compressed form (W3C WOFF 1.0), one that would not shrink as it is."""
    packed = [min(zlib.compress(table), table, key=len) for table in tables]
    head = struct.pack(">4sIIHHIHHIIIII", b"wOFF", 0x4F54544F, 0, len(tables), 0, 0, 1, 0, 0, 0, 0, 0, 0)
    at, directory = len(head) + 20 * len(tables), b""
    for number, (table, shrunk) in enumerate(zip(tables, packed, strict=True)):
        directory += struct.pack(">4sIIII", b"tab%d" % number, at, len(shrunk), len(table), 7)
        at += len(shrunk)
    return head + directory + b"".join(packed)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An archive with every member and one that tries to leave; the npm on the PATH hands it over."""
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as tar:
        for path in [*assets.members().values(), "../../escaped"]:
            content = a_woff(path.encode() * 9) if path.endswith(".woff") else path.encode()
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
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
    assert found == {name.replace(".woff", ".otf") if name.endswith(".woff") else name for name in assets.members()} | {
        "NOTICE.txt",
        "stamp",
    }
    assert [path.name for path in vendor.parent.iterdir()] == ["vendor"]
    package.unlink()
    assert not assets.fetch(vendor)


def test_a_font_for_papers_is_the_one_inside_the_compressed_file():
    tables = b"a" * 100, b"b", b"cd" * 50
    font = assets.unpacked(a_woff(*tables))
    assert struct.unpack_from(">IHHHH", font) == (0x4F54544F, 3, 32, 1, 16)
    for number, table in enumerate(tables):
        tag, _, offset, size = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        assert tag == b"tab%d" % number and offset % 4 == 0 and font[offset : offset + size] == table
    for broken in (b"", b"wOFF", b"wOF2" + bytes(60), a_woff()):
        with pytest.raises(assets.AssetsError):
            assets.unpacked(broken)


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
