"""Clusters: a file that stays and those that go for it, under an id that lasts.

The id is half of the content hash of the cluster's earliest file: that of the oldest revision, of the least hash where
dates are equal or unknown. It stays while the corpus grows by newer files. Against a known dataset it is the id there.
Where a file comes that unites two clusters, the united one has the id of the earlier file; the other id ends.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.deduplication.entries import Entry
from codekiln.cleaning.deduplication.equal import Report
from codekiln.cleaning.deduplication.exchange import gather, once, scatter, table_of
from codekiln.cleaning.deduplication.joining import members
from codekiln.cleaning.deduplication.plan import Plan, Task, shard_and_row
from codekiln.cleaning.deduplication.settling import GONE
from codekiln.core.store import ObjectStore

REASONS = ("exact_duplicate", "whitespace_duplicate", "near_duplicate")
"""By kind of link."""
KNOWN = "known_duplicate"
SHOWN = 40
"""Largest clusters that the report shows."""
_NAMED = 20
"""Files of a shown cluster that are named beside the one that stays."""

VERDICTS = pa.schema(
    [
        pa.field("row", pa.int64()),
        pa.field("reason", pa.string()),  # null: the file stays, with others that go for it
        pa.field("survivor", pa.uint64()),
        pa.field("survivor_name", pa.string()),
        pa.field("similarity", pa.float32()),
        pa.field("found_bytes", pa.int64()),
        pa.field("cluster", pa.string()),
    ]
)
"""What a shard is told of its files."""

CLUSTERS = pa.schema(
    [
        pa.field("cluster", pa.string(), nullable=False),
        pa.field("kind", pa.string(), nullable=False),  # its weakest reason
        pa.field("survivor", pa.string(), nullable=False),  # repository:path
        pa.field(
            "members",  # those that go, by name
            pa.list_(pa.struct([("file", pa.string()), ("reason", pa.string()), ("similarity", pa.float32())])),
            nullable=False,
        ),
    ]
)
"""The part of a dataset that lists clusters, by size and then name."""


def conclude(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """The clusters of one part's survivors; a verdict on each file of them for its shard."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        table = gather(store, plan.keys(members(plan)), task.number, plan.parts, GONE)
        by_survivor: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in table.to_pylist():
            by_survivor[row["survivor"]].append(row)
        found = [_Cluster(plan, survivor, rows) for survivor, rows in by_survivor.items()]
        found.sort(key=lambda cluster: (-len(cluster.members), cluster.survivor.name, cluster.id))
        _publish(plan, store, task.number, found)
        return _said(plan, found)

    return once(store, f"{task.prefix}clusters-{task.number:05d}.json", work)


def list_clusters(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """One part of the dataset's list: which clusters are in it, and where, depends on them alone."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        listed = gather(store, plan.keys("listed"), task.number, plan.parts, CLUSTERS).to_pylist()
        listed.sort(key=lambda cluster: (-len(cluster["members"]), cluster["survivor"], cluster["cluster"]))
        sink = pa.BufferOutputStream()
        pq.write_table(pa.Table.from_pylist(listed, schema=CLUSTERS), sink, compression="zstd")
        store.put(plan.key("clusters", task.number) + ".parquet", bytes(sink.getvalue()))
        return {"clusters": len(listed)}

    return once(store, f"{task.prefix}list-{task.number:05d}.json", work)


class _Cluster:
    """One file that stays and its members: number, entry, reason, similarity."""

    def __init__(self, plan: Plan, survivor: int, rows: list[dict[str, Any]]) -> None:
        self.file = survivor
        self.survivor = Entry.unpack(rows[0]["survivor_card"])
        self.known = plan.shards[survivor >> 32].known
        self.kind = KNOWN if self.known else REASONS[max(row["kind"] for row in rows)]
        self.members = [
            (row["file"], Entry.unpack(row["card"]), KNOWN if self.known else REASONS[row["kind"]], row["similarity"])
            for row in rows
        ]
        self.members.sort(key=lambda member: (member[1].name, member[1].content, member[0]))
        self.id = f"{self._number():016x}"

    def _number(self) -> int:
        if self.known:
            return self.survivor.cluster or _half(self.survivor.content)
        entries = [self.survivor, *(entry for _, entry, _, _ in self.members)]
        dated = [(entry.date is None, entry.date or 0, _half(entry.content)) for entry in entries]
        return min(dated)[2]


def _half(content: bytes) -> int:
    return int.from_bytes(content[:8], "big")


def _publish(plan: Plan, store: ObjectStore, number: int, found: list[_Cluster]) -> None:
    listed = [
        {
            "cluster": cluster.id,
            "kind": cluster.kind,
            "survivor": cluster.survivor.name,
            "members": [
                {"file": entry.name, "reason": reason, "similarity": similarity}
                for _, entry, reason, similarity in cluster.members
            ],
        }
        for cluster in found
    ]
    receivers = np.array([int(cluster.id, 16) % plan.parts for cluster in found], np.int64)
    scatter(store, plan.key("listed", number), pa.Table.from_pylist(listed, schema=CLUSTERS), receivers, plan.parts)
    verdicts: list[tuple[Any, ...]] = []
    files: list[int] = []
    for cluster in found:
        name = cluster.survivor.name
        if not cluster.known:
            files.append(cluster.file)
            verdicts.append((None, cluster.file, name, 1.0, cluster.survivor.found_bytes, cluster.id))
        for file, entry, reason, similarity in cluster.members:
            files.append(file)
            verdicts.append((reason, cluster.file, name, similarity, entry.found_bytes, cluster.id))
    shards, at = shard_and_row(pa.array(files, pa.uint64()).to_numpy())
    rows = [(row, *verdict) for row, verdict in zip(at.tolist(), verdicts, strict=True)]
    table = table_of(rows, VERDICTS)
    scatter(store, plan.key("verdicts", number), table, shards, plan.corpus_shards)


def _said(plan: Plan, found: list[_Cluster]) -> dict[str, Any]:
    dropped: dict[str, dict[str, int]] = {}
    by_shard: dict[int, int] = defaultdict(int)
    for cluster in found:
        for file, entry, reason, _ in cluster.members:
            amount = dropped.setdefault(reason, {"files": 0, "bytes": 0})
            amount["files"] += 1
            amount["bytes"] += entry.found_bytes
            by_shard[file >> 32] += 1
    largest = [
        [c.kind, c.survivor.name, [entry.name for _, entry, _, _ in c.members[:_NAMED]], len(c.members) + 1]
        for c in found[:SHOWN]
    ]
    return {
        "clusters": len(found),
        "dropped": dropped,
        "by_shard": {str(shard): files for shard, files in sorted(by_shard.items())},
        "largest": largest,
    }
