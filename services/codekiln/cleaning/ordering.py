"""The order of a dataset: which shard a row belongs to, and where in it, by what the row says and nothing else.

Rows are put into bins by a hash of their repository, so that its files stay together; a sixteenth of a bin is told by
the path, so that a giant repository can be cut. Neighbouring bins make a shard. So the same files give the same shards
however a corpus was cut, ordered or worked on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

BINS = 1 << 20
SORTED_BY = ("repo_name", "revision_id", "path", "blob_id")
"""Columns that rows of a shard are sorted by."""
_SHARD_BYTES = (16 << 20, 256 << 20)
"""The least and the most that a shard is made to hold: a reader takes one at a time."""
_SHARDS = 1024
"""As many are aimed at, where that leaves their size between the two."""

Histogram = npt.NDArray[np.int64]
"""Rows of (bin, bytes), ascending, without empty bins."""


def bins(repositories: Sequence[str], paths: Sequence[str]) -> np.ndarray:
    """The bin of each row, int64."""
    return np.array([_repository(r) << 4 | _path(p) for r, p in zip(repositories, paths, strict=True)], np.int64)


class Placed(Protocol):
    """What decides where a row belongs. `data`: its content."""

    @property
    def repo_name(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def data(self) -> bytes: ...


def histogram(rows: Sequence[Placed]) -> Histogram:
    """Bytes by bin."""
    where = bins([row.repo_name for row in rows], [row.path for row in rows])
    found, places = np.unique(where, return_inverse=True)
    totals = np.bincount(places, np.array([len(row.data) for row in rows], np.float64), len(found)).astype(np.int64)
    return np.stack([found, totals], axis=1)


def added(histograms: Sequence[Histogram]) -> Histogram:
    """The histogram of all of their rows."""
    joined = np.concatenate([np.zeros((0, 2), np.int64), *histograms])
    found, places = np.unique(joined[:, 0], return_inverse=True)
    totals = np.zeros(len(found), np.int64)
    np.add.at(totals, places, joined[:, 1])
    return np.stack([found, totals], axis=1)


def first_bins(histograms: Iterable[Histogram]) -> np.ndarray:
    """The first bin of every shard, ascending from 0, for rows of which these are the bytes."""
    totals = np.zeros(BINS, np.int64)
    for found in histograms:
        totals[found[:, 0]] += found[:, 1]
    ends = np.cumsum(totals)
    least, most = _SHARD_BYTES
    target = min(most, max(least, int(ends[-1]) // _SHARDS))
    # The bin in which the bytes before it pass a multiple of the target begins a shard.
    numbers = (ends - totals) // target
    return np.concatenate([[0], np.flatnonzero(numbers[1:] != numbers[:-1]) + 1])


def shards(bins: np.ndarray, first_bins: np.ndarray) -> np.ndarray:
    """The number of each row's shard."""
    return np.searchsorted(first_bins, bins, "right") - 1


def in_order(table: pa.Table) -> pa.Table:
    """Rows as they stand in their shard."""
    return table.sort_by([(name, "ascending") for name in SORTED_BY if name in table.schema.names])


class Merged:
    """Rows of several tables as one, as they stand in their shard, made a slice at a time: all of it is held once."""

    def __init__(self, tables: Sequence[pa.Table], schema: pa.Schema) -> None:
        self._tables = [schema.empty_table(), *tables]
        keys = pa.concat_tables(table.select(SORTED_BY) for table in self._tables)
        self._order = (
            pc.sort_indices(keys, sort_keys=[(name, "ascending") for name in SORTED_BY]).to_numpy().astype(np.int64)
        )
        self._firsts = np.cumsum([0, *(table.num_rows for table in self._tables[:-1])])

    @property
    def num_rows(self) -> int:
        return len(self._order)

    def rows(self, names: Sequence[str], start: int = 0, end: int | None = None) -> pa.Table:
        """Columns of the rows from `start` to `end`, all by default."""
        wanted = self._order[start:end]
        owners = np.searchsorted(self._firsts, wanted, "right") - 1
        found, places = [self._tables[0].select(names)], []
        for owner in np.unique(owners).tolist():
            mine = owners == owner
            found.append(self._tables[owner].select(names).take(pa.array(wanted[mine] - self._firsts[owner])))
            places.append(np.flatnonzero(mine))
        joined = pa.concat_tables(found).combine_chunks()
        del found
        return joined.take(pa.array(np.argsort(np.concatenate([np.zeros(0, np.int64), *places]))))


@lru_cache(4096)
def _repository(name: str) -> int:
    return int.from_bytes(_digest(name, 2), "big")


def _path(path: str) -> int:
    return _digest(path, 1)[0] >> 4


def _digest(text: str, size: int) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=size).digest()
