from __future__ import annotations

from typing import Any

import pytest

from codekiln.core.artifacts import Ref
from codekiln.core.errors import InvalidArgument
from codekiln.core.spec import from_json, from_message, to_json
from codekiln.evaluation.spec import EvaluationSpec
from codekiln.v1 import artifact_pb2, evaluation_pb2

MODEL = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_MODEL, digest="a" * 32)
BENCHMARK = artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_BENCHMARK, digest="b" * 32)


def message(**fields: Any) -> evaluation_pb2.EvaluationSpec:
    return evaluation_pb2.EvaluationSpec(**{"model": MODEL, "benchmark": BENCHMARK, **fields})


def test_defaults_are_those_of_the_proto() -> None:
    spec = from_message(EvaluationSpec, message())
    assert spec == EvaluationSpec(Ref("model", "a" * 32), Ref("benchmark", "b" * 32))
    assert (spec.samples_per_problem, spec.k, spec.temperature, spec.top_p) == (1, (1,), 0.0, 0.95)
    assert (spec.max_tokens, spec.timeout_seconds, spec.canonical) == (256, 3.0, False)


def test_it_survives_a_job_record() -> None:
    spec = from_message(EvaluationSpec, message(samples_per_problem=10, k=[1, 10], inference_endpoint="h:1"))
    assert from_json(EvaluationSpec, to_json(spec)) == spec


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"model": None}, "spec.model"),
        ({"benchmark": None}, "spec.benchmark"),
        ({"benchmark": MODEL}, "spec.benchmark"),
        ({"k": [2]}, "spec.k[0]"),
        ({"k": [1, 0]}, "spec.k[1]"),
        ({"k": [1] * 17}, "spec.k"),
        ({"canonical": True, "samples_per_problem": 5, "k": [5]}, "spec.k[0]"),
        ({"samples_per_problem": 0}, "spec.samples_per_problem"),
        ({"temperature": float("nan")}, "spec.temperature"),
        ({"top_p": 0.0}, "spec.top_p"),
        ({"timeout_seconds": 0.0}, "spec.timeout_seconds"),
        ({"max_tokens": 0}, "spec.max_tokens"),
        ({"seed": -1}, "spec.seed"),
    ],
)
def test_a_wrong_field_is_named_with_its_path(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        from_message(EvaluationSpec, message(**fields))
    assert [violation.field for violation in caught.value.violations] == [field]


def test_canonical_needs_no_model_and_depends_on_none() -> None:
    without = from_message(EvaluationSpec, message(model=None, canonical=True))
    with_one = from_message(EvaluationSpec, message(canonical=True, temperature=0.8, inference_endpoint="h:1"))
    assert without.inputs == with_one.inputs == (Ref("benchmark", "b" * 32),)
    assert without.parameters == with_one.parameters


def test_where_a_model_is_served_does_not_make_another_report() -> None:
    here, there = (from_message(EvaluationSpec, message(inference_endpoint=where)) for where in ("a:1", "b:2"))
    assert here.parameters == there.parameters
    assert here.parameters != from_message(EvaluationSpec, message(temperature=0.5)).parameters
