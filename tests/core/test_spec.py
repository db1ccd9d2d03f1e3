"""Specifications: what is left out gets its default, what is wrong is named by its path, nothing changes on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.artifacts import Ref
from codekiln.core.errors import FailedPrecondition, InvalidArgument, Violation
from codekiln.core.spec import bounded, choice, from_json, from_message, ref, refs, to_json
from codekiln.v1 import artifact_pb2, cleaning_pb2, evaluation_pb2, ingestion_pb2, trainer_pb2

DIGESTS = st.text("0123456789abcdef", min_size=32, max_size=32)
D = "0123456789abcdef" * 2


@dataclass(frozen=True)
class Shape:
    layers: int = bounded(6, low=1, high=128)
    heads: int = bounded(4, low=1)

    def check(self, path: str) -> list[Violation]:
        return [Violation(f"{path}.heads", "must not be 13")] if self.heads == 13 else []


@dataclass(frozen=True)
class Training:
    tokens: Ref = ref("tokens")
    shape: Shape = field(default_factory=Shape)
    steps: int = bounded(300, low=1, high=1000)
    learning_rate: float = bounded(0.003, low=0.0, high=10.0)
    seed: int = bounded(0)


@dataclass(frozen=True)
class Cleaning:
    corpus: Ref = ref("corpus")
    benchmarks: tuple[Ref, ...] = refs("benchmark")
    licenses: tuple[str, ...] = ("MIT", "Apache-2.0")
    require_parse: bool = bounded(True)


@dataclass(frozen=True)
class Judging:
    model: Ref | None = ref("model", required=False)
    inference_endpoint: str = choice("a", "a", "b", "")
    k: tuple[int, ...] = bounded((1,), low=1, high=1000)


@dataclass(frozen=True)
class Folder:
    path: str = ""


@dataclass(frozen=True)
class Source:
    folder: Folder | None = None

    def check(self, path: str) -> list[Violation]:
        return [] if self.folder else [Violation(path, "is empty")]


@dataclass(frozen=True)
class Ingestion:
    sources: tuple[Source, ...] = ()
    max_bytes: int = bounded(0, low=0)


def message_ref(kind: str, digest: str = D) -> artifact_pb2.ArtifactRef:
    return artifact_pb2.ArtifactRef(kind=f"ARTIFACT_KIND_{kind.upper()}", digest=digest)


def violations_of(cls: type[Any], message: Message) -> dict[str, str]:
    with pytest.raises(InvalidArgument) as caught:
        from_message(cls, message)
    return {violation.field: violation.description for violation in caught.value.violations}


def test_what_the_caller_left_out_gets_its_default() -> None:
    spec = from_message(Training, trainer_pb2.TrainerSpec(tokens=message_ref("tokens")))
    assert spec == Training(tokens=Ref("tokens", D))
    cleaning = from_message(Cleaning, cleaning_pb2.CleaningSpec(corpus=message_ref("corpus")))
    assert cleaning == Cleaning(Ref("corpus", D), (), ("MIT", "Apache-2.0"), True)


def test_zero_and_false_that_were_given_are_not_defaults() -> None:
    spec = from_message(Training, trainer_pb2.TrainerSpec(tokens=message_ref("tokens"), learning_rate=0.0))
    assert spec.learning_rate == 0.0
    given = cleaning_pb2.CleaningSpec(corpus=message_ref("corpus"), require_parse=False)
    assert from_message(Cleaning, given).require_parse is False


def test_every_wrong_field_is_named_at_once() -> None:
    message = trainer_pb2.TrainerSpec(
        shape=trainer_pb2.ModelShape(layers=0), steps=1001, learning_rate=float("nan"), seed=-5
    )
    assert violations_of(Training, message) == {
        "spec.tokens": "is required: a reference such as `tokens:<digest>`",
        "spec.shape.layers": "must be at least 1, got 0",
        "spec.steps": "must be at most 1000, got 1001",
        "spec.learning_rate": "must be a number, got NaN",
    }


def test_a_check_of_several_fields_runs_when_each_is_right() -> None:
    message = trainer_pb2.TrainerSpec(tokens=message_ref("tokens"), shape=trainer_pb2.ModelShape(heads=13))
    assert violations_of(Training, message) == {"spec.shape.heads": "must not be 13"}


def test_items_of_lists_are_named_by_their_place() -> None:
    cleaning = cleaning_pb2.CleaningSpec(
        corpus=message_ref("corpus"),
        benchmarks=[
            message_ref("benchmark"),
            message_ref("model"),
            message_ref("benchmark", "xyz"),
            message_ref("benchmark", ""),
        ],
    )
    wrong = violations_of(Cleaning, cleaning)
    assert list(wrong) == ["spec.benchmarks[1]", "spec.benchmarks[2]", "spec.benchmarks[3]"]
    assert wrong["spec.benchmarks[1]"] == f"must be a `benchmark`, got `model:{D}`"
    sources = [ingestion_pb2.Source(folder=ingestion_pb2.Folder(path="a")), ingestion_pb2.Source()]
    assert violations_of(Ingestion, ingestion_pb2.IngestionSpec(sources=sources)) == {"spec.sources[1]": "is empty"}
    assert violations_of(Judging, evaluation_pb2.EvaluationSpec(k=[1, 0, 1001])) == {
        "spec.k[1]": "must be at least 1, got 0",
        "spec.k[2]": "must be at most 1000, got 1001",
    }


def test_a_choice_outside_the_list_is_refused_with_the_list() -> None:
    message = evaluation_pb2.EvaluationSpec(inference_endpoint="c")
    assert violations_of(Judging, message) == {"spec.inference_endpoint": "must be one of a, b, got `c`"}


def test_a_reference_that_is_not_required_may_be_left_out() -> None:
    assert from_message(Judging, evaluation_pb2.EvaluationSpec()).model is None


def test_a_reference_without_a_kind_is_refused() -> None:
    message = trainer_pb2.TrainerSpec(tokens=artifact_pb2.ArtifactRef(digest=D))
    assert list(violations_of(Training, message)) == ["spec.tokens"]


TRAININGS = st.builds(
    Training,
    tokens=st.builds(Ref, st.just("tokens"), DIGESTS),
    shape=st.builds(Shape, layers=st.integers(1, 128), heads=st.integers(1, 12)),
    steps=st.integers(1, 1000),
    learning_rate=st.floats(0, 10),
    seed=st.integers(-(2**63), 2**63 - 1),
)
CLEANINGS = st.builds(
    Cleaning,
    corpus=st.builds(Ref, st.just("corpus"), DIGESTS),
    benchmarks=st.lists(st.builds(Ref, st.just("benchmark"), DIGESTS), max_size=3).map(tuple),
    licenses=st.lists(st.text(), min_size=1, max_size=3).map(tuple),
    require_parse=st.booleans(),
)
INGESTIONS = st.builds(
    Ingestion,
    sources=st.lists(st.builds(Source, st.builds(Folder, st.text())), max_size=3).map(tuple),
    max_bytes=st.integers(0, 2**63 - 1),
)


@given(st.one_of(TRAININGS, CLEANINGS, INGESTIONS))
def test_a_specification_survives_its_record(spec: Any) -> None:
    assert from_json(type(spec), json.loads(json.dumps(to_json(spec)))) == spec


@given(TRAININGS)
def test_a_specification_survives_the_wire(spec: Training) -> None:
    message = trainer_pb2.TrainerSpec(
        tokens=message_ref("tokens", spec.tokens.digest),
        shape=trainer_pb2.ModelShape(layers=spec.shape.layers, heads=spec.shape.heads),
        steps=spec.steps, learning_rate=spec.learning_rate, seed=spec.seed,
    )  # fmt: skip
    assert from_message(Training, trainer_pb2.TrainerSpec.FromString(message.SerializeToString())) == spec


SHAPES = st.builds(trainer_pb2.ModelShape, layers=st.integers(-(2**31), 2**31 - 1), heads=st.integers(-5, 20))
REFS = st.builds(artifact_pb2.ArtifactRef, kind=st.integers(0, 100), digest=st.text(max_size=40))


@given(
    st.builds(
        trainer_pb2.TrainerSpec,
        tokens=st.none() | REFS,
        shape=st.none() | SHAPES,
        steps=st.none() | st.integers(-(2**31), 2**31 - 1),
        learning_rate=st.none() | st.floats(),
    )
)
def test_any_message_is_a_specification_or_has_violations_with_paths(message: trainer_pb2.TrainerSpec) -> None:
    try:
        spec = from_message(Training, message)
    except InvalidArgument as error:
        known = {"spec.tokens", "spec.shape.layers", "spec.shape.heads", "spec.steps", "spec.learning_rate"}
        assert error.violations and {violation.field for violation in error.violations} <= known
        assert all(violation.description for violation in error.violations)
    else:
        assert from_json(Training, to_json(spec)) == spec


def test_a_record_of_another_version_is_told_in_a_sentence() -> None:
    with pytest.raises(FailedPrecondition, match="`dropped_field`, which this version does not know"):
        from_json(Training, {"tokens": f"tokens:{D}", "dropped_field": 1})
    assert from_json(Training, {"tokens": f"tokens:{D}"}).steps == 300, "a field that is new since has its default"
