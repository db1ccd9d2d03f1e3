"""A benchmark's problems, read from its artifact and checked field by field. Whether tests run, the sandbox finds."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from codekiln.core.artifacts import Manifest, Ref, open_artifact, read_part
from codekiln.core.errors import FailedPrecondition
from codekiln.core.store import ObjectStore
from codekiln.evaluation.sandbox.program import Program

_PART = "problems.jsonl"


@dataclass(frozen=True)
class Problem:
    """One problem: a prompt to continue, and a `check(candidate)` in `test` that judges the function `entry_point`."""

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str

    def program(self, completion: str) -> Program:
        """What is judged for a completion of the prompt."""
        return Program(self.prompt + completion, self.prompt, self.test, self.entry_point)


@dataclass(frozen=True)
class Benchmark:
    """Problems in their own order."""

    name: str
    problems: tuple[Problem, ...]


def open_benchmark(store: ObjectStore, ref: Ref) -> Benchmark:
    """Raises NotFound, and FailedPrecondition that names the line and field of a malformed problem."""
    manifest = open_artifact(store, ref)
    lines = read_part(store, manifest.part(_PART)).split(b"\n")
    problems = tuple(_problem(line, number, manifest) for number, line in enumerate(lines, 1) if line.strip())
    if not problems:
        raise FailedPrecondition(f"{ref} holds no problems: import it again", reason="BENCHMARK_EMPTY", benchmark=ref)
    seen: set[str] = set()
    for problem in problems:
        if problem.task_id in seen:
            raise malformed(ref, f"two problems are called `{problem.task_id}`")
        seen.add(problem.task_id)
    return Benchmark(str(manifest.summary.get("name", "")), problems)


def malformed(ref: Ref, what: str) -> FailedPrecondition:
    """The error for a benchmark that cannot judge anything."""
    return FailedPrecondition(
        f"{ref}: {what}. Correct the problem file and import it again", reason="BENCHMARK_MALFORMED", benchmark=ref
    )


def _problem(line: bytes, number: int, manifest: Manifest) -> Problem:
    try:
        record: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise malformed(manifest.ref, f"line {number} of {_PART} is not JSON ({error})") from error
    if not isinstance(record, dict):
        raise malformed(manifest.ref, f"line {number} of {_PART} is not a JSON object")
    for field in fields(Problem):
        if not isinstance(record.get(field.name), str):
            raise malformed(manifest.ref, f"line {number} of {_PART} has no text in field `{field.name}`")
    if record.get("suffix"):
        raise FailedPrecondition(
            f"{manifest.ref} asks for infilling (field `suffix` of line {number}), which an evaluation does not judge: "
            "clean with it, and evaluate with a benchmark of completions",
            reason="BENCHMARK_INFILLING", benchmark=manifest.ref,
        )  # fmt: skip
    return Problem(**{field.name: record[field.name] for field in fields(Problem)})
