"""How fast one process cleans, on the files of the installed packages: `python -m bench.cleaning --json`.

CPU time of this process alone, one thread: decode, filters, personal data and secrets, sketch; with the parser in a
line of its own. Files are read and kept in memory before the clock starts. Peers are not run here yet.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sysconfig
import time
from pathlib import Path
from typing import Any

from codekiln.cleaning import gate
from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.document import Document
from codekiln.cleaning.pipeline import Dropped, Pipeline, build_steps
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref

_BATCH = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=30.0, help="of files to clean; 30 by default")
    parser.add_argument("--runs", type=int, default=3, help="the median counts; 3 by default")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    documents = installed_files(arguments.megabytes * 1e6)
    result = measure(documents, arguments.runs)
    print(f"{result['files']:,} files, {result['bytes'] / 1e6:.1f} MB, {result['kept']:,} kept, gate: {result['gate']}")
    for name in ("mb_per_cpu_s", "mb_per_cpu_s_with_parse"):
        print(f"{name:<26} {result[name]:>8.1f}")
    for step, rate in result["steps"].items():
        print(f"  {step:<24} {rate:>8.0f} MB/CPU-s")
    if arguments.json:
        print(json.dumps(result))


def installed_files(size: float) -> list[Document]:
    """Python files of the installed packages, in an order that is random but always the same, up to `size` bytes."""
    root = Path(sysconfig.get_paths()["purelib"])
    paths = sorted(root.rglob("*.py"))
    random.Random(0).shuffle(paths)
    documents: list[Document] = []
    for path in paths:
        data = path.read_bytes()
        name = path.relative_to(root)
        documents.append(Document("", str(name), name.parts[0], "1", "Python", ("MIT",), "", data, len(data)))
        size -= len(data)
        if size <= 0:
            break
    return documents


def measure(documents: list[Document], runs: int) -> dict[str, Any]:
    """The median of several runs, in one process."""
    total = sum(len(document.data) for document in documents)
    engine = type(gate.shared()).__name__
    plain = sorted(clean(documents, parse=False)[0] for _ in range(runs))[runs // 2]
    parsed = sorted(clean(documents, parse=True)[0] for _ in range(runs))[runs // 2]
    return {
        "files": len(documents),
        "bytes": total,
        "kept": clean(documents, parse=True)[1],
        "gate": engine,
        "mb_per_cpu_s": total / plain / 1e6,
        "mb_per_cpu_s_with_parse": total / parsed / 1e6,
        "steps": by_step(documents),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }


def clean(documents: list[Document], *, parse: bool) -> tuple[float, int]:
    """CPU seconds, and how many files stay."""
    spec = CleaningSpec(corpus=Ref("corpus", "0" * 32), require_parse=parse)
    pipeline = Pipeline(build_steps(spec, Problems()))
    kept = 0
    start = time.process_time()
    for first in range(0, len(documents), _BATCH):
        results = [pipeline.run(fresh(document)) for document in documents[first : first + _BATCH]]
        left = [result for result in results if not isinstance(result, Dropped)]
        sketching.sketch(left)
        kept += len(left)
    return time.process_time() - start, kept


def by_step(documents: list[Document]) -> dict[str, float]:
    """Megabytes a CPU second of each step, on the files that reach it; the gate counts where it is first asked."""
    steps = build_steps(CleaningSpec(corpus=Ref("corpus", "0" * 32)), Problems())
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


if __name__ == "__main__":
    main()
