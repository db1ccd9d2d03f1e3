"""What the tasks of finding duplicates share: the shards, how many parts the work has, and where results lie.

A file is one number: its shard in the upper half, its row in the lower. Shards of known datasets come last.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.deduplication.entries import Entry, read_entries
from codekiln.cleaning.deduplication.order import after_known
from codekiln.core.artifacts import Part
from codekiln.core.store import ObjectStore

FILES_PER_PART = 1 << 18
"""So that a part, of which 25 bands of 40 bytes a file are the most, takes some 300 MB and a task less than 2 GB."""
_BAND_FILES = 1 << 13
"""Of a part of bands and pairs, which take the most: as few as this while there are less than `_BAND_PARTS`, so that
a small corpus takes no more memory than filtering does, and every worker has a part."""
_BAND_PARTS = 64
_ROW = np.uint64(32)
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Shard:
    """Sketches of files: the keys under which they and their entries lie.

    `index`: both as parts of a known dataset, which the corpus is compared with; empty for the corpus's own.
    """

    sketch: str
    entries: str
    files: int
    index: tuple[Part, ...] = ()

    @property
    def known(self) -> bool:
        return bool(self.index)


@dataclass(frozen=True)
class Plan:
    """All of a search for duplicates."""

    prefix: str
    shards: tuple[Shard, ...]
    threshold: float
    files_per_part: int = FILES_PER_PART

    @property
    def parts(self) -> int:
        """Tasks of the stages that work over all shards."""
        return self._parts(self.files_per_part)

    @property
    def band_parts(self) -> int:
        """Tasks of the stages between bands and links."""
        return self._parts(min(self.files_per_part, max(_BAND_FILES, self._files // _BAND_PARTS)))

    @property
    def _files(self) -> int:
        return sum(shard.files for shard in self.shards)

    def _parts(self, files: int) -> int:
        return max(1, -(-self._files // files))

    @property
    def corpus_shards(self) -> int:
        return sum(not shard.known for shard in self.shards)

    def key(self, stage: str, index: int) -> str:
        return f"{self.prefix}{stage}-{index:05d}"

    def keys(self, stage: str) -> list[str]:
        """Of all parts."""
        return [self.key(stage, index) for index in range(self.parts)]

    def band_keys(self, stage: str) -> list[str]:
        """Of all parts of bands."""
        return [self.key(stage, index) for index in range(self.band_parts)]

    def shard_keys(self, stage: str) -> list[str]:
        """Of all shards."""
        return [self.key(stage, index) for index in range(len(self.shards))]

    def part_of(self, files: np.ndarray) -> np.ndarray:
        """The part that decides over each file."""
        return self._spread(files, self.parts)

    def band_part_of(self, files: np.ndarray) -> np.ndarray:
        """The part that verifies the pairs of each better file."""
        return self._spread(files, self.band_parts)

    def _spread(self, files: np.ndarray, parts: int) -> np.ndarray:
        return ((files * _MIX) >> _ROW) % np.uint64(parts)

    def save(self, store: ObjectStore) -> None:
        store.put(f"{self.prefix}plan.json", json.dumps(asdict(self)).encode())

    def sketch(self, store: ObjectStore, shard: int, columns: list[str]) -> pa.Table:
        """Columns of a shard's sketch, and `file`."""
        data = store.get(self.shards[shard].sketch)
        table = pq.read_table(pa.BufferReader(data), columns=columns)
        files = numbered(shard, table.num_rows)
        if "order0" in columns and not self.shards[shard].known:
            place = table.schema.get_field_index("order0")
            table = table.set_column(place, "order0", pa.array(after_known(table.column("order0").to_numpy())))
        return table.append_column("file", pa.array(files))

    def entries(self, store: ObjectStore, files: np.ndarray) -> Iterator[Entry]:
        """Entries of these files, ascending."""
        shards = (files >> _ROW).astype(np.int64)
        for shard in np.unique(shards).tolist():
            rows = (files[shards == shard] & np.uint64(0xFFFFFFFF)).astype(np.int64)
            yield from read_entries(store, self.shards[shard].entries, rows, self.shards[shard].files)


@dataclass(frozen=True)
class Task:
    """Plain data: one task of a stage. `number`: of the shard or of the part."""

    prefix: str
    number: int
    round: int = 0

    def plan(self, store: ObjectStore) -> Plan:
        """The plan that the task is of."""
        return load_plan(store, self.prefix)


def load_plan(store: ObjectStore, prefix: str) -> Plan:
    """What `save` saved."""
    values = json.loads(store.get(f"{prefix}plan.json"))
    shards = tuple(
        Shard(s["sketch"], s["entries"], s["files"], tuple(Part(**part) for part in s["index"]))
        for s in values["shards"]
    )
    return Plan(values["prefix"], shards, values["threshold"], values["files_per_part"])


def numbered(shard: int, rows: int) -> np.ndarray:
    """Numbers of a shard's files."""
    return (np.uint64(shard) << _ROW) + np.arange(rows, dtype=np.uint64)


def shard_and_row(files: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where files lie."""
    return (files >> _ROW).astype(np.int64), (files & np.uint64(0xFFFFFFFF)).astype(np.int64)
