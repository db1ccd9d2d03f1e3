"""Bounds of signals: no file passes by a bound that would not pass by the signal itself, which is the reference."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.document import Document
from codekiln.cleaning.kinds import Kinds
from codekiln.cleaning.steps.quality import QualityStep
from codekiln.cleaning.steps.signals.bounds import BOUNDS
from codekiln.cleaning.steps.signals.registry import SIGNALS
from codekiln.cleaning.steps.signals.tests import _FIXTURE, _PATH, is_fixture, is_test
from codekiln.cleaning.steps.signals.thresholds import TABLE, Threshold, thresholds_of
from tests.cleaning.material import document, stdlib

LANGUAGES = ["Python", "JavaScript", "C", "Rust", "Ruby", "YAML", "Text"]
LINES = [
    "import os", "from a import b", "def f(x): return x", "    return 0", "x = 0", "y = None;", "pass", "...",
    "print(x)", "# TODO: this", "# your code here", "'a string',", '"""Doc.', '"""', "'''", "`", "/* a", "*/", "// b",
    "}", "", "  ", "0xdeadbeef01, 0xcafe", "'" + "a b " * 14 + "'", "k('aGVsbG8gd29ybGQ1abcYWJjZGVmZ2hpamtsbW5vcHFyc')",
    "a a a a", "\u00e9t\u00e9 = \ufffd", "\x0b\x01\x02", "self.one.two(self.three, self.four)",
]  # fmt: skip


def passed_wrongly(subject: Document) -> list[str]:
    """Thresholds that the bound passes and the signal does not."""
    return [
        threshold.signal
        for threshold in {t for group in TABLE.values() for t in group}
        if threshold.signal in BOUNDS
        and (not threshold.lines or subject.openings.lines >= threshold.lines)
        and threshold.passed_by(BOUNDS[threshold.signal](subject))
        and not threshold.passed_by(SIGNALS[threshold.signal](subject))
    ]


def by_signals_alone(subject: Document) -> str:
    """What the step says without any bound: the plain definition."""

    def fails(threshold: Threshold) -> bool:
        long_enough = not threshold.lines or subject.openings.lines >= threshold.lines
        return long_enough and not threshold.passed_by(SIGNALS[threshold.signal](subject))

    failed = filter(fails, thresholds_of(subject.language, is_fixture(subject.path)))
    return next((threshold.signal for threshold in failed), "")


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(LINES), max_size=60), st.integers(1, 4), st.sampled_from(LANGUAGES))
def test_a_bound_passes_no_file_that_its_signal_drops(lines: list[str], times: int, language: str) -> None:
    assert passed_wrongly(document("\n".join(lines * times) + "\n", "a.x", language)) == []


@pytest.mark.parametrize("seed", range(3))
def test_verdicts_are_those_of_the_signals_alone(seed: int) -> None:
    draw = random.Random(seed)
    for path in stdlib("*.py", 60):
        lines = path.read_text(errors="ignore").split("\n")
        start = draw.randrange(len(lines))
        part = lines[start : start + draw.choice((5, 30, 300))] * draw.choice((1, 1, 4))
        planted = [draw.choice(LINES)] * draw.choice((0, 10, 80))
        subject = document("\n".join(part + planted), "a.py", "Python")
        assert getattr(QualityStep().apply(subject), "reason", "") == by_signals_alone(subject), path


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(["a", "ab", "self", "ba", "xyz", "value", "\u00fc"]), max_size=80), st.integers(2, 4))
def test_no_words_in_a_row_weigh_more_than_kinds_say(words: list[str], size: int) -> None:
    parts = [word.encode() for word in words]
    grams = Counter(zip(*(parts[place:] for place in range(size)), strict=False))
    weights = [sum(map(len, gram)) * count for gram, count in grams.items()]
    share = max(weights, default=0) / max(1, sum(map(len, parts)))
    assert Kinds.of(b" ".join(parts)).heaviest(size) >= min(1.0, share) - 1e-12


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["vendor", "test", "tests", "fixtures", "a", "min.js", "node_modules", "x_test.go", "K\u212a"]),
        max_size=4,
    ),
    st.sampled_from(["", ".d.ts", "\n", "Test.java", "/"]),
)
def test_a_quick_look_at_a_path_misses_no_rule(parts: list[str], ending: str) -> None:
    path = "/".join(parts) + ending
    assert (is_test(path), is_fixture(path)) == (bool(_PATH.search(path)), bool(_FIXTURE.search(path)))
