"""Parses a file of programming problems: one JSON object a line in HumanEval's fields. Pure; runs none of them."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from dataclasses import asdict, dataclass, fields
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.core.hashing import canonical_json

_LARGEST = 1 << 30
"""Bytes of a file when unpacked: a small gzip can hold a huge one."""


@dataclass(frozen=True)
class Problem:
    """One problem: a prompt to continue, and a `check(candidate)` in `test` that judges the function `entry_point`."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str


def parse_problems(data: bytes, path: str) -> list[Problem]:
    """Problems in the file's order. Raises FailedPrecondition that names the line and field."""
    problems: dict[str, Problem] = {}
    for number, line in enumerate(_unpack(data, path).split(b"\n"), 1):
        if not line.strip():
            continue
        problem = _problem(line, number, path)
        if problem.task_id in problems:
            raise _malformed(path, number, f"field `task_id` repeats `{problem.task_id}`")
        problems[problem.task_id] = problem
    if not problems:
        raise FailedPrecondition(
            f"{path} holds no problems: it needs one JSON object a line", reason="BENCHMARK_EMPTY", path=path
        )
    return list(problems.values())


def unused_fields(data: bytes, path: str) -> list[str]:
    """Fields of the file that do not enter a problem, such as EvalPlus's further inputs: a person should know."""
    first = next(line for line in _unpack(data, path).split(b"\n") if line.strip())
    return sorted(set(json.loads(first)) - {field.name for field in fields(Problem)})


def to_lines(problems: list[Problem]) -> bytes:
    """The part `problems.jsonl`."""
    return b"".join(canonical_json(asdict(problem)) + b"\n" for problem in problems)


def _unpack(data: bytes, path: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FailedPrecondition(
            f"{path} is not a whole gzip file ({error}): get it again", reason="BENCHMARK_UNREADABLE", path=path
        ) from error
    if len(unpacked) > _LARGEST:
        raise FailedPrecondition(
            f"{path} unpacks to more than 1 GiB: split it", reason="BENCHMARK_TOO_LARGE", path=path
        )
    return unpacked


def _problem(line: bytes, number: int, path: str) -> Problem:
    try:
        record: Any = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed(path, number, f"byte {error.start + 1} is not UTF-8") from error
    except (json.JSONDecodeError, RecursionError) as error:
        raise _malformed(path, number, f"not JSON: {error}") from error
    if not isinstance(record, dict):
        raise _malformed(path, number, "not a JSON object")
    if record.get("suffix"):
        raise _malformed(path, number, "field `suffix` asks for infilling, which this format does not judge")
    names = [field.name for field in fields(Problem)]
    for name in names:
        _check(record, name, number, path)
    return Problem(**{name: record[name] for name in names})


def _check(record: dict[str, Any], name: str, number: int, path: str) -> None:
    if name not in record:
        raise _malformed(path, number, f"field `{name}` is missing")
    value = record[name]
    if not isinstance(value, str):
        raise _malformed(path, number, f"field `{name}` must be text, it is {type(value).__name__}")
    if name != "canonical_solution" and not value.strip():
        raise _malformed(path, number, f"field `{name}` is empty")
    if name == "entry_point" and not value.isidentifier():
        raise _malformed(path, number, f"field `entry_point` is `{value[:60]}`, which cannot be a function's name")


def _malformed(path: str, number: int, what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"line {number} of {path}: {what}. Correct it and run again",
        reason="BENCHMARK_MALFORMED",
        path=path,
        line=number,
    )
