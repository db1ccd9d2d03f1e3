"""The last phase of a cleaning: shards, index, dropped files, clusters and report become a dataset."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.counts import KEPT
from codekiln.cleaning.deduplicating import STEP as DUPLICATES_STEP
from codekiln.cleaning.deduplicating import publish_clusters
from codekiln.cleaning.deduplication.index import INDEX_VERSION
from codekiln.cleaning.report.data import REPORT_PARTS, build_report
from codekiln.cleaning.report.page import render
from codekiln.cleaning.report.times import write_times
from codekiln.cleaning.results import Results
from codekiln.cleaning.steps.benchmark import GROUP as CONTAMINATION
from codekiln.cleaning.writing import GONE_SCHEMA, gone_key
from codekiln.core.artifacts import Draft, Key, Manifest, Part
from codekiln.core.errors import Internal
from codekiln.core.jobs.worker import Context


def publish(results: Results, shards: list[dict[str, Any]], prefix: str, key: Key, context: Context) -> Manifest:
    """The dataset of these shards, with the report of `results`; then the steps to it are taken away."""
    draft = Draft(context.store, key)
    filled = [shard for shard in shards if shard["parts"]]
    for number in range(3):  # all shards, then all of the index
        for shard in filled:
            draft.adopt(Part(**shard["parts"][number]))
    languages: dict[str, dict[str, int]] = {}
    licenses: dict[str, int] = {}
    for shard in shards:
        for name, amount in shard["languages"].items():
            total = languages.setdefault(name, {"files": 0, "bytes": 0})
            total["files"] += amount["files"]
            total["bytes"] += amount["bytes"]
        for name, files in [*shard["licenses"].items(), *([("NOASSERTION", n)] if (n := shard["unlicensed"]) else [])]:
            licenses[name] = licenses.get(name, 0) + files
    if sum(shard["files"] for shard in shards) != sum(results.kept):
        raise Internal("the shards written do not hold the files that were kept", reason="FILES_LOST")
    summary = _summary(results, dict(sorted(languages.items(), key=lambda item: (-item[1]["bytes"], item[0]))))
    summary["index"] = {
        "version": INDEX_VERSION,
        "bytes": sum(part["bytes"] for shard in shards for part in shard["parts"][1:]),
    }
    _add_dropped(draft, results, len(shards), prefix, context)
    publish_clusters(draft, context.store, prefix)
    if results.spec.benchmarks:
        names = ("benchmark", "task_id", "repository", "path", "evidence")
        draft.add_json(REPORT_PARTS.leaks, [dict(zip(names, leak, strict=True)) for leak in results.filtered.leaks])
    filtered = results.filtered
    steps = [*filtered.steps, DUPLICATES_STEP]
    report = build_report(
        results.spec, results.counts, steps, filtered.observed, vars(results.found), summary, licenses
    )
    draft.add_json(REPORT_PARTS.json, report)
    draft.add_bytes(REPORT_PARTS.html, render(report).encode())
    write_times(context.store, key.ref, filtered.observed)
    manifest = draft.publish(summary=summary, licenses=licenses)
    # From here on the manifest answers for the work, and nobody asks for the steps to it.
    for info in list(context.store.list(prefix)):
        context.store.delete(info.key)
    return manifest


def _summary(results: Results, languages: dict[str, dict[str, int]]) -> dict[str, Any]:
    contamination: dict[str, dict[str, int]] = {}
    for name, files in sorted(results.counts.tallies.get(CONTAMINATION, {}).items()):
        benchmark, _, task = name.partition("\t")
        contamination.setdefault(benchmark, {})[task] = files
    return {
        "files_in": results.counts.seen.files,
        "bytes_in": results.counts.seen.bytes,
        "files_kept": sum(results.kept),
        "bytes_kept": sum(language["bytes"] for language in languages.values()),
        "dropped": results.dropped,
        "anonymized": dict(sorted(results.counts.tallies.get("anonymized", {}).items())),
        "contamination": contamination,
        "languages": languages,
    }


def _add_dropped(draft: Draft, results: Results, shards: int, prefix: str, context: Context) -> None:
    """dropped.parquet: by shard of the dataset, in the order of its rows."""
    path = context.scratch / "dropped.parquet"
    names = {(file["repository"], file["path"]) for file in _listed(results)}
    gone: dict[tuple[str, str], str] = {}
    with pq.ParquetWriter(path, GONE_SCHEMA, compression="zstd") as writer:
        for index in range(shards):
            table = pq.read_table(pa.BufferReader(context.store.get(gone_key(prefix, index))))
            if table.num_rows:
                writer.write_table(table)
            columns = (table.column(name).to_pylist() for name in ("repo_name", "path", "reason"))
            gone |= {(name, path): reason for name, path, reason in zip(*columns, strict=True) if (name, path) in names}
    draft.add_file("dropped.parquet", path)
    for file in _listed(results):
        if file["outcome"] == KEPT:  # filtering had kept it
            file["outcome"] = gone.get((file["repository"], file["path"]), KEPT)


def _listed(results: Results) -> list[dict[str, Any]]:
    return [*results.filtered.observed.largest, *results.filtered.observed.slowest]
