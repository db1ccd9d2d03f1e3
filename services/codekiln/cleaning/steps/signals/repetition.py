"""Signals of one thing over and over: lines that occur before, and the most frequent few words in a row."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from codekiln.cleaning.document import Document
from codekiln.cleaning.words import Hashes, ngrams

FLOOR = 0.25
"""Shares of n-grams below it count as 0: no threshold is lower, and the exact share costs a sort."""
_BUCKETS = 1 << 12
_TO_BUCKET = np.uint64(52)
_MINIMUM = 20
"""Lines, and words, from which repetition means something."""


def repeated_line_share(document: Document) -> float:
    """Lines that occur before, of all lines that are not blank."""
    lines = document.lines
    if len(lines) < _MINIMUM:
        return 0.0
    distinct = set(lines)
    blank = sum(map(lines.count, (line for line in distinct if not line.strip())))
    full, different = len(lines) - blank, sum(1 for line in distinct if line.strip())
    return 1 - different / full if full >= _MINIMUM else 0.0


def top_2gram_share(document: Document) -> float:
    """Bytes of the most frequent two words in a row, of the bytes of all words."""
    return _top(document, 2)


def top_3gram_share(document: Document) -> float:
    """The same for three words in a row."""
    return _top(document, 3)


def top_4gram_share(document: Document) -> float:
    """The same for four words in a row."""
    return _top(document, 4)


def _top(document: Document, size: int) -> float:
    found = document.words
    if len(found.hashes) < _MINIMUM:
        return 0.0
    lengths = found.ends - found.starts
    total = int(lengths.sum())
    # No n-gram weighs more than n times its weightiest word: counting in buckets is cheap and can only say too much.
    if size * _heaviest(found.hashes, lengths) < FLOOR * total:
        return 0.0
    grams = ngrams(found.hashes, size)
    sums = np.concatenate([[0], np.cumsum(lengths)])
    weights = sums[size:] - sums[:-size]
    if _heaviest(grams, weights) < FLOOR * total:
        return 0.0
    _, places = np.unique(grams, return_inverse=True)
    # Where it overlaps with itself, as in `a a a a`, it weighs no more than all words do.
    return min(1.0, float(np.bincount(places, weights).max()) / total)


def _heaviest(hashes: Hashes, weights: npt.NDArray[np.int64]) -> float:
    """The weightiest bucket, an upper bound on the weightiest member."""
    return float(np.bincount((hashes >> _TO_BUCKET).astype(np.int64), weights, _BUCKETS).max())
