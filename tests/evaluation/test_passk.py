from __future__ import annotations

import itertools
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codekiln.evaluation.passk import pass_at_k, score


@st.composite
def drawn(draw: st.DrawFn, most: int = 1000) -> tuple[int, int, int]:
    samples = draw(st.integers(1, most))
    return samples, draw(st.integers(0, samples)), draw(st.integers(1, samples))


def exact(samples: int, passed: int, k: int) -> Fraction:
    return 1 - Fraction(math.comb(samples - passed, k), math.comb(samples, k))


@given(drawn())
def test_the_estimate_is_the_exact_one(case: tuple[int, int, int]) -> None:
    assert abs(Fraction(pass_at_k(*case)) - exact(*case)) < Fraction(1, 10**12)


@given(drawn(most=6))
def test_the_estimate_is_the_share_of_subsets_with_a_pass(case: tuple[int, int, int]) -> None:
    samples, passed, k = case
    subsets = list(itertools.combinations([True] * passed + [False] * (samples - passed), k))
    assert pass_at_k(*case) == pytest.approx(sum(map(any, subsets)) / len(subsets))


@pytest.mark.parametrize("case", [(0, 0, 1), (3, 1, 0), (3, 1, 4), (3, 4, 1), (3, -1, 1)])
def test_sizes_that_make_no_sense_are_refused(case: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(*case)


COUNTS = st.lists(st.integers(0, 10).map(lambda passed: (10, passed)), min_size=1, max_size=40)


@given(COUNTS, st.integers(1, 10), st.integers(0, 3))
def test_the_interval_holds_the_value_and_stays_a_share(counts: list[tuple[int, int]], k: int, seed: int) -> None:
    found = score(counts, k, seed)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found == score(counts, k, seed)


def test_no_success_does_not_claim_certainty() -> None:
    found = score([(1, 0)] * 164, 1, 0)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.0229, abs=1e-4)
    assert score([(1, 1)] * 164, 1, 0).low == pytest.approx(1 - 0.0229, abs=1e-4)


def test_the_bootstrap_is_about_as_wide_as_theory_says() -> None:
    found = score([(1, i % 2) for i in range(400)], 1, 0)
    assert found.high - found.low == pytest.approx(2 * 1.96 * math.sqrt(0.25 / 400), rel=0.1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    draw = random.Random(1)
    truth, held = 0.3, 0
    for seed in range(100):
        found = score([(1, int(draw.random() < truth)) for _ in range(100)], 1, seed)
        held += found.low <= truth <= found.high
    assert 88 <= held <= 100


def test_no_problems_are_no_score() -> None:
    with pytest.raises(ValueError, match="no problems"):
        score([], 1, 0)
