"""Programs, limits and verdicts as messages of sandbox.proto, and back. What comes in is checked field by field."""

from __future__ import annotations

from typing import Any

from codekiln.core.errors import InvalidArgument, Violation
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.v1 import sandbox_pb2

_MIB = 1 << 20
BOUNDS: dict[str, tuple[float, float]] = {
    "cpu_seconds": (0.1, 600.0),
    "wall_factor": (1.0, 20.0),
    "memory_bytes": (16 * _MIB, 4096 * _MIB),
    "output_bytes": (0, 64 * _MIB),
    "file_bytes": (0, 64 * _MIB),
    "scratch_bytes": (0, 256 * _MIB),
    "scratch_files": (0, 4096),
}
"""Of each limit, inclusive; defaults are those of Limits."""
_TEXTS = ("source", "prompt", "test")


def judge_request(program: Program, limits: Limits) -> sandbox_pb2.JudgeRequest:
    """Carries any text that Python can hold, lone surrogates included."""
    message = sandbox_pb2.Program(
        source=_bytes(program.source),
        prompt=_bytes(program.prompt),
        test=_bytes(program.test),
        entry_point=program.entry_point.encode(errors="replace").decode(),
    )
    return sandbox_pb2.JudgeRequest(program=message, limits=sandbox_pb2.ProgramLimits(**limits._asdict()))


def read_request(request: sandbox_pb2.JudgeRequest) -> tuple[Program, Limits]:
    """Raises InvalidArgument that names every wrong field."""
    violations: list[Violation] = []
    texts = {name: _text(request.program, name, violations) for name in _TEXTS}
    if not request.program.entry_point:
        violations.append(Violation("program.entry_point", "is required: the function that the test calls"))
    limits: dict[str, Any] = {
        name: _limit(request.limits, name, violations) for name in BOUNDS if request.limits.HasField(name)
    }
    if violations:
        raise InvalidArgument(violations=violations)
    return Program(entry_point=request.program.entry_point, **texts), Limits(**limits)


def judge_response(verdict: Verdict) -> sandbox_pb2.JudgeResponse:
    return sandbox_pb2.JudgeResponse(
        outcome=f"OUTCOME_{verdict.outcome.name}",
        detail=verdict.detail,
        cpu_seconds=verdict.cpu_seconds,
    )


def read_response(response: sandbox_pb2.JudgeResponse) -> Verdict:
    """Raises ValueError for an outcome of a later version."""
    name = sandbox_pb2.Outcome.Name(response.outcome).removeprefix("OUTCOME_")
    return Verdict(Outcome(name.lower()), response.detail, response.cpu_seconds)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _text(program: sandbox_pb2.Program, name: str, violations: list[Violation]) -> str:
    try:
        text: str = getattr(program, name).decode("utf-8", "surrogatepass")
    except UnicodeDecodeError as error:
        violations.append(Violation(f"program.{name}", f"must be UTF-8: {error.reason} at byte {error.start}"))
        return ""
    return text


def _limit(limits: sandbox_pb2.ProgramLimits, name: str, violations: list[Violation]) -> float:
    value: float = getattr(limits, name)
    low, high = BOUNDS[name]
    if not low <= value <= high:
        violations.append(Violation(f"limits.{name}", f"must be between {low:g} and {high:g}, got {value:g}"))
    return value
