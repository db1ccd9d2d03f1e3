"""Entries: what a file is verified and named by, one object a shard, any row of it readable alone.

An object begins with the offsets of its rows (uint64, one more than rows). A row is a head, the name, and the distinct
shingles as ascending little-endian uint32. Indexes of datasets have the same form, with at most INDEXED shingles a row.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from codekiln.core.errors import DataLoss
from codekiln.core.store import ObjectStore

INDEXED = 512
"""Shingles that an index keeps of a file: those of the least numbers, so the error of a similarity of 0.7 is 0.02."""
WHOLE = (1 << 32) - 1
NO_SHINGLES = np.empty(0, "<u4")
_HEAD = struct.Struct("<IIqq16sQ")
_GAP = 1 << 15
"""Bytes that are read and thrown away rather than asked for in a request of their own."""
_NO_DATE = -(1 << 63)


@dataclass(frozen=True)
class Entry:
    """One file. `cut`: the shingles up to this number are all there."""

    name: str
    content: bytes
    """First half of its SHA-256."""
    found_bytes: int
    date: int | None
    """Of the revision, seconds since 1970."""
    shingles: np.ndarray
    cut: int = WHOLE
    cluster: int = 0
    """Id of its cluster in a dataset; 0 where it is in none."""

    @property
    def card(self) -> bytes:
        """All but the shingles."""
        name = self.name.encode("utf-8", "surrogatepass")
        date = _NO_DATE if self.date is None else self.date
        return _HEAD.pack(len(name), self.cut, self.found_bytes, date, self.content, self.cluster) + name

    def pack(self) -> bytes:
        """A row of an object."""
        return self.card + self.shingles.astype("<u4").tobytes()

    @staticmethod
    def unpack(data: bytes) -> Entry:
        """From a row or a card."""
        length, cut, found, date, content, cluster = _HEAD.unpack_from(data)
        start = _HEAD.size + length
        name = data[_HEAD.size : start].decode("utf-8", "surrogatepass")
        shingles = np.frombuffer(data, "<u4", offset=start) if len(data) > start else NO_SHINGLES
        return Entry(name, content, found, None if date == _NO_DATE else date, shingles, cut, cluster)

    def indexed(self, cluster: int) -> Entry:
        """With no more shingles than an index keeps."""
        if len(self.shingles) <= INDEXED:
            return replace(self, cluster=cluster)
        least = self.shingles[:INDEXED]
        return replace(self, shingles=least, cut=min(self.cut, int(least[-1])), cluster=cluster)


def packed(rows: Sequence[bytes]) -> bytes:
    """An object of these rows."""
    offsets = np.zeros(len(rows) + 1, "<u8")
    np.cumsum([len(row) for row in rows], out=offsets[1:])
    return (offsets + np.uint64(8 * len(offsets))).tobytes() + b"".join(rows)


def read_entries(store: ObjectStore, key: str, rows: np.ndarray, count: int) -> Iterator[Entry]:
    """Entries of these rows, ascending, of an object of `count` rows. Raises DataLoss where the object is cut short."""
    head = store.get_range(key, 0, 8 * (count + 1))
    if len(head) != 8 * (count + 1):
        raise DataLoss(f"{key} ends before its rows", reason="SKETCH_CUT", key=key)
    offsets = np.frombuffer(head, "<u8").astype(np.int64)
    starts, ends = offsets[rows], offsets[rows + 1]
    breaks = np.flatnonzero(starts[1:] - ends[:-1] > _GAP) + 1
    for first, last in zip([0, *breaks.tolist()], [*breaks.tolist(), len(rows)], strict=True):
        if first == last:
            continue
        origin = int(starts[first])
        data = store.get_range(key, origin, int(ends[last - 1]) - origin)
        for start, end in zip(starts[first:last] - origin, ends[first:last] - origin, strict=True):
            yield Entry.unpack(data[start:end])
