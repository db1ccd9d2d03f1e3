"""One process, one thread, CPU time: decode, filters, personal data and secrets, sketch; the same with the parser."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.peers import Missing
from codekiln.cleaning import gate
from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.document import Document
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import Pipeline, build_steps, together
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref

_BATCH = 256


def measure(documents: list[Document], runs: int, peer: Callable[[list[Document]], float]) -> dict[str, Any]:
    """The median of several runs, in one process, half of them before the peer's run and half after.

    A shared machine is slower in one minute than in the next; all runs in a row would meet the peer in another minute.
    `datatrove_mb_per_cpu_s` and `times_datatrove` are left out, and `missing` says why, where the peer is not there.
    """
    total = sum(len(document.data) for document in documents)
    engine = type(gate.shared()).__name__
    plain, parsed = [], []
    beside: dict[str, Any] = {}
    for turn in range(runs):
        plain.append(clean(documents, parse=False)[0])
        seconds, kept = clean(documents, parse=True)
        parsed.append(seconds)
        if turn == runs // 2:
            try:
                beside["datatrove_mb_per_cpu_s"] = peer(documents)
            except Missing as missing:
                beside["missing"] = str(missing)
    rate = total / statistics.median(plain) / 1e6
    if "missing" not in beside:
        beside["times_datatrove"] = rate / beside["datatrove_mb_per_cpu_s"]
    return {
        "files": len(documents),
        "bytes": total,
        "kept": kept,
        "gate": engine,
        "mb_per_cpu_s": rate,
        "mb_per_cpu_s_with_parse": total / statistics.median(parsed) / 1e6,
        "steps": by_step(documents),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
        **beside,
    }


def clean(documents: list[Document], *, parse: bool) -> tuple[float, int]:
    """CPU seconds, and how many files stay."""
    spec = CleaningSpec(corpus=Ref("corpus", "0" * 32), require_parse=parse)
    pipeline = Pipeline(build_steps(spec, Needs(Problems(), bytes(32))))
    kept = 0
    start = time.process_time()
    left: list[Document] = []
    for some in together(fresh(document) for document in documents):
        left += [run.result for run in pipeline.run_all(some) if isinstance(run.result, Document)]
        if len(left) >= _BATCH:
            sketching.sketch(left)
            kept += len(left)
            left = []
    sketching.sketch(left)
    kept += len(left)
    return time.process_time() - start, kept


def by_step(documents: list[Document]) -> dict[str, float]:
    """Megabytes a CPU second of each step, on the files that reach it; the gate counts where it is first asked."""
    steps = build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32)), Needs(Problems(), bytes(32)))
    rates: dict[str, float] = {}
    left = [fresh(document) for document in documents]
    for step in steps:
        size = sum(len(document.data) for document in left)
        start = time.process_time()
        results = [step.apply(document) for document in left]
        rates[step.name] = size / 1e6 / max(1e-9, time.process_time() - start)
        left = [result for result in results if isinstance(result, Document)]
    size = sum(len(document.data) for document in left)
    start = time.process_time()
    for first in range(0, len(left), _BATCH):
        sketching.sketch(left[first : first + _BATCH])
    rates["sketch"] = size / 1e6 / max(1e-9, time.process_time() - start)
    return rates


def fresh(document: Document) -> Document:
    """The document with nothing measured yet."""
    return document.changed(document.data)
