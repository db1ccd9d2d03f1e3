"""Both engines of the gate say the same of every file."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning import gate
from codekiln.cleaning.anonymize.rules import RULES
from tests.cleaning.anonymize_examples import POSITIVES
from tests.cleaning.material import stdlib

HYPERSCAN = gate.HyperscanGate(gate.patterns())
RE2 = gate.Re2Gate(gate.patterns())


def test_both_engines_agree_on_real_files() -> None:
    for path in stdlib("*.py", 120) + stdlib("test/test_[e-s]*.py", 60):
        data = path.read_bytes()
        assert HYPERSCAN.hits(data) == RE2.hits(data), path


@pytest.mark.parametrize("kind", sorted(POSITIVES))
def test_both_engines_agree_on_every_kind(kind: str) -> None:
    for text in POSITIVES[kind]:
        data = f"# one\n{text}\n# two\n".encode()
        assert HYPERSCAN.hits(data) == RE2.hits(data)
        assert kind in {rule.kind for rule in RULES if rule.pattern_name in RE2.hits(data)}, text


PIECES = [text for texts in POSITIVES.values() for text in texts]
NOISE = st.text(alphabet="aF0_-.:@/=\"'+ \n\t\\x,u\u00e9", max_size=40)
MIXED = st.lists(st.one_of(NOISE, st.sampled_from(PIECES), st.binary(max_size=20).map(lambda b: b.decode("latin-1"))))


@settings(max_examples=150, deadline=None)
@given(MIXED)
def test_both_engines_agree_on_mixtures(pieces: list[str]) -> None:
    data = "".join(pieces).encode()
    assert HYPERSCAN.hits(data) == RE2.hits(data)


def test_without_hyperscan_the_other_engine_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "hyperscan", None)
    assert isinstance(gate.build(gate.patterns()), gate.Re2Gate)


def test_nothing_hits_in_nothing() -> None:
    assert HYPERSCAN.hits(b"") == RE2.hits(b"") == frozenset()


_ALL = """
import gc, importlib, pkgutil, re2
import codekiln.cleaning
from codekiln.cleaning import patterns
sets, make = [], patterns.every
patterns.every = lambda numbered: sets.append(make(numbered)) or sets[-1]
from codekiln.cleaning.anonymize import detection, rules
from codekiln.cleaning import gate
for module in pkgutil.walk_packages(codekiln.cleaning.__path__, "codekiln.cleaning."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
for rule in rules.RULES:
    detection._sought(rule)
gate.Re2Gate(gate.patterns()).hits(b"a")
expressions = [thing for thing in gc.get_objects() if isinstance(thing, re2._Regexp)]
text = (b"key = 'value of 1.2.3.4 and a@b.c' # " + bytes(range(1, 256))) * 100
for expression in expressions:
    expression.search(text)
for matches in sets:
    matches(text)
print(len(expressions), len(sets))
"""


def test_no_expression_needs_more_memory_than_it_may_take() -> None:
    done = subprocess.run([sys.executable, "-c", _ALL], capture_output=True, text=True, check=True)
    expressions, sets = map(int, done.stdout.split())
    assert expressions > 100 and sets >= 4 and not done.stderr, done.stderr
