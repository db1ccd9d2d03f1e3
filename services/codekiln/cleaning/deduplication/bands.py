"""Candidates: signatures are cut into bands, and files that agree in a whole band may be alike."""

from __future__ import annotations

import numpy as np

from codekiln.cleaning.deduplication.order import is_known

RECALL = 0.985
"""Share of pairs right at the threshold that at least one band must catch."""
_PAIRS = 1 << 15
_WINDOW = 8
"""A group gives all its pairs up to _PAIRS of them; of a larger one each file is paired with the group's best, as many
as that allows and 8 at least. So a million files that are nearly the same cost 8 million pairs."""
_MIX = np.uint64(0xD6E8FEB86659FD93)
_SHIFT = np.uint64(32)


def rows_per_band(threshold: float, permutations: int) -> int:
    """The longest bands, so the fewest false candidates, that still catch RECALL of pairs at the threshold."""
    best = 1
    for rows in range(1, permutations + 1):
        if 1 - (1 - threshold**rows) ** (permutations // rows) >= RECALL:
            best = rows
    return best


def band_keys(signatures: np.ndarray, threshold: float) -> np.ndarray:
    """uint64, a row a file, a column a band: equal where two files agree in the band."""
    count, permutations = signatures.shape
    rows = rows_per_band(threshold, permutations)
    keys = np.empty((count, permutations // rows), np.uint64)
    for band in range(keys.shape[1]):
        key = np.full(count, band + 1, np.uint64)
        for column in range(band * rows, (band + 1) * rows):
            key = (key ^ signatures[:, column]) * _MIX
            key ^= key >> _SHIFT
        keys[:, band] = key
    return keys


def candidates(keys: np.ndarray, order: tuple[np.ndarray, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of places in `keys` whose keys are equal: the better and the worse, a pair more than once perhaps.

    Two files of known datasets are no pair: both stay.
    """
    by_key = np.argsort(keys, kind="stable")
    ordered = keys[by_key]
    same = ordered[1:] == ordered[:-1]
    grouped = np.zeros(len(keys), bool)
    grouped[1:] |= same
    grouped[:-1] |= same
    rows = by_key[grouped]
    # Within a group from the best to the worst.
    rows = rows[np.lexsort((*(column[rows] for column in reversed(order)), keys[rows]))]
    starts = np.flatnonzero(np.concatenate(([True], keys[rows[1:]] != keys[rows[:-1]]))) if len(rows) else rows
    sizes = np.diff(np.concatenate((starts, [len(rows)])))
    better, worse = [rows[:0]], [rows[:0]]
    for size in np.unique(sizes).tolist():
        first, second = _pairs(size)
        at = starts[sizes == size][:, None]
        better.append(rows[(at + first).ravel()])
        worse.append(rows[(at + second).ravel()])
    left, right = np.concatenate(better), np.concatenate(worse)
    new = ~is_known(order[0][right])
    return left[new], right[new]


def _pairs(size: int) -> tuple[np.ndarray, np.ndarray]:
    window = min(size, max(_WINDOW, _PAIRS // size))
    counts = size - 1 - np.arange(window)
    first = np.repeat(np.arange(window), counts)
    second = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts) + first + 1
    return first, second
