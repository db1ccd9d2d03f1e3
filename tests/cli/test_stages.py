"""Single stages: `--set` fields and references become a specification, or a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.cli.specification import parse_spec
from codekiln.cli.stages import _assign
from codekiln.core.errors import CodekilnError, InvalidArgument
from codekiln.v1 import trainer_pb2


def assigned(*pairs: str) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for pair in pairs:
        _assign(data, pair)
    return data


def test_values_are_yaml_and_paths_are_nested() -> None:
    given_ = assigned("steps=500", "shape.layers=8", "shape.heads=4", "learning_rate=1e-3", "x=[a, b]", "y=")
    assert given_ == {
        "steps": 500, "shape": {"layers": 8, "heads": 4}, "learning_rate": "1e-3", "x": ["a", "b"], "y": None,
    }  # fmt: skip


def test_later_pairs_win() -> None:
    assert assigned("steps=1", "steps=2") == {"steps": 2}


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        (["steps"], "--set `steps`: write FIELD=VALUE, for example steps=500"),
        (["=5"], "--set `=5`: write FIELD=VALUE"),
        (["steps=1", "steps.more=2"], "--set `steps.more=2`: `steps` has no fields, it was set to `1`"),
        (["steps=[1"], "--set `steps=[1`: the value is not YAML"),
        (["steps=2024-99-99"], "--set `steps=2024-99-99`: the value is not YAML"),
    ],
)
def test_what_is_no_pair_is_told(pairs: list[str], said: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        assigned(*pairs)
    assert caught.value.message.startswith(said) and caught.value.reason == "BAD_SET"


def test_a_number_in_exponent_form_is_a_number() -> None:
    spec: Any = parse_spec(trainer_pb2.TrainerSpec, assigned("learning_rate=1e-3"), "--set", "trainer")
    assert spec.learning_rate == 0.001


def test_an_unknown_field_is_told_with_what_was_probably_meant() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_spec(trainer_pb2.TrainerSpec, assigned("shape.layer=8"), "--set", "trainer")
    assert caught.value.message == "--set: `trainer.shape.layer` is not known: did you mean `layers`?"


@given(st.lists(st.text(max_size=20), max_size=3))
def test_any_pairs_are_a_specification_or_an_error_of_ours(pairs: list[str]) -> None:
    try:
        spec = parse_spec(trainer_pb2.TrainerSpec, assigned(*pairs), "--set", "trainer")
    except CodekilnError as error:
        assert error.message and error.reason.isupper()
    else:
        assert isinstance(spec, trainer_pb2.TrainerSpec)
