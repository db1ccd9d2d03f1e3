"""The first task of a shard: corpus rows through the steps into kept rows, their sketches, dropped rows and counts.

Everything is written under the work prefix; the counts come last and mark the shard as done. Rows never leave the task.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from codekiln.cleaning import ordering
from codekiln.cleaning.anonymize import keys
from codekiln.cleaning.anonymize.substitutes import Substitutes
from codekiln.cleaning.contamination.problems import BenchmarkText, Problems, read_problems
from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.deduplication.entries import packed
from codekiln.cleaning.document import Document, Drop, Step
from codekiln.cleaning.gate import shared
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.observing import Observer, Redact
from codekiln.cleaning.pipeline import Dropped, Pipeline, build_steps, together
from codekiln.cleaning.profiles import PROFILES
from codekiln.cleaning.shards import DROPPED_SCHEMA, KEPT_SCHEMA, ShardWriter, dataset_rows, read_documents
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Part, read_part
from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.store import ObjectStore

_BATCH_FILES, _BATCH_BYTES = 256, 4 << 20
"""Whichever comes first ends a batch of kept files: sketches are made of many at once."""

Report = Callable[[int], None]
"""Called with the bytes done since the last call."""


@dataclass(frozen=True)
class FilterTask:
    """Plain data: what a task needs to find its rows and to leave its results."""

    index: int
    part: Part
    name: str
    """For people: which shard of which corpus."""
    prefix: str
    spec: CleaningSpec
    benchmarks: tuple[tuple[str, Part], ...]
    key: str
    """Fingerprint of the key of the substitutes. The key itself each process reads from the store."""


def work_key(prefix: str, what: str, index: int) -> str:
    """Where a shard's intermediate result lies: `filtered`, `sketch`, `entries`, `dropped`, `bins` or a mark."""
    ending = {"filtered": "parquet", "sketch": "parquet", "dropped": "parquet", "entries": "bin", "bins": "bin"}.get(
        what, "json"
    )
    return f"{prefix}{what}-{index:05d}.{ending}"


def filter_shard(task: FilterTask, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Does the shard unless an earlier attempt has done it; returns its counts."""
    done = find_json(store, work_key(task.prefix, "counts", task.index))
    if done is not None:
        report(done["counts"]["seen"]["bytes"])
        return done
    key = _key(task, store)
    work = _Filtering(task, build_steps(task.spec, Needs(_problems(task.benchmarks, store), key)), key)
    for documents in together(read_documents(read_part(store, task.part), task.name)):
        work.take(documents)
        report(sum(len(document.data) for document in documents))
    return work.write(store)


def _key(task: FilterTask, store: ObjectStore) -> bytes:
    """Raises FailedPrecondition where it is not the one that the dataset's identity was made with."""
    key = keys.of_store(store)
    if task.key != keys.fingerprint(key):
        raise FailedPrecondition(
            f"{store.uri(keys.STORE_KEY)} changed while the job ran: create the job again",
            reason="ANONYMIZATION_KEY_CHANGED",
        )
    return key


def find_json(store: ObjectStore, key: str) -> dict[str, Any] | None:
    """The object, or None where there is none."""
    try:
        return dict(json.loads(store.get(key)))
    except NotFound:
        return None


class _Filtering:
    """One shard on its way through the steps."""

    def __init__(self, task: FilterTask, steps: tuple[Step, ...], key: bytes) -> None:
        self._task = task
        self._profile = PROFILES[task.spec.profile]
        # Not a method of this object: with a cycle it would hold its rows until Python looks for cycles.
        self._observer = Observer(task.spec.seed, _redaction(task.spec, key))
        self._pipeline = Pipeline(steps)
        self._waiting: list[Document] = []
        """Kept, and not written yet: as few as work well together."""
        self._waiting_bytes = 0
        self._rows = ShardWriter(KEPT_SCHEMA)
        self._sketches = ShardWriter(sketching.SCHEMA)
        self._entries: list[bytes] = []
        self._bins: list[ordering.Histogram] = []
        self._dropped: list[tuple[Any, ...]] = []
        self._leaks: list[list[str]] = []

    def take(self, documents: list[Document]) -> None:
        for run in self._pipeline.run_all(documents):
            self._observer.done(run)
            if isinstance(run.result, Dropped):
                self._drop(run.found, run.result.drop)
            else:
                self._keep(run.result)

    def write(self, store: ObjectStore) -> dict[str, Any]:
        self._write_waiting()
        prefix, index = self._task.prefix, self._task.index
        store.put(work_key(prefix, "filtered", index), self._rows.finish())
        store.put(work_key(prefix, "sketch", index), self._sketches.finish())
        store.put(work_key(prefix, "entries", index), packed(self._entries))
        store.put(work_key(prefix, "dropped", index), _dropped_rows(self._dropped))
        store.put(work_key(prefix, "bins", index), ordering.added(self._bins).astype("<i8").tobytes())
        done = {
            "counts": self._pipeline.counts.to_json(),
            "kept": len(self._entries),
            "steps": self._pipeline.steps,
            "observed": self._observer.observed.to_json(),
            "leaks": self._leaks,
        }
        store.put(work_key(prefix, "counts", index), json.dumps(done, sort_keys=True).encode())
        return done

    def _keep(self, document: Document) -> None:
        self._waiting.append(document)
        self._waiting_bytes += len(document.data)
        if len(self._waiting) >= _BATCH_FILES or self._waiting_bytes >= _BATCH_BYTES:
            self._write_waiting()

    def _write_waiting(self) -> None:
        batch, self._waiting, self._waiting_bytes = self._waiting, [], 0
        if not batch:
            return
        sketches = sketching.sketch(batch, self._profile.shingles)
        self._sketches.write(sketches.select(sketching.SCHEMA.names))
        self._entries += sketching.entries(sketches)
        self._rows.write(dataset_rows(batch))
        self._bins.append(ordering.histogram(batch))

    def _drop(self, document: Document, drop: Drop) -> None:
        place = (document.blob_id, document.path, document.repo_name, document.language)
        self._dropped.append((*place, drop.reason, drop.detail, len(document.data)))
        for benchmark, task, evidence in drop.problems:
            self._leaks.append([benchmark, task, document.repo_name, document.path, evidence])


def _redaction(spec: CleaningSpec, key: bytes) -> Redact:
    profile, also = PROFILES[spec.profile], frozenset(spec.anonymize_also)

    def redact(data: bytes, document: Document) -> bytes:
        substitutes = Substitutes(key, document.repo_name)
        return profile.redact(data, shared().hits(data), substitutes, document.language, also)[0]

    return redact


def _dropped_rows(rows: list[tuple[Any, ...]]) -> bytes:
    writer = ShardWriter(DROPPED_SCHEMA)
    columns = zip(*rows, strict=True) if rows else [()] * len(DROPPED_SCHEMA)
    writer.write(pa.table([list(column) for column in columns], schema=DROPPED_SCHEMA))
    return writer.finish()


_last_problems: dict[tuple[tuple[str, Part], ...], Problems] = {}


def _problems(benchmarks: tuple[tuple[str, Part], ...], store: ObjectStore) -> Problems:
    """The benchmarks' problems, read once a process."""
    if benchmarks not in _last_problems:
        _last_problems.clear()
        _last_problems[benchmarks] = read_problems(
            BenchmarkText(name, read_part(store, part)) for name, part in benchmarks
        )
    return _last_problems[benchmarks]
