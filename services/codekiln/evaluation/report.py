"""What an evaluation publishes: the score with its interval, every outcome, every completion. Pure.

Times are in the summary alone, so that the parts of equal evaluations are equal bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from codekiln.core.hashing import canonical_json
from codekiln.evaluation.benchmark import Benchmark
from codekiln.evaluation.completions import Completion
from codekiln.evaluation.passk import score
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.spec import EvaluationSpec


@dataclass(frozen=True)
class Judged:
    """A completion and its verdict."""

    completion: Completion
    verdict: Verdict

    @property
    def passed(self) -> bool:
        return self.verdict.outcome is Outcome.PASSED


def scores(spec: EvaluationSpec, benchmark: Benchmark, judged: Sequence[Judged]) -> dict[str, Any]:
    """What report.json and the summary share."""
    outcomes = Counter(str(one.verdict.outcome) for one in judged)
    return {
        "benchmark": benchmark.name,
        "problems": len(benchmark.problems),
        "samples": spec.samples,
        "pass_at": _pass_at(spec, benchmark, judged, frozenset()),
        "outcomes": {str(outcome): outcomes[outcome] for outcome in Outcome if outcomes[outcome]},
        "parse_share": 1 - outcomes[Outcome.SYNTAX_ERROR] / len(judged),
        "prompts_shortened": sum(one.completion.shortened for one in judged),
    }


def beside_scores(
    spec: EvaluationSpec, benchmark: Benchmark, judged: Sequence[Judged], contamination: dict[str, Any]
) -> dict[str, Any]:
    """How many of the problems the model's corpus held, and the scores on all others. Nothing where that is unknown."""
    if contamination["status"] != "checked":
        return {}
    names = {problem.task_id for problem in benchmark.problems}
    found = frozenset(contamination["problems"]) & names
    others = _pass_at(spec, benchmark, judged, found) if found < names else {}
    return {"contaminated_problems": len(found), "pass_at_others": others}


def _pass_at(
    spec: EvaluationSpec, benchmark: Benchmark, judged: Sequence[Judged], without: frozenset[str]
) -> dict[str, Any]:
    passed = Counter(one.completion.task_id for one in judged if one.passed)
    counts = [(spec.samples, passed[p.task_id]) for p in benchmark.problems if p.task_id not in without]
    return {str(k): asdict(score(counts, k, spec.seed)) for k in sorted(set(spec.k))}


def by_problem(benchmark: Benchmark, judged: Sequence[Judged]) -> dict[str, dict[str, int]]:
    """Outcomes of each problem's samples, in the benchmark's order."""
    found: dict[str, dict[str, int]] = {problem.task_id: {} for problem in benchmark.problems}
    for one in judged:
        counts, outcome = found[one.completion.task_id], str(one.verdict.outcome)
        counts[outcome] = counts.get(outcome, 0) + 1
    return found


def outcome_lines(judged: Sequence[Judged]) -> bytes:
    """The part `outcomes.jsonl`: task_id, sample, outcome, detail."""
    return _lines(
        {
            "task_id": one.completion.task_id,
            "sample": one.completion.sample,
            "outcome": str(one.verdict.outcome),
            "detail": one.verdict.detail,
        }
        for one in judged
    )


def completion_lines(judged: Sequence[Judged]) -> bytes:
    """The part `completions.jsonl`: task_id, sample, completion."""
    return _lines(
        {"task_id": one.completion.task_id, "sample": one.completion.sample, "completion": one.completion.text}
        for one in judged
    )


def _lines(records: Any) -> bytes:
    return b"".join(canonical_json(record) + b"\n" for record in records)
