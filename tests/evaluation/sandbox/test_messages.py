from __future__ import annotations

import pytest

from codekiln.core.errors import InvalidArgument
from codekiln.evaluation.sandbox.messages import (
    BOUNDS,
    judge_request,
    judge_response,
    read_request,
    read_response,
)
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.v1 import sandbox_pb2

PROGRAM = Program("def f(x):\n    return '\ud800'\n", "# ü\n", "def check(candidate): pass\n", "f")


@pytest.mark.parametrize("limits", [Limits(), Limits(0.5, 2.0, 128 << 20, 0, 1, 2, 3)])
def test_a_program_arrives_as_it_was_sent_whatever_text_it_is(limits: Limits) -> None:
    request = sandbox_pb2.JudgeRequest.FromString(judge_request(PROGRAM, limits).SerializeToString())
    assert read_request(request) == (PROGRAM, limits)


@pytest.mark.parametrize("outcome", [outcome for outcome in Outcome if outcome is not Outcome.INFRA_ERROR])
def test_a_verdict_arrives_as_it_was_sent(outcome: Outcome) -> None:
    verdict = Verdict(outcome, "why", 0.25)
    assert read_response(judge_response(verdict)) == verdict


def test_every_outcome_that_is_an_answer_has_a_number_and_no_other_has() -> None:
    names = {f"OUTCOME_{outcome.name}" for outcome in Outcome if outcome is not Outcome.INFRA_ERROR}
    assert set(sandbox_pb2.Outcome.keys()) == names | {"OUTCOME_UNSPECIFIED"}


def test_limits_that_are_not_given_are_the_defaults() -> None:
    program = sandbox_pb2.Program(entry_point="f")
    assert read_request(sandbox_pb2.JudgeRequest(program=program))[1] == Limits()


def test_every_limit_has_bounds_and_a_field() -> None:
    fields = {field.name for field in sandbox_pb2.ProgramLimits.DESCRIPTOR.fields}
    assert set(BOUNDS) == set(Limits._fields) == fields


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cpu_seconds", 0.0), ("cpu_seconds", 601.0), ("cpu_seconds", float("nan")), ("wall_factor", 0.5),
        ("memory_bytes", 1), ("memory_bytes", 1 << 40), ("output_bytes", -1), ("scratch_files", 1 << 20),
    ],
)  # fmt: skip
def test_a_limit_out_of_bounds_is_named(name: str, value: float) -> None:
    request = judge_request(PROGRAM, Limits())
    setattr(request.limits, name, value)
    with pytest.raises(InvalidArgument) as caught:
        read_request(request)
    assert [violation.field for violation in caught.value.violations] == [f"limits.{name}"]


def test_every_wrong_field_of_a_program_is_named() -> None:
    program = sandbox_pb2.Program(source=b"\xff", prompt=b"\xff", test=b"\xff")
    with pytest.raises(InvalidArgument) as caught:
        read_request(sandbox_pb2.JudgeRequest(program=program))
    fields = [violation.field for violation in caught.value.violations]
    assert fields == ["program.source", "program.prompt", "program.test", "program.entry_point"]
