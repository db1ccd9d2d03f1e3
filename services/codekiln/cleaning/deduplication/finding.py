"""Finds duplicates over all shards: the order of the stages. Each goes on where an earlier attempt stopped.

send_contents -> link_equal -> send_bands -> send_pairs -> link_near
  -> settle, in rounds -> send_survivors -> pair_survivors -> link_survivors -> settle_survivors, in rounds -> move
  -> conclude -> list_clusters
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from codekiln.cleaning.deduplication.clusters import SHOWN, VERDICTS, conclude, list_clusters
from codekiln.cleaning.deduplication.equal import link_equal, send_contents
from codekiln.cleaning.deduplication.exchange import gather
from codekiln.cleaning.deduplication.joining import link_survivors, move, pair_survivors, send_survivors
from codekiln.cleaning.deduplication.near import link_near, send_bands, send_pairs
from codekiln.cleaning.deduplication.plan import Plan, Task
from codekiln.cleaning.deduplication.settling import settle, settle_survivors
from codekiln.core.errors import Internal
from codekiln.core.store import ObjectStore

Stage = Callable[[Task, ObjectStore, Callable[[int], None]], dict[str, Any]]
Run = Callable[[Stage, Sequence[Task]], list[dict[str, Any]]]
"""Runs a stage over its tasks, and gives what each said, in order."""


@dataclass(frozen=True)
class Found:
    """What goes by reason (`files`, `bytes`), files that go by shard, and the largest clusters.

    Of these: reason, survivor, some that go, how many files the cluster has.
    """

    clusters: int
    dropped: dict[str, dict[str, int]] = field(default_factory=dict)
    by_shard: dict[int, int] = field(default_factory=dict)
    largest: list[tuple[str, str, list[str], int]] = field(default_factory=list)


def find_duplicates(plan: Plan, store: ObjectStore, run: Run) -> Found:
    """Leaves a verdict on each file of a cluster in the store. A threshold of 1 leaves near duplicates alone."""
    plan.save(store)
    shards = [Task(plan.prefix, number) for number in range(len(plan.shards))]
    parts = [Task(plan.prefix, number) for number in range(plan.parts)]
    run(send_contents, shards)
    run(link_equal, parts)
    bands = [Task(plan.prefix, number) for number in range(plan.band_parts)]
    if plan.threshold < 1:
        run(send_bands, shards)
        run(send_pairs, bands)
        run(link_near, bands)
    settled = _settle(plan, run, settle)
    run(send_survivors, settled)
    if plan.threshold < 1:
        run(pair_survivors, settled)
        run(link_survivors, bands)
        run(move, _settle(plan, run, settle_survivors))
    said = run(conclude, parts)
    run(list_clusters, parts)
    return _together(said)


def verdicts(plan: Plan, store: ObjectStore, shard: int) -> pa.Table:
    """Of a shard of the corpus, by row; only files that are in a cluster."""
    table = gather(store, plan.keys("verdicts"), shard, plan.corpus_shards, VERDICTS)
    return table.sort_by("row")


def _settle(plan: Plan, run: Run, stage: Stage) -> list[Task]:
    """Those of the last round."""
    before: int | None = None
    number = 0
    while True:
        tasks = [Task(plan.prefix, part, number) for part in range(plan.parts)]
        waiting = sum(part["waiting"] for part in run(stage, tasks))
        if not waiting:
            return tasks
        if before is not None and waiting >= before:
            raise Internal(f"{waiting} answers about duplicates do not come", reason="DUPLICATES_UNDECIDED")
        before, number = waiting, number + 1


def _together(said: list[dict[str, Any]]) -> Found:
    dropped: dict[str, dict[str, int]] = {}
    by_shard: dict[int, int] = {}
    for part in said:
        for reason, amount in part["dropped"].items():
            total = dropped.setdefault(reason, {"files": 0, "bytes": 0})
            total["files"] += amount["files"]
            total["bytes"] += amount["bytes"]
        for shard, files in part["by_shard"].items():
            by_shard[int(shard)] = by_shard.get(int(shard), 0) + files
    largest = sorted(
        (tuple(cluster) for part in said for cluster in part["largest"]),
        key=lambda cluster: (-cluster[3], *cluster[1:3]),
    )
    return Found(sum(part["clusters"] for part in said), dropped, by_shard, largest[:SHOWN])
