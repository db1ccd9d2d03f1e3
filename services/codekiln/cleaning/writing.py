"""From what filtering kept and duplicates left to the shards that readers get, in the order of ordering.py.

Two stages: a task for each shard of the corpus sends its rows to the shards of the dataset, and a task for each of
these gathers its rows, sorts them and writes them. Files that were dropped go the same way.
"""

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

from codekiln.cleaning.counts import licence_name
from codekiln.cleaning.deduplicating import gone_rows, shard_verdicts
from codekiln.cleaning.deduplication.exchange import gather, once, pieces, scatter
from codekiln.cleaning.deduplication.index import INDEX, index_parts, index_rows
from codekiln.cleaning.deduplication.plan import Shard
from codekiln.cleaning.filtering import work_key
from codekiln.cleaning.ordering import Merged, bins, in_order, shards
from codekiln.cleaning.shards import DROPPED_SCHEMA, ShardWriter, groups
from codekiln.core.corpus import DATASET_SCHEMA
from codekiln.core.store import ObjectStore

Report = Callable[[int], None]

GONE_SCHEMA = DROPPED_SCHEMA.append(pa.field("cluster", pa.string()))  # null but for duplicates
_ROWS = pa.unify_schemas([DATASET_SCHEMA, INDEX])


@dataclass(frozen=True)
class Arrangement:
    """Where the work lies, how many shards the corpus has, and with which bin each shard of the dataset begins."""

    prefix: str
    corpus_shards: int
    first_bins: tuple[int, ...]

    def save(self, store: ObjectStore) -> None:
        values = {"corpus_shards": self.corpus_shards, "first_bins": self.first_bins}
        store.put(f"{self.prefix}arrangement.json", json.dumps(values).encode())

    @staticmethod
    def load(store: ObjectStore, prefix: str) -> Arrangement:
        """What `save` saved."""
        values = json.loads(store.get(f"{prefix}arrangement.json"))
        return Arrangement(prefix, values["corpus_shards"], tuple(values["first_bins"]))

    def keys(self, what: str) -> list[str]:
        """`rows` or `gone`: what was sent, by shard of the corpus."""
        return [f"{self.prefix}{what}-{index:05d}.arrows" for index in range(self.corpus_shards)]


@dataclass(frozen=True)
class ArrangeTask:
    """Plain data: one shard of the corpus."""

    prefix: str
    index: int


def arrange_shard(task: ArrangeTask, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Sends rows on, unless an earlier attempt has; says how many are kept, by shard of the dataset.

    And duplicates as (language, licence, reason, files, bytes).
    """

    def work() -> dict[str, Any]:
        plan = Arrangement.load(store, task.prefix)
        file = pq.ParquetFile(pa.BufferReader(store.get(work_key(task.prefix, "filtered", task.index))))
        count = file.metadata.num_rows
        rows, clusters = _kept(count, shard_verdicts(store, task.prefix, task.index))
        kept = _taken(file, rows)
        kept = kept.append_column(DATASET_SCHEMA.field("cluster"), pa.array(clusters, pa.string()))
        sketched, entered = (work_key(task.prefix, what, task.index) for what in ("sketch", "entries"))
        shard = Shard(sketched, entered, count)
        index = index_rows(store, shard, rows, [int(cluster, 16) if cluster else 0 for cluster in clusters])
        for field in INDEX:
            kept = kept.append_column(field, index.column(field.name).cast(field.type))
        numbers = _send(store, plan, "rows", task.index, kept.cast(_ROWS))
        del kept, index  # the text of a shard is held once
        dropped = pq.read_table(pa.BufferReader(store.get(work_key(task.prefix, "dropped", task.index))))
        dropped = dropped.append_column("cluster", pa.nulls(dropped.num_rows, pa.string()))
        columns = ["blob_id", "path", "repo_name", "language", "detected_licenses"]
        gone = gone_rows(store, task.prefix, task.index, columns)
        duplicates = _decided(gone)
        gone = gone.select(GONE_SCHEMA.names).cast(GONE_SCHEMA)
        _send(store, plan, "gone", task.index, pa.concat_tables([dropped.cast(GONE_SCHEMA), gone]))
        found, counts = np.unique(numbers, return_counts=True)
        return {"kept": list(zip(found.tolist(), counts.tolist(), strict=True)), "duplicates": duplicates}

    return once(store, work_key(task.prefix, "arranged", task.index), work)


def _taken(file: pq.ParquetFile, rows: np.ndarray) -> pa.Table:
    """These rows, ascending: no more than a row group is held beside them."""
    taken, first = [file.schema_arrow.empty_table()], 0
    for number in range(file.num_row_groups):
        group = file.read_row_group(number)
        taken.append(group.take(pa.array(rows[(rows >= first) & (rows < first + group.num_rows)] - first)))
        first += group.num_rows
    return pa.concat_tables(taken).combine_chunks()


def _decided(gone: pa.Table) -> list[tuple[str, str, str, int, int]]:
    totals: dict[tuple[str, str, str], tuple[int, int]] = {}
    names = ("language", "detected_licenses", "reason", "length_bytes")
    for language, licenses, reason, size in zip(*(gone.column(name).to_pylist() for name in names), strict=True):
        which = (language, licence_name(tuple(licenses)), reason)
        files, bytes_ = totals.get(which, (0, 0))
        totals[which] = (files + 1, bytes_ + size)
    return [(*which, *amount) for which, amount in sorted(totals.items())]


def _send(store: ObjectStore, plan: Arrangement, what: str, index: int, table: pa.Table) -> np.ndarray:
    where = bins(table.column("repo_name").to_pylist(), table.column("path").to_pylist())
    numbers = shards(where, np.array(plan.first_bins))
    scatter(store, plan.keys(what)[index], table, numbers, len(plan.first_bins))
    return numbers


@dataclass(frozen=True)
class WriteTask:
    """Plain data: one shard of the dataset."""

    prefix: str
    index: int
    number: int | None
    """Of its parts, `shard-00000.parquet` and the index; None where nothing is left but dropped files."""
    folder: str
    """Of the parts in the store."""


def write_shard(task: WriteTask, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Writes the parts unless an earlier attempt has; returns them and what is in the first, the shard."""

    def work() -> dict[str, Any]:
        plan = Arrangement.load(store, task.prefix)
        gone = in_order(gather(store, plan.keys("gone"), task.index, len(plan.first_bins), GONE_SCHEMA))
        store.put(gone_key(task.prefix, task.index), _parquet(gone))
        if task.number is None:
            return {"parts": [], "files": 0, "languages": {}, "licenses": {}, "unlicensed": 0}
        rows = Merged(pieces(store, plan.keys("rows"), task.index, len(plan.first_bins)), _ROWS)
        shard, index = f"shard-{task.number:05d}.parquet", f"index-{task.number:05d}"
        parts = [_put(store, task.folder, shard, _shard(rows))]
        for ending, data in zip((".parquet", ".bin"), index_parts(rows.rows(INDEX.names)), strict=True):
            parts.append(_put(store, task.folder, index + ending, data))
        return {"parts": parts, "files": rows.num_rows, **_contents(rows)}

    done = once(store, work_key(task.prefix, "final", task.index), work)
    report(sum(language["bytes"] for language in done["languages"].values()))
    return done


def gone_key(prefix: str, index: int) -> str:
    """Where the dropped files of one shard of the dataset lie."""
    return f"{prefix}gone-of-{index:05d}.parquet"


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


def _shard(rows: Merged) -> bytes:
    writer = ShardWriter(DATASET_SCHEMA)
    for start, end in groups(rows.rows(["length_bytes"]).column(0).to_pylist()):
        writer.write(rows.rows(DATASET_SCHEMA.names, start, end).cast(DATASET_SCHEMA))
    return writer.finish()


def _parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    return bytes(sink.getvalue())


def _contents(rows: Merged) -> dict[str, Any]:
    """Files and bytes by language, files by licence."""
    table = rows.rows(["language", "length_bytes", "detected_licenses"])
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
