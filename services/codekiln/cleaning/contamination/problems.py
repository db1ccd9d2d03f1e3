"""Benchmark problems and what gives each of them away: its docstring, its solution, their word runs, its shape."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from codekiln.cleaning.contamination.index import SIEVE, Index
from codekiln.cleaning.contamination.shapes import Shape, shape
from codekiln.cleaning.contamination.structure import structure
from codekiln.cleaning.document import SHINGLE
from codekiln.cleaning.words import Hashes, doubled, ngrams, word, words
from codekiln.core.errors import InvalidArgument

RUN = 2 * SHINGLE
"""Words in a row that two texts on the same subject seldom share."""
_TESTS = 1 << 14
"""Characters of a test that are looked at: EvalPlus's tests are tables of megabytes."""
_EXAMPLES = re.compile(rb"^\s*(?:>>>|examples?\b|for example\b)", re.IGNORECASE | re.MULTILINE)
_FIELDS = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
_SPACE = b" \t\n\r\f\v"


@dataclass(frozen=True)
class Problem:
    """One problem of one benchmark."""

    benchmark: str
    task_id: str
    entry_point: str
    docstring: bytes
    """Squeezed: without white space, in lower case."""
    prose: bytes
    """The docstring above its examples, squeezed; empty where it has none."""
    solution: bytes
    """Squeezed."""
    docstring_runs: Hashes
    short_docstring: Hashes
    """Every SHINGLE words in a row of a docstring that is too short for runs."""
    solution_runs: Hashes
    test_runs: Hashes
    structure_runs: Hashes
    shape: Shape


@dataclass(frozen=True)
class Problems:
    """Every problem that must not appear."""

    all: tuple[Problem, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.all)

    @cached_property
    def docstrings(self) -> Index:
        return Index.build(p.docstring_runs for p in self.all)

    @cached_property
    def short_docstrings(self) -> Index:
        return Index.build(p.short_docstring for p in self.all)

    @cached_property
    def names(self) -> Index:
        """Names of functions that few would choose for another one."""
        return Index.build(
            np.array([word(p.entry_point)] if _is_rare(p.entry_point) else [], np.uint64) for p in self.all
        )

    @cached_property
    def solutions(self) -> Index:
        return Index.build(p.solution_runs for p in self.all)

    @cached_property
    def tests(self) -> Index:
        return Index.build(p.test_runs for p in self.all)

    def runs_among(self, hashes: Hashes) -> Hashes:
        """Those that may be runs of docstrings, solutions or tests: one look for all three."""
        return hashes[self._runs[hashes & SIEVE]]

    @cached_property
    def _runs(self) -> np.ndarray:
        return self.docstrings.sieve | self.solutions.sieve | self.tests.sieve

    @cached_property
    def structures(self) -> Index:
        return Index.build(p.structure_runs for p in self.all)


@dataclass(frozen=True)
class BenchmarkText:
    """The name of a benchmark and its problems.jsonl."""

    name: str
    data: bytes = field(repr=False)


def read_problems(benchmarks: Iterable[BenchmarkText]) -> Problems:
    """Raises InvalidArgument that names benchmark, line and field of the first malformed problem."""
    return Problems(tuple(problem for benchmark in benchmarks for problem in _read(benchmark)))


def squeeze(data: bytes) -> bytes:
    """Without white space, ASCII letters in lower case: what re-indenting and re-wrapping leave alone."""
    return data.translate(None, _SPACE).lower()


def _read(benchmark: BenchmarkText) -> Iterable[Problem]:
    for number, line in enumerate(benchmark.data.splitlines(), 1):
        if line.strip():
            yield _problem(benchmark.name, number, _row(benchmark.name, number, line))


def _row(name: str, number: int, line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except ValueError as error:
        raise InvalidArgument(
            f"line {number} of problems.jsonl of benchmark `{name}` is not JSON: {error}. Write one object a line",
            reason="BENCHMARK_MALFORMED", benchmark=name, row=number,
        ) from error  # fmt: skip
    for key in _FIELDS:
        if not isinstance(row, dict) or not isinstance(row.get(key), str):
            raise InvalidArgument(
                f"line {number} of problems.jsonl of benchmark `{name}` has no text in `{key}`: "
                f"every problem needs {', '.join(_FIELDS)}",
                reason="BENCHMARK_MALFORMED", benchmark=name, row=number, field=key,
            )  # fmt: skip
    return dict(row)


def _problem(benchmark: str, number: int, row: dict[str, Any]) -> Problem:
    prompt, solution = row["prompt"], row["canonical_solution"]
    program = prompt + solution + (row.get("suffix") or "")
    tree = _parsed(program)
    function = _entry(tree, row["entry_point"])
    data = (_body(program, function) or solution).encode("utf-8", "surrogatepass")
    docstring = _asked(tree, function, prompt).encode("utf-8", "surrogatepass")
    return Problem(
        benchmark=benchmark,
        task_id=row["task_id"],
        entry_point=row["entry_point"],
        docstring=squeeze(docstring),
        prose=squeeze(_EXAMPLES.split(docstring, maxsplit=1)[0]) if _EXAMPLES.search(docstring) else b"",
        solution=squeeze(data),
        docstring_runs=_runs(docstring),
        short_docstring=_short(docstring),
        solution_runs=_runs(data),
        test_runs=_runs(row["test"][:_TESTS].encode("utf-8", "surrogatepass")),
        structure_runs=np.unique(structure(data, words(data)).runs),
        shape=shape(function) if function else Shape(),
    )


def _asked(tree: ast.Module | None, function: ast.FunctionDef | None, prompt: str) -> str:
    """The words of the task: the function's docstring, or the module's, where MBPP has it with a test below."""
    if tree is None or function is None:
        return prompt
    own = ast.get_docstring(function, clean=False)
    if own is not None:
        return own
    lines = (ast.get_docstring(tree, clean=False) or "").split("\n")
    return "\n".join(line for line in lines if not line.lstrip().startswith("assert "))


def _body(program: str, function: ast.FunctionDef | None) -> str:
    """The lines of the function below its docstring: what is a solution however a benchmark cuts it."""
    if function is None:
        return ""
    rest = function.body[ast.get_docstring(function, clean=False) is not None :]
    if not rest or rest[0].lineno == function.lineno:
        return ""
    return "\n".join(program.split("\n")[rest[0].lineno - 1 : rest[-1].end_lineno]) + "\n"


def _is_rare(name: str) -> bool:
    return len(name) >= 8 or "_" in name.strip("_")


def _short(data: bytes) -> Hashes:
    found = words(data).hashes
    return np.unique(ngrams(found, SHINGLE)) if SHINGLE < len(found) < RUN else found[:0]


def _runs(data: bytes) -> Hashes:
    return np.unique(doubled(ngrams(words(data).hashes, SHINGLE), SHINGLE))


def _parsed(text: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _entry(tree: ast.Module | None, name: str) -> ast.FunctionDef | None:
    """The function that the problem asks for, where text is Python and has it."""
    found = ast.walk(tree) if tree else ()
    return next((n for n in found if isinstance(n, ast.FunctionDef) and n.name == name), None)
