"""Both engines of the gate say the same of every file."""

from __future__ import annotations

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
