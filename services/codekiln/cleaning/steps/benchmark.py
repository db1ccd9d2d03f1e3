"""Decontamination: files that hold a benchmark's problem or its solution go."""

from __future__ import annotations

from codekiln.cleaning.contamination.matching import matches
from codekiln.cleaning.contamination.problems import Problems
from codekiln.cleaning.document import Document, Drop, Tally

GROUP = "contamination"


class BenchmarkStep:
    """Drops files that hold a problem, and counts each problem it saw as `benchmark<TAB>task`."""

    name = "benchmark"

    def __init__(self, problems: Problems) -> None:
        self._problems = problems

    def apply(self, document: Document) -> Document | Drop:
        found = matches(document, self._problems)
        if not found:
            return document
        detail = "; ".join(f"{m.problem.task_id}: {m.evidence}" for m in found[:3])
        more = f"; and {len(found) - 3} more" if len(found) > 3 else ""
        tallies = tuple(Tally(GROUP, f"{m.problem.benchmark}\t{m.problem.task_id}") for m in found)
        problems = tuple((m.problem.benchmark, m.problem.task_id, m.evidence) for m in found)
        return Drop("benchmark_problem", detail + more, tallies, problems)
