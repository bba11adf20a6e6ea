"""Compound files ([MS-CFB]), read as far as is needed to tell what they are.

Sizes, numbers and chains in such a file may be anything, so each walk along them ends after as many steps as the file
can have. Whatever a damaged file makes impossible is a ValueError, an IndexError or a struct.error.
"""

import struct
from typing import NamedTuple

_ORDER = 0xFFFE
_SECTORS = {3: 9, 4: 12}
"""Version → the power of two that is the size of a sector."""
_SMALL, _SMALL_SHIFT = 64, 6
_SMALL_BELOW = 4096
"""Streams smaller than this stand together in the stream of the root, in pieces of 64 bytes."""
_IN_HEADER = 109
_LAST_SECTOR, _NO_ENTRY = 0xFFFFFFFA, 0xFFFFFFFF
_ENTRY = 128
MOST_ENTRIES = 8_192
"""Of a directory; a document has as many as it has pictures and sections, and some more."""


class _Entry(NamedTuple):
    name: str
    siblings: tuple[int, int]
    child: int
    start: int
    size: int


class Compound:
    """A compound file whose root can be looked through; names are the same in either case of their letters."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        version, order, shift, small_shift = struct.unpack_from("<4H", data, 26)
        if order != _ORDER or _SECTORS.get(version) != shift or small_shift != _SMALL_SHIFT:
            raise ValueError("no compound file that programs of today write")
        self._size = 1 << shift
        self._most = -(-len(data) // self._size)
        tables, directory = struct.unpack_from("<2I", data, 44)
        self._tables = self._places_of_tables(tables)
        sectors = self._chain(directory, MOST_ENTRIES * _ENTRY // self._size)
        self._directory = b"".join(self._sector(number) for number in sectors)
        self._root = self._entry(0)
        self._inside = self._entries_inside()

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._inside

    def read(self, name: str, most: int) -> bytes:
        """The whole stream of this name, which must be there and not be larger than `most`."""
        entry = self._inside[name.lower()]
        if entry.size > most:
            raise ValueError("a stream is larger than it should be")
        content = self._small_stream(entry) if entry.size < _SMALL_BELOW else self._stream(entry)
        if len(content) < entry.size:
            raise ValueError("a stream is cut off")
        return content[: entry.size]

    def _places_of_tables(self, wanted: int) -> list[int]:
        """The sectors with the table of all sectors: the first are listed in the header, the others in a chain."""
        if wanted > self._most:
            raise ValueError("more tables than the file has room for")
        found = list(struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76))
        (following,) = struct.unpack_from("<I", self._data, 68)
        seen = set()
        while len(found) < wanted:
            if following in seen:
                raise ValueError("a list of tables that never ends")
            seen.add(following)
            *more, following = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            found += more
        return found

    def _sector(self, number: int) -> bytes:
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _after(self, number: int) -> int:
        """The sector that follows this one in its stream."""
        table, place = divmod(number, self._size // 4)
        following: int = struct.unpack_from("<I", self._data, (self._tables[table] + 1) * self._size + 4 * place)[0]
        return following

    def _chain(self, number: int, most: int) -> list[int]:
        """The sectors of a stream from this one on, no more than `most`: they may lead back to where they began."""
        chain: list[int] = []
        while number < _LAST_SECTOR and len(chain) < min(most, self._most):
            chain.append(number)
            number = self._after(number)
        return chain

    def _entry(self, number: int) -> _Entry:
        at = number * _ENTRY
        name, length, left, right, child = struct.unpack_from("<64sH2x3I", self._directory, at)
        start, size, more = struct.unpack_from("<3I", self._directory, at + 116)
        if self._size > 512:  # before, what stands there means nothing
            size += more << 32
        shown = name[: max(length - 2, 0)].decode("utf-16-le", "replace").lower()
        return _Entry(shown, (left, right), child, start, size)

    def _entries_inside(self) -> dict[str, _Entry]:
        """What stands in the root itself, by name."""
        found, waiting, seen = {}, [self._root.child], {_NO_ENTRY}
        while waiting:
            number = waiting.pop()
            if number not in seen:
                seen.add(number)
                entry = self._entry(number)
                found[entry.name] = entry
                waiting += entry.siblings
        return found

    def _stream(self, entry: _Entry) -> bytes:
        return b"".join(self._sector(number) for number in self._chain(entry.start, -(-entry.size // self._size)))

    def _small_stream(self, entry: _Entry) -> bytes:
        (table,) = struct.unpack_from("<I", self._data, 60)
        tables, home = self._chain(table, self._most), self._chain(self._root.start, self._most)
        content, number = b"", entry.start
        for _ in range(-(-entry.size // _SMALL)):
            if number >= _LAST_SECTOR:
                break
            sector, at = divmod(number * _SMALL, self._size)
            content += self._sector(home[sector])[at : at + _SMALL]
            sector, at = divmod(number * 4, self._size)
            (number,) = struct.unpack_from("<I", self._sector(tables[sector]), at)
        return content
