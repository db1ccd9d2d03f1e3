"""Jaccard similarity of many pairs of sets at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from codekiln.cleaning.deduplication.entries import WHOLE, Entry

_LOOK = 128
_DOUBT = 0.2
"""Pairs whose _LOOK least numbers agree by this much less than the threshold are left out: 5 standard deviations."""
_NUMBERS = 1 << 19
"""Compared at a time: 4 MiB."""


def alike(entries: Sequence[Entry], left: np.ndarray, right: np.ndarray, threshold: float) -> np.ndarray:
    """Similarities of pairs of entries, float64; 0 for those that are surely below the threshold."""
    lengths = np.array([len(entry.shingles) for entry in entries], np.int64)
    cuts = np.array([entry.cut for entry in entries], np.uint64)
    a, b = lengths[left], lengths[right]
    cut = (cuts[left] < WHOLE) | (cuts[right] < WHOLE)
    likely = (np.minimum(a, b) > 0) & ((np.minimum(a, b) >= threshold * np.maximum(a, b)) | cut)
    places = np.flatnonzero(likely)
    least, upto = _least(entries, lengths, cuts)
    for start in range(0, len(places), _NUMBERS // _LOOK):
        some = places[start : start + _NUMBERS // _LOOK]
        likely[some] = _guess(least, upto, left[some], right[some]) >= threshold - _DOUBT
    places = np.flatnonzero(likely)
    result = np.zeros(len(left))
    ends = np.cumsum(a[places] + b[places])
    start = 0
    while start < len(places):
        done = int(ends[start - 1]) if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + _NUMBERS, "right")))
        some = places[start:stop]
        result[some] = _similarities(entries, left[some].tolist(), right[some].tolist())
        start = stop
    return result


def jaccard(a: np.ndarray, b: np.ndarray) -> float:
    """Similarity of two ascending arrays without repetitions."""
    common = len(a) + len(b) - len(np.union1d(a, b))
    return common / (len(a) + len(b) - common)


def _least(entries: Sequence[Entry], lengths: np.ndarray, cuts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least numbers of each entry, and up to which number none is missing among them."""
    least = np.full((len(entries), _LOOK), WHOLE + 1, np.uint64)
    for row, entry in enumerate(entries):
        numbers = entry.shingles[:_LOOK]
        least[row, : len(numbers)] = numbers
    return least, np.where(lengths > _LOOK, least[:, -1], cuts)


def _guess(least: np.ndarray, upto: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    rows = np.concatenate((least[left], least[right]), axis=1)
    rows.sort(axis=1)
    within = rows <= np.minimum(upto[left], upto[right])[:, None]
    common = ((rows[:, 1:] == rows[:, :-1]) & within[:, 1:]).sum(axis=1)
    return common / np.maximum(1, within.sum(axis=1) - common)


def _similarities(entries: Sequence[Entry], left: list[int], right: list[int]) -> np.ndarray:
    pieces = []
    for one, other in zip(left, right, strict=True):
        a, b = entries[one], entries[other]
        if a.cut == b.cut:
            pieces += [a.shingles, b.shingles]
        else:
            # Up to the lesser cut both are whole, and what is there is a random sample of both.
            cut = np.uint32(min(a.cut, b.cut))
            pieces += [numbers[: np.searchsorted(numbers, cut, "right")] for numbers in (a.shingles, b.shingles)]
    totals = np.array([len(piece) for piece in pieces], np.int64).reshape(-1, 2).sum(axis=1)
    pairs = np.repeat(np.arange(len(left), dtype=np.uint64) << np.uint64(32), totals)
    keys = np.concatenate(pieces) | pairs
    keys.sort(kind="stable")  # merges the runs that are sorted already
    same = keys[1:][keys[1:] == keys[:-1]]
    common = np.bincount((same >> np.uint64(32)).astype(np.int64), minlength=len(left))
    return common / np.maximum(1, totals - common)
