from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from codekiln.ingestion.plan import divide, fair_share, make_plan, weighted_parts
from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Cursor, Repository, Share, Skipped, SourceFile

from .material import ALL

SIZES = st.lists(st.integers(0, 10_000), max_size=50)


class Sized:
    """A repository of which only the size matters."""

    def __init__(self, name: str, bytes_: int) -> None:
        self.name, self.bytes = name, bytes_

    def expected(self, wanted: Selection) -> int:
        return self.size(wanted)

    def size(self, wanted: Selection) -> int:
        return self.bytes

    def files(self, wanted: Selection, share: Share, start: Cursor) -> Iterator[SourceFile | Skipped]:
        return iter(())


class Many:
    """A source of them."""

    def __init__(self, *repositories: Repository) -> None:
        self._repositories = repositories

    def fingerprint(self, wanted: Selection) -> dict[str, Any]:
        return {}

    def repositories(self) -> Sequence[Repository]:
        return self._repositories


@given(SIZES, st.integers(1, 100_000))
def test_shares_never_exceed_the_limit_nor_what_there_is_and_miss_it_by_rounding_only(
    sizes: list[int], limit: int
) -> None:
    shares = divide(sizes, limit)
    assert all(0 <= share <= size for share, size in zip(shares, sizes, strict=True))
    assert sum(shares) <= limit
    assert sum(shares) >= min(sum(sizes), limit) - len(sizes)


@given(SIZES, st.integers(1, 100_000))
def test_nobody_is_cut_while_another_gets_more(sizes: list[int], limit: int) -> None:
    cap = fair_share(sizes, limit)
    assert sum(min(size, cap) for size in sizes) <= limit or not sizes
    if sum(sizes) <= limit:
        assert cap == max(sizes, default=0)


def test_a_giant_does_not_starve_the_rest_and_alone_fills_the_limit() -> None:
    assert divide([10, 20, 100_000], 1000) == [10, 20, 970]
    assert divide([100_000], 1000) == [1000]
    assert divide([500, 500, 500, 500], 1000) == [250, 250, 250, 250]


def test_thousands_of_repositories_get_no_crumbs() -> None:
    shares = divide([5000] * 1000, 100_000)
    assert sum(shares) == 100_000
    assert {share for share in shares if share} == {1000}


def test_without_a_limit_all_comes_as_it_is() -> None:
    source = Many(Sized("b", 3), Sized("a", 5))
    plan = make_plan([source, Many(Sized("c", 1))], ALL, 0, seed=1)
    assert [(p.repository.name, p.share.bytes, p.bytes) for p in plan] == [
        ("b", None, 3),
        ("a", None, 5),
        ("c", None, 1),
    ]


def test_the_order_under_a_limit_follows_the_seed_and_not_the_company() -> None:
    def order(names: str, seed: int) -> list[str]:
        return [p.repository.name for p in make_plan([Many(*(Sized(n, 10) for n in names))], ALL, 20, seed)]

    assert order("abcdefgh", 1) == order("hgfedcba", 1)
    assert order("abcdefgh", 1) != order("abcdefgh", 2)
    assert [name for name in order("abcdefgh", 1) if name in "abcd"] == order("abcd", 1)


WEIGHTED = st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.001, 1000)), min_size=1, max_size=20)


@given(WEIGHTED, st.integers(1, 100_000))
def test_parts_by_weight_never_exceed_the_limit_and_miss_it_by_rounding_only(
    sources: list[tuple[int, float]], limit: int
) -> None:
    sizes, weights = [size for size, _ in sources], [weight for _, weight in sources]
    parts = weighted_parts(sizes, weights, limit)
    assert all(0 <= part <= size for part, size in zip(parts, sizes, strict=True))
    assert min(sum(sizes), limit) - len(sizes) <= sum(parts) <= limit


def test_parts_are_as_the_weights_and_what_one_lacks_goes_to_the_others() -> None:
    assert weighted_parts([1000, 1000], [3, 1], 400) == [300, 100]
    assert weighted_parts([100, 1000, 1000], [2, 1, 1], 400) == [100, 150, 150]
    assert weighted_parts([5, 5], [1, 1000], 400) == [5, 5]


def test_a_weighted_source_shares_its_part_among_its_repositories() -> None:
    sources = [Many(Sized("a", 900), Sized("b", 900)), Many(Sized("c", 900))]
    plan = make_plan(sources, ALL, 400, 1, [1, 3])
    assert {planned.repository.name: planned.share.bytes for planned in plan} == {"a": 50, "b": 50, "c": 300}
