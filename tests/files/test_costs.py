"""Files of a few bytes, or many alike, that are made to take all memory or time of whoever looks at them."""

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_LZMA

import pytest

from tests.files import samples

MIB = 1024 * 1024
LOOK = """
import json, resource, sys, time
from pathlib import Path
from briefings.errors import Refused
from briefings.files.reading import kind_of

resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

found = {}
for path in map(Path, sys.argv[1:]):
    data = path.read_bytes()
    before, began = peak(), time.process_time()
    try:
        said = str(kind_of(data, path.name))
    except Refused as refused:
        said = str(refused)
    found[path.stem] = said, time.process_time() - began, peak() - before
print(json.dumps(found))
"""


def claiming(data: bytes, size: int = 100) -> bytes:
    """The same archive of one part, which is said to unpack to `size` bytes (APPNOTE 4.3.7, 4.3.12)."""
    listed = data.rindex(b"PK\x01\x02")
    said = bytearray(data)
    said[22:26] = said[listed + 24 : listed + 28] = struct.pack("<I", size)
    return bytes(said)


def a_bomb(compression: int) -> bytes:
    """An index of office files that unpacks to far more than it says."""
    return claiming(samples.an_archive({"[Content_Types].xml": bytes(64 * MIB)}, compression=compression))


def with_words(data: bytes, words: dict[int, int]) -> bytes:
    """The same bytes with other numbers at these places."""
    changed = bytearray(data)
    for at, number in words.items():
        struct.pack_into("<I", changed, at, number)
    return bytes(changed)


HEADER, TABLE, DIRECTORY = 0, 512, 1024
NAME_OF_FILE_HEADER = DIRECTORY + 128


def an_endless_stream() -> bytes:
    """HWP whose first stream leads back into itself and is said to have 300 MB."""
    return with_words(samples.an_hwp(), {TABLE + 4 * 3: 3, NAME_OF_FILE_HEADER + 120: 300 * MIB})


def an_endless_list_of_tables() -> bytes:
    """HWP with millions of tables, listed by a sector that leads back into itself."""
    tables = 20_000_000
    endless = {HEADER + 44: tables, HEADER + 68: 4, HEADER + 72: tables // 127, 5 * 512 + 508: 4}
    return with_words(samples.an_hwp(), endless)


def a_large_list_of_tables() -> bytes:
    """The same with no more tables than the file has room for: each of its sectors."""
    return with_words(an_endless_list_of_tables() + bytes(20 * MIB), {HEADER + 44: 20 * MIB // 512})


def an_endless_directory() -> bytes:
    """HWP whose directory leads back to its beginning, and whose entries are each other's siblings."""
    return with_words(
        samples.an_hwp(), {TABLE + 4: 1, NAME_OF_FILE_HEADER + 68: 1, NAME_OF_FILE_HEADER + 72: 9_999_999}
    )


def parts_that_say_much() -> bytes:
    """An archive each of whose parts has as much to say about itself as it may, in pieces of nothing."""
    listed = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 1, 65_532, 0) + bytes(12) + b"a" + bytes(65_532)
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 150, 150, 150 * len(listed), 4, 0)
    return b"PK\x03\x04" + listed * 150 + end


COSTLY: dict[str, tuple[Callable[[], bytes], str]] = {
    "bzip2": (lambda: a_bomb(ZIP_BZIP2), "손상"),
    "lzma": (lambda: a_bomb(ZIP_LZMA), "손상"),
    "deflate": (lambda: a_bomb(ZIP_DEFLATED), "손상"),
    "an endless stream": (an_endless_stream, "손상"),
    "an endless list of tables": (an_endless_list_of_tables, "손상"),
    "a large list of tables": (a_large_list_of_tables, "손상"),
    "an endless directory": (an_endless_directory, "손상"),
    "parts that say much": (parts_that_say_much, "지나치게"),
    "a picture of nothing but beginnings": (lambda: b"\xff\xd8" + b"\xff" * 20 * MIB, "손상"),
    "a picture of nothing but segments": (lambda: b"\xff\xd8" + b"\xff\xe0\x00\x02" * 5 * MIB, "손상"),
    "a picture of nothing but chunks": (lambda: samples.a_png()[:33] + bytes(20 * MIB), "손상"),
}


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, float, int]]:
    """What was said of each file, in a process of its own that may not have much; seconds and bytes it took."""
    folder = tmp_path_factory.mktemp("costly")
    paths = []
    for name, (make, _) in COSTLY.items():
        paths.append(folder / f"{name}.bin")
        paths[-1].write_bytes(make())
    done = subprocess.run(
        [sys.executable, "-c", LOOK, *map(str, paths)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, tuple[str, float, int]] = json.loads(done.stdout)
    for path in paths:
        path.unlink()
    return found


@pytest.mark.parametrize("name", COSTLY)
def test_a_file_that_would_cost_much_is_refused_at_once(
    looked_at: dict[str, tuple[str, float, int]], name: str
) -> None:
    said, seconds, taken = looked_at[name]
    assert COSTLY[name][1] in said
    assert seconds < 1
    assert taken < 50 * MIB
