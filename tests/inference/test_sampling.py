"""Defaults and bounds of sampling, as a caller sees them."""

from __future__ import annotations

from typing import Any

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.core.spec import from_message
from codekiln.inference.sampling import Sampling
from codekiln.v1 import inference_pb2


def parse(**fields: Any) -> Sampling:
    return from_message(Sampling, inference_pb2.Sampling(**fields), "sampling")


def test_what_is_unset_has_the_defaults_that_the_proto_promises() -> None:
    assert parse() == Sampling(max_tokens=128, temperature=0.2, top_p=0.95, seed=None, stop=(), n=1)


def test_zero_is_a_value_and_not_the_default() -> None:
    assert parse(temperature=0.0, seed=0) == Sampling(temperature=0.0, seed=0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("n", 0), ("n", 65), ("n", -1), ("temperature", -0.1), ("temperature", 2.1), ("temperature", float("nan")),
        ("top_p", 0.0), ("top_p", 1.1), ("max_tokens", 0), ("seed", -1),
    ],
)  # fmt: skip
def test_a_value_out_of_bounds_is_named_with_its_path(field: str, value: float) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse(**{field: value})
    assert [violation.field for violation in caught.value.violations] == [f"sampling.{field}"]


def test_every_wrong_field_is_named_at_once() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse(n=0, max_tokens=0)
    assert {violation.field for violation in caught.value.violations} == {"sampling.n", "sampling.max_tokens"}


@pytest.mark.parametrize(("stop", "field"), [(["ok", ""], "stop[1]"), (["x" * 257], "stop[0]"), (["x"] * 17, "stop")])
def test_stop_texts_are_bounded(stop: list[str], field: str) -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse(stop=stop)
    assert [violation.field for violation in caught.value.violations] == [f"sampling.{field}"]
