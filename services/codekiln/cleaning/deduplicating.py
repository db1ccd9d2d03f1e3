"""The duplicates phase of a cleaning: from the sketches that filtering left to a verdict on each file, on Dask."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.cluster import Cluster
from codekiln.cleaning.deduplication.finding import Found, find_duplicates, verdicts
from codekiln.cleaning.deduplication.plan import Plan, Shard, load_plan
from codekiln.cleaning.filtering import find_json, work_key
from codekiln.core.artifacts import Draft
from codekiln.core.errors import DataLoss
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore

STEP = "duplicates"
_STAGES = 13


def find(
    kept: Sequence[int], known: Sequence[Shard], threshold: float, prefix: str, cluster: Cluster, context: Context
) -> Found:
    """`kept` files of each shard are compared with each other and with `known` ones. Kept for the next attempt."""
    where, files = f"{prefix}duplicates.json", sum(kept)
    done = find_json(context.store, where)
    if done is None:
        shards = [
            Shard(work_key(prefix, "sketch", i), work_key(prefix, "entries", i), count) for i, count in enumerate(kept)
        ]
        plan = Plan(f"{prefix}duplicates/", (*shards, *known), threshold)
        stages = 0

        def run(stage: Any, tasks: Sequence[Any]) -> list[dict[str, Any]]:
            nonlocal stages
            context.progress(STEP, files * min(stages, _STAGES) // (_STAGES + 1), files, "files")
            stages += 1
            return cluster.map(stage, tasks, lambda _: None)

        found = find_duplicates(plan, context.store, run)
        context.store.put(where, json.dumps(asdict(found), sort_keys=True).encode())
        done = find_json(context.store, where) or {}
    context.progress(STEP, files, files, "files")
    done["by_shard"] = {int(shard): count for shard, count in done["by_shard"].items()}
    return Found(**done)


def shard_verdicts(store: ObjectStore, prefix: str, index: int) -> pa.Table:
    """Of one shard's files that are in a cluster: VERDICTS."""
    return verdicts(load_plan(store, f"{prefix}duplicates/"), store, index)


def publish_clusters(draft: Draft, store: ObjectStore, prefix: str) -> None:
    """The parts of the dataset that list clusters."""
    plan = load_plan(store, f"{prefix}duplicates/")
    for number, key in enumerate(plan.keys("clusters")):
        draft.add_bytes(f"clusters-{number:05d}.parquet", store.get(f"{key}.parquet"))


def gone_rows(store: ObjectStore, prefix: str, index: int, columns: list[str]) -> pa.Table:
    """Rows of one shard that go as duplicates: `columns` of the dataset, reason, detail, length_bytes, cluster."""
    told = shard_verdicts(store, prefix, index)
    gone = told.filter(told.column("reason").is_valid())
    data = store.get(work_key(prefix, "filtered", index))
    table = pq.read_table(pa.BufferReader(data), columns=columns).take(gone.column("row"))
    if table.num_rows != gone.num_rows:
        raise DataLoss(f"filtered shard {index} lost rows", reason="FILES_LOST")
    details = [
        f"of {name} ({similarity:.2f})" if reason.startswith(("near", "known")) else f"of {name}"
        for reason, name, similarity in zip(
            *(gone.column(name).to_pylist() for name in ("reason", "survivor_name", "similarity")), strict=True
        )
    ]
    table = table.append_column("reason", gone.column("reason"))
    table = table.append_column("detail", pa.array(details, pa.string()))
    table = table.append_column("length_bytes", gone.column("found_bytes"))
    return table.append_column("cluster", gone.column("cluster"))
