"""What stands beside the scores: how many problems the corpus held, and the scores on the others."""

from __future__ import annotations

from codekiln.core.artifacts import Ref
from codekiln.evaluation.benchmark import Benchmark, Problem
from codekiln.evaluation.completions import Completion
from codekiln.evaluation.report import Judged, beside_scores, scores
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.spec import EvaluationSpec

SPEC = EvaluationSpec(benchmark=Ref("benchmark", "b" * 32), model=Ref("model", "a" * 32))
BENCHMARK = Benchmark("toy", tuple(Problem(f"T/{i}", "", "f", "", "") for i in range(4)))
JUDGED = [
    Judged(Completion(f"T/{i}", 0, "", False), Verdict(Outcome.PASSED if i < 2 else Outcome.FAILED, ""))
    for i in range(4)
]


def test_contaminated_problems_are_counted_and_left_out_of_the_scores_beside() -> None:
    found = beside_scores(SPEC, BENCHMARK, JUDGED, {"status": "checked", "problems": {"T/0": 3, "T/9": 1}})
    assert scores(SPEC, BENCHMARK, JUDGED)["pass_at"]["1"]["value"] == 0.5
    assert found["contaminated_problems"] == 1
    assert found["pass_at_others"]["1"]["value"] == 1 / 3


def test_without_contamination_the_scores_beside_are_the_scores() -> None:
    found = beside_scores(SPEC, BENCHMARK, JUDGED, {"status": "checked", "problems": {}})
    assert found == {"contaminated_problems": 0, "pass_at_others": scores(SPEC, BENCHMARK, JUDGED)["pass_at"]}


def test_what_is_unknown_is_not_said_to_be_clean() -> None:
    assert beside_scores(SPEC, BENCHMARK, JUDGED, {"status": "unknown", "reason": "x"}) == {}


def test_where_the_corpus_held_every_problem_there_is_no_other_score() -> None:
    all_of_them = {f"T/{i}": 1 for i in range(4)}
    found = beside_scores(SPEC, BENCHMARK, JUDGED, {"status": "checked", "problems": all_of_them})
    assert found == {"contaminated_problems": 4, "pass_at_others": {}}
