"""What is held out: deterministic, whole repositories where that is possible, never nothing and never all."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from codekiln.tokenizer.documents import Catalogue, draw
from codekiln.tokenizer.holdout import held_out, sample, whole_repositories


def catalogue_of(documents: list[tuple[int, int]]) -> Catalogue:
    """From (repository, bytes) pairs."""
    repositories = np.array([repository for repository, _ in documents], np.int32)
    sizes = np.array([size for _, size in documents], np.int64)
    draws = np.array([draw(0, str(row)) for row in range(len(documents))], np.uint64)
    names = tuple(f"repo{number}" for number in range(int(repositories.max(initial=0)) + 1))
    return Catalogue(draws, sizes, repositories, names, (), ())


documents = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1000)), min_size=1, max_size=80)
shares = st.floats(0.0001, 0.5)


@given(documents, shares, st.integers(0, 3))
def test_two_documents_suffice_for_both_sides_to_hold_something(
    pairs: list[tuple[int, int]], share: float, seed: int
) -> None:
    assume(sum(size > 0 for _, size in pairs) >= 2)
    catalogue = catalogue_of(pairs)
    mask = held_out(catalogue, share, seed)
    assert catalogue.bytes_of(mask) > 0
    assert catalogue.bytes_of(~mask) > 0
    assert np.array_equal(mask, held_out(catalogue, share, seed))


@given(documents, shares)
def test_the_share_is_kept_unless_the_smallest_choice_is_larger(pairs: list[tuple[int, int]], share: float) -> None:
    assume(sum(size > 0 for _, size in pairs) >= 2)
    catalogue = catalogue_of(pairs)
    mask = held_out(catalogue, share, 0)
    total = int(catalogue.bytes.sum())
    smallest = min(size for _, size in pairs if size)
    assert catalogue.bytes_of(mask) <= max(share * total, 0.2 * total, smallest)


def test_many_repositories_are_held_out_whole() -> None:
    catalogue = catalogue_of([(number % 50, 100) for number in range(500)])
    mask = held_out(catalogue, 0.1, 0)
    assert whole_repositories(catalogue, mask)
    assert catalogue.bytes_of(mask) == 5000


def test_another_seed_holds_out_others() -> None:
    catalogue = catalogue_of([(number, 100) for number in range(50)])
    assert not np.array_equal(held_out(catalogue, 0.1, 0), held_out(catalogue, 0.1, 1))


def test_two_equal_repositories_are_not_split_in_half() -> None:
    catalogue = catalogue_of([(number % 2, 100) for number in range(100)])
    assert catalogue.bytes_of(held_out(catalogue, 0.02, 0)) == 200


def test_a_single_document_is_never_held_out() -> None:
    assert not held_out(catalogue_of([(0, 100), (0, 0)]), 0.5, 0).any()


@given(documents, st.integers(0, 5000))
def test_a_sample_fits_and_is_never_empty(pairs: list[tuple[int, int]], max_bytes: int) -> None:
    catalogue = catalogue_of(pairs)
    assume(catalogue.bytes.sum() > 0)
    everything = np.ones(len(pairs), np.bool_)
    taken = sample(catalogue, everything, max_bytes)
    smallest = min(size for _, size in pairs if size)
    assert catalogue.bytes_of(taken) > 0
    if max_bytes:
        assert catalogue.bytes_of(taken) <= max(max_bytes, smallest)
    else:
        assert taken.all()
