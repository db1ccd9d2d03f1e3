from __future__ import annotations

import json

import pytest

from codekiln.core.artifacts import Ref
from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.store import ObjectStore
from codekiln.evaluation.benchmark import open_benchmark
from tests.evaluation.material import ADD, DOUBLE, publish_benchmark, publish_lines


def test_problems_keep_their_order(store: ObjectStore) -> None:
    benchmark = open_benchmark(store, publish_benchmark(store, [DOUBLE, ADD]).ref)
    assert (benchmark.name, benchmark.problems) == ("toy", (DOUBLE, ADD))


@pytest.mark.parametrize(
    ("line", "where"),
    [
        ("{", "line 2 of problems.jsonl is not JSON"),
        ("[]", "line 2 of problems.jsonl is not a JSON object"),
        (json.dumps({**vars(DOUBLE), "test": None}), "line 2 of problems.jsonl has no text in field `test`"),
        (json.dumps({"task_id": "x"}), "line 2 of problems.jsonl has no text in field `prompt`"),
        (json.dumps(vars(ADD)), "two problems are called `T/add`"),
        ("[" * 100_000, "line 2 of problems.jsonl is not JSON"),
    ],
)
def test_a_malformed_problem_is_named_by_line_and_field(line: str, where: str, store: ObjectStore) -> None:
    ref = publish_lines(store, [json.dumps(vars(ADD)), line]).ref
    with pytest.raises(FailedPrecondition) as caught:
        open_benchmark(store, ref)
    assert caught.value.reason == "BENCHMARK_MALFORMED"
    assert where in caught.value.message


def test_an_empty_benchmark_is_refused(store: ObjectStore) -> None:
    with pytest.raises(FailedPrecondition, match="holds no problems"):
        open_benchmark(store, publish_lines(store, ["", " "]).ref)


def test_a_benchmark_that_is_not_there_is_not_found(store: ObjectStore) -> None:
    with pytest.raises(NotFound):
        open_benchmark(store, Ref("benchmark", "0" * 32))


def test_infilling_is_not_judged_as_if_nothing_followed(store: ObjectStore) -> None:
    ref = publish_lines(store, [json.dumps({**vars(ADD), "suffix": "\n    return x\n"})]).ref
    with pytest.raises(FailedPrecondition, match="infilling") as caught:
        open_benchmark(store, ref)
    assert caught.value.reason == "BENCHMARK_INFILLING"
