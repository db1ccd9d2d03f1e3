"""Shards of a dataset: a function of its rows."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.ordering import BINS, SORTED_BY, Histogram, Merged, added, bins, first_bins, histogram, shards
from codekiln.cleaning.shards import groups

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


@settings(max_examples=60, deadline=None)
@given(ROWS, st.integers(1, 5))
def test_histograms_of_pieces_add_up(rows: list[tuple[str, str, int]], parts: int) -> None:
    pieces = [rows[i::parts] for i in range(parts)]
    assert added([_histogram(piece) for piece in pieces]).tolist() == _histogram(rows).tolist()


NAMES = st.sampled_from(["a", "b", "한글", ""])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), unique=True, max_size=40), st.integers(1, 5), st.data())
def test_merged_rows_are_those_of_one_sorted_table(
    rows: list[tuple[str, ...]], parts: int, data: st.DataObject
) -> None:
    schema = pa.schema([*((name, pa.string()) for name in SORTED_BY), ("content", pa.large_string())])
    tables = [_table(rows[i::parts], schema) for i in range(parts)]
    merged = Merged(tables, schema)
    expected = _table(sorted(rows, key=lambda row: [name.encode() for name in row]), schema)
    start = data.draw(st.integers(0, len(rows)))
    end = data.draw(st.integers(start, len(rows)))
    assert merged.num_rows == len(rows)
    assert merged.rows(schema.names) == expected
    assert merged.rows(["path", "content"], start, end) == expected.select(["path", "content"])[start:end]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 6 << 20), max_size=30))
def test_row_groups_follow_each_other_and_only_the_last_is_small(lengths: list[int]) -> None:
    cuts = list(groups(lengths))
    assert [row for start, end in cuts for row in range(start, end)] == list(range(len(lengths)))
    sizes = [sum(lengths[start:end]) for start, end in cuts]
    assert all(size >= 2 << 20 for size in sizes[:-1]) and all(size < 8 << 20 for size in sizes)


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


def _table(rows: list[tuple[str, ...]], schema: pa.Schema) -> pa.Table:
    columns = zip(*rows, strict=True) if rows else [()] * len(SORTED_BY)
    columns = [list(column) for column in columns]
    return pa.table([*columns, ["".join(row) for row in rows]], schema=schema)
