"""One cleaning from corpus to published dataset: the order of its phases, and what becomes of their results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.cluster import Cluster, open_cluster
from codekiln.cleaning.deduplication.finding import KEYS, find_duplicates
from codekiln.cleaning.filtering import FilterTask, filter_shard, find_json, work_key
from codekiln.cleaning.observing import Observed
from codekiln.cleaning.pipeline import KEPT, Counts, licence_name
from codekiln.cleaning.report.data import REPORT_PARTS, build_report
from codekiln.cleaning.report.page import render
from codekiln.cleaning.report.times import write_times
from codekiln.cleaning.shards import DROPPED_SCHEMA
from codekiln.cleaning.spec import KEY_PARAMETER, CleaningSpec
from codekiln.cleaning.steps.benchmark import GROUP as CONTAMINATION
from codekiln.cleaning.writing import WriteTask, write_shard
from codekiln.core.artifacts import Draft, Key, Manifest, Part, open_artifact
from codekiln.core.errors import DataLoss, FailedPrecondition, Internal
from codekiln.core.jobs.worker import Context

DUPLICATES_STEP = "duplicates"


def clean(spec: CleaningSpec, key: Key, context: Context) -> Manifest:
    """Cleans the corpus and publishes the dataset.

    Raises FailedPrecondition where the corpus has no files or none is left, NotFound for a corpus or benchmark that is
    not there, InvalidArgument for a malformed benchmark, DataLoss for an unreadable shard, Unavailable without Dask.
    """
    corpus = open_artifact(context.store, spec.corpus)
    parts = corpus.parts_under("shard-")
    if not parts or corpus.summary.get("files") == 0:
        raise FailedPrecondition(
            f"{spec.corpus} has no files: check the sources of its ingestion", reason="CORPUS_EMPTY", corpus=spec.corpus
        )
    benchmarks = _benchmarks(spec, context)
    prefix, fingerprint = context.work_prefix(key), key.parameters[KEY_PARAMETER]
    tasks = [
        FilterTask(i, part, f"{part.name} of {spec.corpus}", prefix, spec, benchmarks, fingerprint)
        for i, part in enumerate(parts)
    ]
    with open_cluster(context.settings) as cluster:
        filtered = _filter(cluster, tasks, corpus, context)
        verdict = _duplicates(spec, prefix, filtered, context)
        results = _Results(spec, filtered, verdict)
        results.check_not_empty()
        shards = _write(cluster, results, prefix, key, context)
    return _publish(results, shards, prefix, key, context)


@dataclass(frozen=True)
class _Filtered:
    """What filtering said of all shards."""

    counts: Counts
    kept: list[int]
    steps: list[str]
    observed: Observed
    leaks: list[list[str]]
    """Benchmark, task, repository, path and evidence."""


class _Results:
    """Counts of all phases, put together."""

    def __init__(self, spec: CleaningSpec, filtered: _Filtered, verdict: dict[str, Any]) -> None:
        self.spec = spec
        self.counts = filtered.counts
        self.filtered = filtered
        self.verdict = verdict
        self.gone = [{int(row): drop for row, drop in shard.items()} for shard in verdict["drops"]]
        self.kept = [kept - len(gone) for kept, gone in zip(filtered.kept, self.gone, strict=True)]
        for shard in self.gone:
            for reason, _, length in shard.values():
                self.counts.drop(DUPLICATES_STEP, reason, length)

    @property
    def dropped(self) -> dict[str, dict[str, int]]:
        """Files and bytes by reason, most files first."""
        reasons = {r: vars(a) for step in self.counts.dropped.values() for r, a in step.items()}
        return dict(sorted(reasons.items(), key=lambda item: (-item[1]["files"], item[0])))

    def check_not_empty(self) -> None:
        """Raises FailedPrecondition where nothing is left, with the reasons and what to change."""
        if self.counts.seen.files == 0:
            raise FailedPrecondition(
                f"{self.spec.corpus} has no files: check the sources of its ingestion", reason="CORPUS_EMPTY"
            )
        if sum(self.kept) > 0:
            return
        top = list(self.dropped.items())[:3]
        reasons = ", ".join(f"{amount['files']:,} as {reason}" for reason, amount in top)
        advice = next((_ADVICE[reason] for reason, _ in top if reason in _ADVICE), _ADVICE[""])
        raise FailedPrecondition(
            f"every one of the {self.counts.seen.files:,} files of {self.spec.corpus} was dropped: {reasons}. {advice}",
            reason="DATASET_EMPTY",
            **{reason: amount["files"] for reason, amount in top},
        )


_ADVICE = {
    "licence_unknown": "Set keep_unlicensed where you may use files without a known licence",
    "licence_not_allowed": "Name the licences that you may use in `licenses`",
    "parse_error": "Set require_parse to false to keep files that do not parse",
    "line_too_long": "Raise max_line_length",
    "lines_too_long": "Raise max_mean_line_length",
    "few_letters": "Lower min_alphabetic_share",
    "benchmark_problem": "The corpus holds little but benchmark problems: ingest other sources",
    "": "Ingest other sources: `codekiln ingest --help` shows which there are",
}


def _benchmarks(spec: CleaningSpec, context: Context) -> tuple[tuple[str, Part], ...]:
    manifests = [open_artifact(context.store, ref) for ref in sorted(set(spec.benchmarks))]
    return tuple((str(m.summary.get("name") or m.ref.digest), m.part("problems.jsonl")) for m in manifests)


def _filter(cluster: Cluster, tasks: list[FilterTask], corpus: Manifest, context: Context) -> _Filtered:
    total = int(corpus.summary.get("bytes") or sum(task.part.bytes for task in tasks))

    so_far = Counts()

    def progress(done: int) -> None:
        context.progress("filter", min(done, total), total, "bytes", metrics=_figures(so_far))

    progress(0)
    counts, observed, kept, steps, leaks = Counts(), Observed(), [], [], []
    for done in cluster.map(filter_shard, tasks, progress, lambda done: so_far.merge(Counts.from_json(done["counts"]))):
        counts.merge(Counts.from_json(done["counts"]))
        observed.merge(Observed.from_json(done["observed"]))
        kept.append(done["kept"])
        steps = done["steps"]
        leaks += done["leaks"]
    dropped = counts.dropped_files
    if counts.seen.files != sum(kept) + dropped:
        raise Internal(f"{counts.seen.files} files went in, {sum(kept)} + {dropped} came out", reason="FILES_LOST")
    context.progress("filter", total, total, "bytes", metrics=_figures(counts))
    return _Filtered(counts, kept, steps, observed, sorted(leaks))


def _figures(counts: Counts) -> dict[str, float]:
    """What those who watch are told: files kept and dropped so far, and dropped by reason."""
    figures: dict[str, float] = {"kept": counts.seen.files - counts.dropped_files, "dropped": counts.dropped_files}
    for reasons in counts.dropped.values():
        figures |= {f"dropped/{reason}": amount.files for reason, amount in reasons.items()}
    return figures


def _duplicates(spec: CleaningSpec, prefix: str, filtered: _Filtered, context: Context) -> dict[str, Any]:
    """By shard, row -> [reason, detail, bytes]; and the clusters. Kept for the next attempt."""
    where = f"{prefix}duplicates.json"
    verdict = find_json(context.store, where)
    if verdict is not None:
        return verdict
    files = sum(filtered.kept)
    context.progress("duplicates", 0, files, "files")
    sketches = [_sketch(context, prefix, i, [*KEYS, "found_bytes"]) for i in range(len(filtered.kept))]

    def shingles(shard: int, rows: Any) -> list[bytes]:
        column = _sketch(context, prefix, shard, ["shingles"]).column("shingles")
        return [column[row].as_py() for row in rows]

    found = find_duplicates(sketches, spec.near_duplicate_threshold, shingles)
    lengths = [sketch.column("found_bytes") for sketch in sketches]
    verdict = {
        "drops": [
            {row: [drop.reason, drop.detail, lengths[i][row].as_py()] for row, drop in shard.items()}
            for i, shard in enumerate(found.drops)
        ],
        "clusters": len(found.clusters),
        "largest": [list(cluster) for cluster in found.clusters[:40]],
    }
    context.store.put(where, json.dumps(verdict).encode())
    context.progress("duplicates", files, files, "files")
    return find_json(context.store, where) or verdict


def _sketch(context: Context, prefix: str, shard: int, columns: list[str]) -> pa.Table:
    return pq.read_table(pa.BufferReader(context.store.get(work_key(prefix, "sketch", shard))), columns=columns)


def _write(cluster: Cluster, results: _Results, prefix: str, key: Key, context: Context) -> list[dict[str, Any]]:
    """One task a shard that has something left; parts are numbered without gaps."""
    filled = [index for index, kept in enumerate(results.kept) if kept]
    names = [f"shard-{number:05d}.parquet" for number in range(len(filled))]
    # Beside the attempts' own folders, under one name: every attempt writes the same bytes there.
    folder = f"artifacts/{key.kind}/{key.ref.digest}/shards/"
    tasks = [
        WriteTask(index, tuple(sorted(results.gone[index])), prefix, name, folder + name)
        for index, name in zip(filled, names, strict=True)
    ]
    total = results.counts.seen.bytes - sum(amount["bytes"] for amount in results.dropped.values())
    figures = _figures(results.counts)

    def progress(done: int) -> None:
        context.progress("write", min(done, total), total, "bytes", metrics=figures)

    progress(0)
    done = list(cluster.map(write_shard, tasks, progress))
    progress(total)  # steps make files shorter, so what was written is less than what was found
    return done


def _publish(results: _Results, shards: list[dict[str, Any]], prefix: str, key: Key, context: Context) -> Manifest:
    draft = Draft(context.store, key)
    for shard in shards:
        draft.adopt(Part(**shard["part"]))
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
    _add_dropped(draft, results, prefix, context)
    if results.spec.benchmarks:
        names = ("benchmark", "task_id", "repository", "path", "evidence")
        draft.add_json(REPORT_PARTS.leaks, [dict(zip(names, leak, strict=True)) for leak in results.filtered.leaks])
    filtered = results.filtered
    steps = [*filtered.steps, DUPLICATES_STEP]
    report = build_report(results.spec, results.counts, steps, filtered.observed, results.verdict, summary, licenses)
    draft.add_json(REPORT_PARTS.json, report)
    draft.add_bytes(REPORT_PARTS.html, render(report).encode())
    write_times(context.store, key.ref, filtered.observed)
    manifest = draft.publish(summary=summary, licenses=licenses)
    # From here on the manifest answers for the work, and nobody asks for the steps to it.
    for info in list(context.store.list(prefix)):
        context.store.delete(info.key)
    return manifest


def _summary(results: _Results, languages: dict[str, dict[str, int]]) -> dict[str, Any]:
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


def _add_dropped(draft: Draft, results: _Results, prefix: str, context: Context) -> None:
    """dropped.parquet: what filtering dropped, then duplicates, shard by shard."""
    path = context.scratch / "dropped.parquet"
    with pq.ParquetWriter(path, DROPPED_SCHEMA, compression="zstd") as writer:
        for index, gone in enumerate(results.gone):
            writer.write_table(pq.read_table(pa.BufferReader(context.store.get(work_key(prefix, "dropped", index)))))
            for table in _duplicate_rows(gone, index, prefix, context):
                _take_back(results, table)
                writer.write_table(table.select(DROPPED_SCHEMA.names).cast(DROPPED_SCHEMA))
    draft.add_file("dropped.parquet", path)


def _take_back(results: _Results, duplicates: pa.Table) -> None:
    """Filtering had kept them: counts by language and licence, and lists of files, are to say what became of them."""
    gone: dict[tuple[str, str], str] = {}
    columns = ["repo_name", "path", "language", "detected_licenses", "reason", "length_bytes"]
    for row in duplicates.select(columns).to_pylist():
        which = (row["language"], licence_name(row["detected_licenses"]))
        results.counts.decide(*which, row["reason"], row["length_bytes"])
        results.counts.decide(*which, KEPT, -row["length_bytes"], -1)
        gone[(row["repo_name"], row["path"])] = row["reason"]
    observed = results.filtered.observed
    for file in [*observed.largest, *observed.slowest]:
        if file["outcome"] == KEPT:
            file["outcome"] = gone.get((file["repository"], file["path"]), KEPT)


def _duplicate_rows(gone: dict[int, list[Any]], index: int, prefix: str, context: Context) -> Iterator[pa.Table]:
    if not gone:
        return
    data = context.store.get(work_key(prefix, "filtered", index))
    columns = ["blob_id", "path", "repo_name", "language", "detected_licenses"]
    rows = sorted(gone)
    table = pq.read_table(pa.BufferReader(data), columns=columns).take(pa.array(rows))
    if table.num_rows != len(rows):
        raise DataLoss(f"filtered shard {index} lost rows", reason="FILES_LOST")
    table = table.append_column("reason", pa.array([gone[row][0] for row in rows]))
    table = table.append_column("detail", pa.array([gone[row][1] for row in rows]))
    table = table.append_column("length_bytes", pa.array([gone[row][2] for row in rows], pa.int64()))
    yield table
