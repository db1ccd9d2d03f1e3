"""One cleaning from corpus to published dataset: the order of its phases, and what becomes of their results."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from codekiln.cleaning.cluster import Cluster, open_cluster
from codekiln.cleaning.counts import KEPT, Counts
from codekiln.cleaning.deduplicating import find
from codekiln.cleaning.deduplication.index import open_known
from codekiln.cleaning.filtering import FilterTask, filter_shard, work_key
from codekiln.cleaning.observing import Observed
from codekiln.cleaning.ordering import first_bins
from codekiln.cleaning.publishing import publish
from codekiln.cleaning.results import Filtered, Results
from codekiln.cleaning.spec import KEY_PARAMETER, CleaningSpec
from codekiln.cleaning.writing import (
    Arrangement,
    ArrangeTask,
    WriteTask,
    arrange_shard,
    write_shard,
)
from codekiln.core.artifacts import Key, Manifest, Part, open_artifact
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
        results = Results(spec, filtered, found)
        results.check_not_empty()
        shards = _write(cluster, results, filtered, prefix, key, context)
    return publish(results, shards, prefix, key, context)


def _benchmarks(spec: CleaningSpec, context: Context) -> tuple[tuple[str, Part], ...]:
    manifests = [open_artifact(context.store, ref) for ref in sorted(set(spec.benchmarks))]
    return tuple((str(m.summary.get("name") or m.ref.digest), m.part("problems.jsonl")) for m in manifests)


def _filter(cluster: Cluster, tasks: list[FilterTask], corpus: Manifest, context: Context) -> Filtered:
    total = int(corpus.summary.get("bytes") or sum(task.part.bytes for task in tasks))

    counts = Counts()

    def progress(done: int) -> None:
        context.progress("filter", min(done, total), total, "bytes", metrics=_figures(counts))

    observed = Observed()
    steps: list[str] = []
    leaks: list[Any] = []

    def take(done: dict[str, Any]) -> int:
        """Adds to all what one shard said, of which samples are the most, and keeps how many files stay."""
        counts.merge(Counts.from_json(done["counts"]))
        observed.merge(Observed.from_json(done["observed"]))
        steps[:] = done["steps"]
        leaks.extend(done["leaks"])
        return int(done["kept"])

    progress(0)
    kept = cluster.map(filter_shard, tasks, progress, take)
    dropped = counts.dropped_files
    if counts.seen.files != sum(kept) + dropped:
        raise Internal(f"{counts.seen.files} files went in, {sum(kept)} + {dropped} came out", reason="FILES_LOST")
    context.progress("filter", total, total, "bytes", metrics=_figures(counts))
    # Shards end in any order; what is published has its own.
    in_order = Counts.from_json(json.loads(json.dumps(counts.to_json(), sort_keys=True)))
    return Filtered(in_order, kept, steps, observed, sorted(leaks))


def _figures(counts: Counts) -> dict[str, float]:
    """What those who watch are told: files kept and dropped so far, and dropped by reason."""
    figures: dict[str, float] = {"kept": counts.seen.files - counts.dropped_files, "dropped": counts.dropped_files}
    for reasons in counts.dropped.values():
        figures |= {f"dropped/{reason}": amount.files for reason, amount in reasons.items()}
    return figures


def _write(
    cluster: Cluster, results: Results, filtered: Filtered, prefix: str, key: Key, context: Context
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
