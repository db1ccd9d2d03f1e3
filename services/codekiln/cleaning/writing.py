"""The second task of a shard: the rows that filtering kept, without the duplicates, as the shard that readers get."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from codekiln.cleaning.filtering import find_json, work_key
from codekiln.cleaning.shards import ShardWriter
from codekiln.core.corpus import DATASET_SCHEMA
from codekiln.core.store import ObjectStore


@dataclass(frozen=True)
class WriteTask:
    """Plain data: the shard, the rows that go, and where the result belongs."""

    index: int
    gone: tuple[int, ...]
    prefix: str
    name: str
    """Of the part: `shard-00000.parquet`."""
    target: str
    """Key of the part in the store."""


def write_shard(task: WriteTask, store: ObjectStore, report: Callable[[int], None]) -> dict[str, Any]:
    """Writes the part unless an earlier attempt has; returns the part and what is in it."""
    mark = work_key(task.prefix, "final", task.index)
    done = find_json(store, mark)
    if done is None:
        table = pq.read_table(pa.BufferReader(store.get(work_key(task.prefix, "filtered", task.index))))
        kept = _without(table, task.gone)
        data = _bytes(kept)
        store.put(task.target, data)
        part = {"name": task.name, "key": task.target, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        done = {"part": part, "files": kept.num_rows, **_contents(kept)}
        store.put(mark, json.dumps(done, sort_keys=True).encode())
    report(sum(language["bytes"] for language in done["languages"].values()))
    return done


def _without(table: pa.Table, gone: tuple[int, ...]) -> pa.Table:
    if not gone:
        return table
    mask = [True] * table.num_rows
    for row in gone:
        mask[row] = False
    return table.filter(pa.array(mask))


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
