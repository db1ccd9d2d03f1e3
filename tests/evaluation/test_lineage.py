from __future__ import annotations

from typing import Any

from codekiln.core.artifacts import Draft, Key, Ref
from codekiln.core.store import ObjectStore
from codekiln.evaluation.lineage import bits_per_byte, contamination

BENCHMARK = Ref("benchmark", "b" * 32)


def publish(store: ObjectStore, kind: str, inputs: tuple[Ref, ...], summary: dict[str, Any]) -> Ref:
    return Draft(store, Key(kind, 1, {}, inputs)).publish(summary=summary).ref


def model(store: ObjectStore, dataset: dict[str, Any], *inputs: Ref) -> Ref:
    """dataset -> tokens -> model."""
    tokens = publish(store, "tokens", (publish(store, "dataset", inputs, dataset),), {})
    return publish(store, "model", (tokens,), {"bits_per_byte_end": 1.5})


def found(store: ObjectStore, ref: Ref | None) -> dict[str, Any]:
    return contamination(store, ref, BENCHMARK, "toy")


def test_files_removed_for_the_benchmark_are_counted_by_problem(store: ObjectStore) -> None:
    ref = model(store, {"contamination": {"toy": {"T/2": 3, "T/1": 1}, "other": {"O/1": 9}}})
    assert found(store, ref)["status"] == "checked"
    assert (found(store, ref)["files"], found(store, ref)["problems"]) == (4, {"T/1": 1, "T/2": 3})


def test_a_dataset_that_was_compared_and_held_nothing_is_checked(store: ObjectStore) -> None:
    benchmark = publish(store, "benchmark", (), {"name": "toy"})
    ref = model(store, {"contamination": {}}, benchmark)
    assert contamination(store, ref, benchmark, "toy")["files"] == 0


def test_what_was_not_compared_is_unknown_and_never_clean(store: ObjectStore) -> None:
    lone = publish(store, "model", (), {})
    orphan = publish(store, "model", (Ref("tokens", "0" * 32),), {})
    for ref in (None, lone, orphan, model(store, {"contamination": {"other": {}}})):
        assert found(store, ref)["status"] == "unknown"
        assert found(store, ref)["reason"]


def test_bits_per_byte_come_from_the_model(store: ObjectStore) -> None:
    assert bits_per_byte(store, model(store, {})) == 1.5
    assert bits_per_byte(store, publish(store, "model", (), {})) is None
