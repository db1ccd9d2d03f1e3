"""Shards of a dataset: a function of its rows."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.ordering import BINS, Histogram, bins, first_bins, histogram, shards

ROWS = st.lists(
    st.tuples(st.sampled_from(["a/one", "b/two", "c/three", "한글"]), st.text(max_size=8), st.integers(0, 4 << 20)),
    min_size=1,
    max_size=60,
)


@dataclass
class Row:
    repo_name: str
    path: str
    data: bytes


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_shards_do_not_depend_on_how_rows_were_cut(
    rows: list[tuple[str, str, int]], parts: int, chance: random.Random
) -> None:
    mixed = chance.sample(rows, len(rows))
    pieces = [mixed[i::parts] for i in range(parts) if mixed[i::parts]]
    assert first_bins(map(_histogram, pieces)).tolist() == first_bins([_histogram(rows)]).tolist()


def test_a_repository_stays_together_and_shards_have_their_size() -> None:
    rows = [(f"owner/{i // 20}", f"src/{i % 20}.py", 40_000) for i in range(20_000)]
    found = bins([r for r, _, _ in rows], [p for _, p, _ in rows])
    cut = first_bins([_histogram(rows)])
    numbers = shards(found, cut)
    sizes = np.bincount(numbers) * 40_000
    assert cut[0] == 0 and (np.diff(cut) > 0).all() and len(sizes) == len(cut)
    assert 40 <= len(sizes) <= 48 and sizes.max() < 18 << 20
    together = [len(set(numbers[i : i + 20].tolist())) for i in range(0, len(rows), 20)]
    assert sum(count > 1 for count in together) < len(sizes)


def test_a_giant_repository_is_cut() -> None:
    rows = [("linux", f"drivers/{i}.c", 1 << 20) for i in range(2_000)]
    numbers = shards(bins([r for r, _, _ in rows], [p for _, p, _ in rows]), first_bins([_histogram(rows)]))
    assert len(set(numbers.tolist())) >= 12


def test_no_rows_make_one_empty_shard() -> None:
    assert first_bins([_histogram([])]).tolist() == [0]
    assert (bins(["a"], ["b"]) < BINS).all()


def _histogram(rows: list[tuple[str, str, int]]) -> Histogram:
    return histogram([Row(repository, path, bytes(size)) for repository, path, size in rows])
