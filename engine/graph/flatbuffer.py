"""Read FlatBuffers: tables of fields at offsets, every one of which is checked, since a file can say anything.

    table    int32: how far before it its vtable lies; then the fields
    vtable   uint16: its own length, uint16: the table's, and for each field a uint16: where in the table, 0 for absent
    vector   uint32: number of elements, then the elements; strings are vectors of bytes

Offsets to tables, vectors and strings are uint32, counted from where they stand. (Format: google/flatbuffers,
``docs/source/internals.md``.) Offsets may point to one thing any number of times, so that a small file can stand for a
large tree: what is read is counted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

_MOST_TIMES = 64
"""What is read altogether, in files; strings are shared."""


class BrokenBuffer(Exception):
    """Something points out of the buffer, or is not what it should be."""


@dataclass(slots=True)
class Buffer:
    """The bytes; ``read_bytes`` is how much was asked for so far."""

    content: bytes
    read_bytes: int = field(default=0)

    def root(self) -> Table:
        return Table(self, self.follow(0))

    def number(self, kind: str, at: int) -> int | float:
        form = struct.Struct(f"<{kind}")
        if not 0 <= at <= len(self.content) - form.size:
            raise BrokenBuffer("an offset points out of the file")
        found: int | float = form.unpack_from(self.content, at)[0]
        return found

    def whole(self, kind: str, at: int) -> int:
        return int(self.number(kind, at))

    def follow(self, at: int) -> int:
        return at + self.whole("I", at)

    def vector(self, at: int, element_bytes: int) -> tuple[int, int]:
        """Where the elements of a vector begin, and how many there are."""
        start = self.follow(at)
        count = self.whole("I", start)
        self.count(count * element_bytes)
        if start + 4 + count * element_bytes > len(self.content):
            raise BrokenBuffer("a vector is longer than the file")
        return start + 4, count

    def count(self, size: int) -> None:
        self.read_bytes += size + 4
        if self.read_bytes > _MOST_TIMES * len(self.content):
            raise BrokenBuffer("its parts refer to each other more often than any model's")


@dataclass(frozen=True, slots=True)
class Table:
    """One table; fields are named by their place in the vtable, 4 for the first, then 6, 8, ..."""

    buffer: Buffer
    at: int

    def _field(self, slot: int) -> int | None:
        vtable = self.at - self.buffer.whole("i", self.at)
        if slot >= self.buffer.whole("H", vtable):
            return None
        offset = self.buffer.whole("H", vtable + slot)
        return self.at + offset if offset else None

    def integer(self, slot: int, kind: str, default: int = 0) -> int:
        at = self._field(slot)
        return default if at is None else self.buffer.whole(kind, at)

    def real(self, slot: int) -> float:
        at = self._field(slot)
        return 0.0 if at is None else float(self.buffer.number("f", at))

    def raw(self, slot: int) -> bytes | None:
        at = self._field(slot)
        if at is None:
            return None
        start, count = self.buffer.vector(at, 1)
        return self.buffer.content[start : start + count]

    def text(self, slot: int) -> str:
        return _text(self.raw(slot) or b"")

    def numbers(self, slot: int, kind: str) -> tuple[int | float, ...]:
        at = self._field(slot)
        if at is None:
            return ()
        start, count = self.buffer.vector(at, struct.calcsize(f"<{kind}"))
        return struct.unpack_from(f"<{count}{kind}", self.buffer.content, start)

    def table(self, slot: int) -> Table | None:
        at = self._field(slot)
        if at is None:
            return None
        self.buffer.count(4)
        return Table(self.buffer, self.buffer.follow(at))

    def tables(self, slot: int) -> tuple[Table, ...]:
        at = self._field(slot)
        if at is None:
            return ()
        start, count = self.buffer.vector(at, 4)
        return tuple(Table(self.buffer, self.buffer.follow(start + 4 * number)) for number in range(count))

    def all_bytes(self, slot: int) -> tuple[bytes, ...]:
        """A vector of strings."""
        at = self._field(slot)
        if at is None:
            return ()
        start, count = self.buffer.vector(at, 4)
        found = []
        for number in range(count):
            begin, length = self.buffer.vector(start + 4 * number, 1)
            found.append(self.buffer.content[begin : begin + length])
        return tuple(found)

    def texts(self, slot: int) -> tuple[str, ...]:
        return tuple(_text(found) for found in self.all_bytes(slot))


def _text(found: bytes) -> str:
    try:
        return found.decode()
    except UnicodeDecodeError:
        raise BrokenBuffer("its names are no text") from None
