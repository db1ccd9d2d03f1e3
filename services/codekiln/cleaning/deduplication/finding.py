"""Finds duplicates over all shards: sketches in, for each shard the rows that go and why out.

Three passes, each over what the one before left: equal content, equal but for white space, near duplicates.
Signatures of all files are held in memory (512 bytes a file), shingles only of candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.bands import groups
from codekiln.cleaning.deduplication.clusters import Cluster, UnionFind, choose
from codekiln.cleaning.deduplication.sketching import PERMUTATIONS
from codekiln.cleaning.document import Drop

KEYS = ["repo_name", "path", "licensed", "length_bytes", "content", "squeezed", "signature"]
_ALL_PAIRS = 64
"""In larger groups a file is compared with one of each cluster seen so far instead of with every file."""
_DOUBT = 0.2
"""Pairs whose signatures agree by this much less than the threshold are not looked at: 5 standard deviations."""

ShingleReader = Callable[[int, Sequence[int]], list[bytes]]
"""(shard, rows) -> the shingles of these rows."""


@dataclass(frozen=True)
class Found:
    """What goes: by shard, row -> drop. And the clusters, largest first, as (reason, survivor, gone)."""

    drops: list[dict[int, Drop]]
    clusters: list[tuple[str, str, list[str]]] = field(default_factory=list)


def find_duplicates(sketches: Sequence[pa.Table], threshold: float, read_shingles: ShingleReader) -> Found:
    """`sketches`: one table a shard, with the columns KEYS. A threshold of 1 leaves near duplicates alone."""
    files = Files(sketches)
    left = list(range(files.count))
    gone: dict[int, Drop] = {}
    clusters: list[tuple[str, Cluster]] = []
    passes: list[tuple[str, Callable[[list[int]], list[list[int]]]]] = [
        ("exact_duplicate", lambda rows: files.equal("content", rows)),
        ("whitespace_duplicate", lambda rows: files.equal("squeezed", rows)),
    ]
    if threshold < 1:
        passes.append(("near_duplicate", lambda rows: near(files, rows, threshold, read_shingles)))
    for reason, find in passes:
        for cluster in choose(find(left), files.preference):
            clusters.append((reason, cluster))
            for item in cluster.gone:
                gone[item] = Drop(reason, f"of {files.name(cluster.survivor)}")
        left = [item for item in left if item not in gone]
    return Found(files.by_shard(gone), _described(files, clusters))


class Files:
    """All files of all shards, numbered through."""

    def __init__(self, sketches: Sequence[pa.Table]) -> None:
        self._ends = np.cumsum([table.num_rows for table in sketches])
        table = pa.concat_tables([sketch.select(KEYS) for sketch in sketches]).combine_chunks()
        self.count = table.num_rows
        self._columns = {name: table.column(name).to_pylist() for name in KEYS if name != "signature"}
        signature = b"".join(table.column("signature").to_pylist())
        self.signatures = np.frombuffer(signature, "<u4").reshape(self.count, PERMUTATIONS)

    def equal(self, column: str, rows: list[int]) -> list[list[int]]:
        """Rows that have the same value, in groups of two and more."""
        found: dict[bytes, list[int]] = {}
        values = self._columns[column]
        for row in rows:
            found.setdefault(values[row], []).append(row)
        return [group for group in found.values() if len(group) > 1]

    def preference(self, item: int) -> tuple[object, ...]:
        """Known licence first, then the longer, then by repository and path."""
        c = self._columns
        return (not c["licensed"][item], -c["length_bytes"][item], c["repo_name"][item], c["path"][item], item)

    def name(self, item: int) -> str:
        return f"{self._columns['repo_name'][item]}:{self._columns['path'][item]}"

    def place(self, item: int) -> tuple[int, int]:
        """Shard and row."""
        shard = int(np.searchsorted(self._ends, item, side="right"))
        return shard, item - (int(self._ends[shard - 1]) if shard else 0)

    def by_shard(self, gone: dict[int, Drop]) -> list[dict[int, Drop]]:
        drops: list[dict[int, Drop]] = [{} for _ in self._ends]
        for item in sorted(gone):
            shard, row = self.place(item)
            drops[shard][row] = gone[item]
        return drops


def near(files: Files, rows: list[int], threshold: float, read: ShingleReader) -> list[list[int]]:
    """Rows that are alike from this Jaccard similarity on, in groups of two and more."""
    numbers = np.array(rows, np.int64)
    candidates = [numbers[group].tolist() for group in groups(files.signatures[numbers], threshold)] if rows else []
    shingles = _shingles(files, sorted({item for group in candidates for item in group}), read)
    union = UnionFind()
    refused: set[tuple[int, int]] = set()
    for group in candidates:
        _join(group, union, refused, lambda a, b: _alike(files, shingles, a, b, threshold))
    return union.sets()


def _join(group: list[int], union: UnionFind, refused: set[tuple[int, int]], alike: Callable[[int, int], bool]) -> None:
    seen: list[int] = []
    for item in group:
        for other in seen:
            if union.find(item) == union.find(other) or (other, item) in refused:
                continue
            if alike(other, item):
                union.union(other, item)
            else:
                refused.add((other, item))
        if len(group) <= _ALL_PAIRS or all(union.find(item) != union.find(other) for other in seen):
            seen.append(item)


def _alike(files: Files, shingles: dict[int, np.ndarray], one: int, other: int, threshold: float) -> bool:
    a, b = shingles[one], shingles[other]
    if min(len(a), len(b)) < threshold * max(len(a), len(b)) or not len(a):
        return False
    if (files.signatures[one] == files.signatures[other]).mean() < threshold - _DOUBT:
        return False
    return jaccard(a, b) >= threshold


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    """Similarity of two sorted arrays without repetitions."""
    common = len(a) + len(b) - len(np.union1d(a, b))
    return common / (len(a) + len(b) - common)


def _shingles(files: Files, items: list[int], read: ShingleReader) -> dict[int, np.ndarray]:
    by_shard: dict[int, list[tuple[int, int]]] = {}
    for item in items:
        shard, row = files.place(item)
        by_shard.setdefault(shard, []).append((row, item))
    found: dict[int, np.ndarray] = {}
    for shard, places in by_shard.items():
        for (_, item), data in zip(places, read(shard, [row for row, _ in places]), strict=True):
            found[item] = np.unique(np.frombuffer(data, "<u4"))
    return found


def _described(files: Files, clusters: list[tuple[str, Cluster]]) -> list[tuple[str, str, list[str]]]:
    largest = sorted(clusters, key=lambda pair: (-len(pair[1].gone), files.name(pair[1].survivor)))
    return [(reason, files.name(c.survivor), sorted(files.name(g) for g in c.gone)) for reason, c in largest]
