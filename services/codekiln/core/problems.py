"""Parses a file of programming problems, one JSON object a line, into one form. Pure; runs none of them.

Layouts that are known by their fields:

    HumanEval, HumanEval+   task_id, prompt, entry_point, canonical_solution, test
    infilling               the same and a suffix, which follows what is asked for
    MBPP+                   the same, but `assertion` in place of `test`
    MBPP                    task_id, text (sanitized: prompt), code, test_list, and test_setup_code or test_imports
"""

from __future__ import annotations

import ast
import gzip
import io
import json
import textwrap
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.core.hashing import canonical_json

_LARGEST = 1 << 28
"""Bytes of a file when unpacked: a small gzip can hold a huge one. EvalPlus's largest is 40 MB."""
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Problem:
    """One problem: a prompt to continue, and a `check(candidate)` in `test` that judges the function `entry_point`.

    Of an infilling problem the suffix follows: prompt, solution and suffix are the program.
    """

    task_id: str
    prompt: str
    entry_point: str
    canonical_solution: str
    test: str
    suffix: str = ""


def parse_problems(data: bytes, path: str) -> list[Problem]:
    """Problems in the file's order. Raises FailedPrecondition that names the line and field."""
    problems: dict[str, Problem] = {}
    for number, line in _lines(data, path):
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
    first: dict[str, Any] = json.loads(next(line for _, line in _lines(data, path)))
    used = {
        *_NAMES,
        "suffix",
        *(name for name in _MBPP if "code" in first),
        *(["assertion"] if "test" not in first else []),
    }
    return sorted(set(first) - used)


def to_lines(problems: list[Problem]) -> bytes:
    """The part `problems.jsonl`; a suffix only where there is one."""
    return b"".join(
        canonical_json({k: v for k, v in asdict(p).items() if k != "suffix" or v}) + b"\n" for p in problems
    )


def _lines(data: bytes, path: str) -> Iterator[tuple[int, bytes]]:
    """What is not blank, with its number. MBPP's sanitized problems are one array: an element counts as a line."""
    data = _unpack(data, path).removeprefix(_BOM)
    if data.lstrip()[:1] == b"[":
        rows = _json(data, 1, path)
        for number, row in enumerate(rows, 1):
            if not isinstance(row, dict):
                raise _malformed(path, number, "not a JSON object")
        return iter([(number, json.dumps(row).encode()) for number, row in enumerate(rows, 1)])
    return ((number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip())


def _unpack(data: bytes, path: str) -> bytes:
    if not data.startswith(b"\x1f\x8b"):
        return _bounded(data, path)
    try:
        with gzip.open(io.BytesIO(data)) as file:
            unpacked = file.read(_LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise FailedPrecondition(
            f"{path} is not a whole gzip file ({error}): get it again", reason="BENCHMARK_UNREADABLE", path=path
        ) from error
    return _bounded(unpacked, path)


def _bounded(data: bytes, path: str) -> bytes:
    if len(data) > _LARGEST:
        raise FailedPrecondition(
            f"{path} is larger than {_LARGEST >> 20} MiB when unpacked: split it",
            reason="BENCHMARK_TOO_LARGE",
            path=path,
        )
    return data


def _json(data: bytes, number: int, path: str) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed(path, number, f"byte {error.start + 1} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise _malformed(path, number, f"not JSON: {error}") from error


def _problem(line: bytes, number: int, path: str) -> Problem:
    record = _json(line, number, path)
    if not isinstance(record, dict):
        raise _malformed(path, number, "not a JSON object")
    try:
        record = _of_mbpp(record) if "test_list" in record and "code" in record else _of_mbpp_plus(record)
    except _Unreadable as error:
        raise _malformed(path, number, str(error)) from error
    for name in _NAMES:
        _check(record, name, number, path)
    if "suffix" in record:
        _check(record, "suffix", number, path)
    return Problem(**{name: record[name] for name in _NAMES}, suffix=record.get("suffix", ""))


_NAMES = [field.name for field in fields(Problem) if field.name != "suffix"]
_MBPP = ("text", "code", "test_list", "test_setup_code", "test_imports")


class _Unreadable(Exception):
    """What is wrong with a record, in words."""


def _of_mbpp_plus(record: dict[str, Any]) -> dict[str, Any]:
    """EvalPlus judges by inputs of its own; its `assertion` has the tests that MBPP came with."""
    if (
        "test" in record
        or not isinstance(record.get("assertion"), str)
        or not isinstance(record.get("entry_point"), str)
    ):
        return record
    return {
        **record,
        "test": _check_of(record["entry_point"], record["assertion"], str(record.get("canonical_solution"))),
    }


def _of_mbpp(record: dict[str, Any]) -> dict[str, Any]:
    """The prompt is the task and the first test, as MBPP's authors ask it (arXiv 2108.07732, section 2.1)."""
    words, code, tests = record.get("text", record.get("prompt")), record["code"], record["test_list"]
    if not isinstance(words, str) or not isinstance(code, str):
        raise _Unreadable("fields `text` (or `prompt`) and `code` must be text")
    if not isinstance(tests, list) or not tests or not all(isinstance(test, str) for test in tests):
        raise _Unreadable("field `test_list` must be a list of asserts")
    setup = record.get("test_setup_code") or "\n".join(record.get("test_imports") or [])
    entry = _tested(code, tests[0])
    return {
        "task_id": f"MBPP/{record.get('task_id')}",
        "prompt": f'"""\n{words.strip()}\n{tests[0].strip()}\n"""\n',
        "entry_point": entry,
        "canonical_solution": code.replace("\r\n", "\n") + "\n",
        "test": f"{setup}\n{_check_of(entry, chr(10).join(tests), code)}",
    }


def _tested(code: str, test: str) -> str:
    """The function of `code` that the test calls."""
    try:
        defined = {node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef)}
        calls = [
            node.func.id
            for node in ast.walk(ast.parse(test))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        ]
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _Unreadable(f"fields `code` and `test_list` must be Python: {error}") from error
    found = next((name for name in calls if name in defined), None)
    if found is None:
        raise _Unreadable("the first test calls no function of `code`")
    return found


def _check_of(entry: str, asserts: str, code: str) -> str:
    """A `check(candidate)` of asserts that call the function by its name and may use what the solution imports."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise _Unreadable(f"the solution must be Python: {error}") from error
    imports = [ast.unparse(node) + "\n" for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
    body = textwrap.indent(asserts.strip(), "    ")
    return f"{''.join(imports)}def check(candidate):\n    {entry} = candidate\n{body}\n"


def _check(record: dict[str, Any], name: str, number: int, path: str) -> None:
    if name not in record:
        raise _malformed(path, number, f"field `{name}` is missing")
    value = record[name]
    if not isinstance(value, str):
        raise _malformed(path, number, f"field `{name}` must be text, it is {type(value).__name__}")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _malformed(path, number, f"field `{name}` has half of a surrogate pair, which is no text") from error
    if name not in ("canonical_solution", "suffix") and not value.strip():
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
