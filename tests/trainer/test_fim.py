from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codekiln.trainer.fim import Fim, Tokens, documents
from codekiln.trainer.order import Sample

END, PREFIX, MIDDLE, SUFFIX = 0, 1, 2, 3
windows = st.lists(st.integers(0, 40).map(lambda id: id if id == END else id + 4), min_size=2, max_size=120)


def fim(rate: float, seed: int = 0) -> Fim:
    return Fim(rate, PREFIX, MIDDLE, SUFFIX, END, seed)


def retold(document: Tokens) -> Tokens:
    """A rearranged document as it was, less its first three tokens."""
    at = {id: int(np.flatnonzero(document == id)[0]) for id in (PREFIX, SUFFIX, MIDDLE)}
    ended = bool(document[-1] == END)
    prefix, suffix = document[1 : at[SUFFIX]], document[at[SUFFIX] + 1 : at[MIDDLE]]
    middle = document[at[MIDDLE] + 1 : len(document) - ended]
    return np.concatenate([prefix, middle, suffix, [END] * ended])


@given(ids=windows, seed=st.integers(0, 9), epoch=st.integers(0, 3))
def test_a_window_keeps_its_length_and_every_document_its_text(ids: list[int], seed: int, epoch: int) -> None:
    window = np.array(ids)
    changed = fim(1.0, seed).apply(window, Sample(epoch, 5))
    assert len(changed) == len(window)
    for first, last in documents(window, END):
        before, after = window[first:last], changed[first:last]
        if after[0] == PREFIX:
            assert list(retold(after)) == list(before[3:])
        else:
            assert list(after) == list(before)


@given(ids=windows)
def test_rate_zero_changes_nothing(ids: list[int]) -> None:
    assert list(fim(0.0).apply(np.array(ids), Sample(0, 0))) == ids


def test_about_the_asked_share_of_documents_is_rearranged() -> None:
    window = np.array(([9] * 19 + [END]) * 1000)
    changed = fim(0.5).apply(window, Sample(0, 0))
    assert 440 < np.count_nonzero(changed == PREFIX) < 560


def test_cuts_differ_by_epoch_window_and_seed_and_by_nothing_else() -> None:
    window = np.arange(4, 104)
    samples = [(0, Sample(0, 0)), (0, Sample(1, 0)), (0, Sample(0, 1)), (1, Sample(0, 0)), (0, Sample(0, 0))]
    cut = [tuple(fim(1.0, seed).apply(window, sample)) for seed, sample in samples]
    assert len(set(cut)) == 4 and cut[0] == cut[4]


@given(ids=windows)
def test_documents_of_a_window_lie_end_to_end(ids: list[int]) -> None:
    bounds = list(documents(np.array(ids), END))
    assert bounds[0][0] == 0 and bounds[-1][1] == len(ids)
    assert all(left[1] == right[0] for left, right in pairwise(bounds))
