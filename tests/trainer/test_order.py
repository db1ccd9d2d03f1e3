from __future__ import annotations

from itertools import chain

from hypothesis import given
from hypothesis import strategies as st

from codekiln.trainer.order import Order

seeds = st.integers(-(2**63), 2**63 - 1)


@given(windows=st.integers(1, 400), seed=seeds, epoch=st.integers(0, 10**9))
def test_every_epoch_shows_every_window_once(windows: int, seed: int, epoch: int) -> None:
    order = Order(windows, seed)
    assert sorted(order.window(epoch, index) for index in range(windows)) == list(range(windows))


@given(windows=st.integers(1, 2**40), seed=seeds, index=st.integers(0, 2**40))
def test_any_place_of_a_large_corpus_is_computed_without_a_list(windows: int, seed: int, index: int) -> None:
    assert 0 <= Order(windows, seed).window(3, index % windows) < windows


@given(
    windows=st.integers(1, 1000),
    seed=seeds,
    step=st.integers(0, 10**6),
    processes=st.sampled_from([1, 2, 4]),
    share=st.integers(1, 8),
)
def test_any_number_of_processes_sees_the_same_global_batches(
    windows: int, seed: int, step: int, processes: int, share: int
) -> None:
    order, batch_size = Order(windows, seed), 4 * share
    shares = [order.batch(step, batch_size, rank, processes) for rank in range(processes)]
    assert list(chain.from_iterable(shares)) == order.batch(step, batch_size)


def test_batches_go_on_across_epochs_without_a_gap() -> None:
    order = Order(10, 7)
    samples = [sample for step in range(5) for sample in order.batch(step, 4)]
    assert [sample.epoch for sample in samples] == [0] * 10 + [1] * 10
    assert {sample.window for sample in samples[10:]} == set(range(10))


def test_epochs_and_seeds_differ() -> None:
    orders = [[Order(100, seed).window(epoch, i) for i in range(100)] for seed, epoch in ((0, 0), (0, 1), (1, 0))]
    assert orders[0] != orders[1] != orders[2] != orders[0]


def test_the_order_stays_what_it_was_in_earlier_versions() -> None:
    """A change would make a resumed training repeat and lose samples: raise CODE_VERSION with it."""
    assert [Order(10, 0).window(0, index) for index in range(10)] == PINNED


PINNED = [7, 2, 8, 0, 3, 4, 1, 6, 5, 9]
