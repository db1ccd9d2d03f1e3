"""The second task of a shard: the rows that filtering kept, without the duplicates, as the shard that readers get, and
their sketches as the index that later cleanings compare with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codekiln.cleaning.deduplicating import shard_verdicts
from codekiln.cleaning.deduplication.index import index_parts
from codekiln.cleaning.deduplication.plan import Shard
from codekiln.cleaning.filtering import find_json, work_key
from codekiln.cleaning.shards import ShardWriter
from codekiln.core.corpus import DATASET_SCHEMA
from codekiln.core.store import ObjectStore


@dataclass(frozen=True)
class WriteTask:
    """Plain data: the shard, where its results are and where those of the task belong."""

    index: int
    prefix: str
    number: int
    """Of the part: `shard-00000.parquet`."""
    folder: str
    """Of the parts in the store."""


def write_shard(task: WriteTask, store: ObjectStore, report: Callable[[int], None]) -> dict[str, Any]:
    """Writes the parts unless an earlier attempt has; returns them and what is in the first, the shard."""
    mark = work_key(task.prefix, "final", task.index)
    done = find_json(store, mark)
    if done is None:
        table = pq.read_table(pa.BufferReader(store.get(work_key(task.prefix, "filtered", task.index))))
        rows, clusters = _kept(table.num_rows, shard_verdicts(store, task.prefix, task.index))
        kept = table.take(pa.array(rows))
        kept = kept.append_column(DATASET_SCHEMA.field("cluster"), pa.array(clusters, pa.string()))
        numbers = [int(cluster, 16) if cluster else 0 for cluster in clusters]
        sketched, entered = (work_key(task.prefix, what, task.index) for what in ("sketch", "entries"))
        sketch, entries = index_parts(store, Shard(sketched, entered, table.num_rows), rows, numbers)
        written = {
            f"shard-{task.number:05d}.parquet": _bytes(kept),
            f"index-{task.number:05d}.parquet": sketch,
            f"index-{task.number:05d}.bin": entries,
        }
        parts = [_put(store, task.folder, name, data) for name, data in written.items()]
        done = {"parts": parts, "files": kept.num_rows, **_contents(kept)}
        store.put(mark, json.dumps(done, sort_keys=True).encode())
    report(sum(language["bytes"] for language in done["languages"].values()))
    return done


def _kept(count: int, verdicts: pa.Table) -> tuple[np.ndarray, list[str | None]]:
    """Rows that stay, and the cluster of each."""
    gone = np.zeros(count, bool)
    clusters: dict[int, str] = {}
    for row in verdicts.to_pylist():
        if row["reason"]:
            gone[row["row"]] = True
        else:
            clusters[row["row"]] = row["cluster"]
    rows = np.flatnonzero(~gone)
    return rows, [clusters.get(row) for row in rows.tolist()]


def _put(store: ObjectStore, folder: str, name: str, data: bytes) -> dict[str, Any]:
    store.put(folder + name, data)
    return {"name": name, "key": folder + name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def _bytes(table: pa.Table) -> bytes:
    writer = ShardWriter(DATASET_SCHEMA)
    start = size = 0
    for i, length in enumerate(table.column("length_bytes").to_pylist()):
        size += length
        if size >= 16 << 20:
            writer.write(table.slice(start, i + 1 - start))
            start, size = i + 1, 0
    writer.write(table.slice(start))
    return writer.finish()


def _contents(table: pa.Table) -> dict[str, Any]:
    """Files and bytes by language, files by licence."""
    by_language = table.group_by("language").aggregate([("length_bytes", "sum"), ("length_bytes", "count")]).to_pylist()
    flat = pc.list_flatten(table.column("detected_licenses"))
    counts = pc.value_counts(flat).to_pylist()
    return {
        "languages": {
            r["language"]: {"files": r["length_bytes_count"], "bytes": r["length_bytes_sum"]} for r in by_language
        },
        "licenses": {row["values"]: row["counts"] for row in counts},
        "unlicensed": pc.sum(pc.equal(pc.list_value_length(table.column("detected_licenses")), 0)).as_py() or 0,
    }
