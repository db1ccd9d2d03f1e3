"""One cleaning from corpus to published dataset: the order of its phases, and what becomes of their results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.cluster import Cluster, open_cluster
from codekiln.cleaning.deduplicating import STEP as DUPLICATES_STEP
from codekiln.cleaning.deduplicating import find, publish_clusters
from codekiln.cleaning.deduplication.finding import Found
from codekiln.cleaning.deduplication.index import INDEX_VERSION, open_known
from codekiln.cleaning.filtering import FilterTask, filter_shard, work_key
from codekiln.cleaning.observing import Observed
from codekiln.cleaning.ordering import first_bins
from codekiln.cleaning.pipeline import KEPT, Counts
from codekiln.cleaning.report.data import REPORT_PARTS, build_report
from codekiln.cleaning.report.page import render
from codekiln.cleaning.report.times import write_times
from codekiln.cleaning.spec import KEY_PARAMETER, CleaningSpec
from codekiln.cleaning.steps.benchmark import GROUP as CONTAMINATION
from codekiln.cleaning.writing import (
    GONE_SCHEMA,
    Arrangement,
    ArrangeTask,
    WriteTask,
    arrange_shard,
    gone_key,
    write_shard,
)
from codekiln.core.artifacts import Draft, Key, Manifest, Part, open_artifact
from codekiln.core.errors import FailedPrecondition, Internal
from codekiln.core.jobs.worker import Context


def clean(spec: CleaningSpec, key: Key, context: Context) -> Manifest:
    """Cleans the corpus and publishes the dataset.

    Raises FailedPrecondition where the corpus has no files or none is left or a known dataset has no index, NotFound
    for a corpus, benchmark or known dataset that is not there, InvalidArgument for a malformed benchmark, DataLoss for
    an unreadable shard, Unavailable without Dask.
    """
    corpus = open_artifact(context.store, spec.corpus)
    parts = corpus.parts_under("shard-")
    if not parts or corpus.summary.get("files") == 0:
        raise FailedPrecondition(
            f"{spec.corpus} has no files: check the sources of its ingestion", reason="CORPUS_EMPTY", corpus=spec.corpus
        )
    benchmarks = _benchmarks(spec, context)
    known = open_known(context.store, spec.known, spec.profile)
    prefix, fingerprint = context.work_prefix(key), key.parameters[KEY_PARAMETER]
    tasks = [
        FilterTask(i, part, f"{part.name} of {spec.corpus}", prefix, spec, benchmarks, fingerprint)
        for i, part in enumerate(parts)
    ]
    with open_cluster(context.settings) as cluster:
        filtered = _filter(cluster, tasks, corpus, context)
        found = find(filtered.kept, known, spec.near_duplicate_threshold, prefix, cluster, context)
        results = _Results(spec, filtered, found)
        results.check_not_empty()
        shards = _write(cluster, results, filtered, prefix, key, context)
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

    def __init__(self, spec: CleaningSpec, filtered: _Filtered, found: Found) -> None:
        self.spec = spec
        self.counts = filtered.counts
        self.filtered = filtered
        self.found = found
        self.kept = [kept - found.by_shard.get(shard, 0) for shard, kept in enumerate(filtered.kept)]
        for reason, amount in found.dropped.items():
            self.counts.drop(DUPLICATES_STEP, reason, amount["bytes"], amount["files"])

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


def _write(
    cluster: Cluster, results: _Results, filtered: _Filtered, prefix: str, key: Key, context: Context
) -> list[dict[str, Any]]:
    """A task for each shard of the corpus, then for each of the dataset; parts are numbered without gaps."""
    arrangement = Arrangement(prefix, len(filtered.kept), _first_bins(len(filtered.kept), prefix, context))
    arrangement.save(context.store)
    files, figures = sum(results.kept), _figures(results.counts)
    context.progress("arrange", 0, files, "files", metrics=figures)
    kept: dict[int, int] = {}
    for said in cluster.map(arrange_shard, [ArrangeTask(prefix, i) for i in range(len(filtered.kept))], lambda _: None):
        for shard, count in said["kept"]:
            kept[shard] = kept.get(shard, 0) + count
        # Filtering had kept the duplicates: counts by language and licence are to say what became of them.
        for language, licence, reason, count, size in said["duplicates"]:
            results.counts.decide(language, licence, reason, size, count)
            results.counts.decide(language, licence, KEPT, -size, -count)
    context.progress("arrange", files, files, "files", metrics=figures)
    # Beside the attempts' own folders, under one name: every attempt writes the same bytes there.
    folder = f"artifacts/{key.kind}/{key.ref.digest}/shards/"
    numbers = {shard: number for number, shard in enumerate(sorted(kept))}
    tasks = [WriteTask(prefix, i, numbers.get(i), folder) for i in range(len(arrangement.first_bins))]
    total = results.counts.seen.bytes - sum(amount["bytes"] for amount in results.dropped.values())

    def progress(done: int) -> None:
        context.progress("write", min(done, total), total, "bytes", metrics=figures)

    progress(0)
    done = list(cluster.map(write_shard, tasks, progress))
    progress(total)  # steps make files shorter, so what was written is less than what was found
    return done


def _first_bins(shards: int, prefix: str, context: Context) -> tuple[int, ...]:
    keys = (work_key(prefix, "bins", index) for index in range(shards))
    histograms = (np.frombuffer(context.store.get(key), "<i8").reshape(-1, 2) for key in keys)
    return tuple(first_bins(histograms).tolist())


def _publish(results: _Results, shards: list[dict[str, Any]], prefix: str, key: Key, context: Context) -> Manifest:
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


def _add_dropped(draft: Draft, results: _Results, shards: int, prefix: str, context: Context) -> None:
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


def _listed(results: _Results) -> list[dict[str, Any]]:
    return [*results.filtered.observed.largest, *results.filtered.observed.slowest]
