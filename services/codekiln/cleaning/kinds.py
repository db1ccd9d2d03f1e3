"""Words by length and first letter: how much the weightiest run of words weighs at most, without comparing words.

Words of one kind count as one word, and so do kinds that share a bucket: what comes out is never too little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from codekiln.cleaning.words import WORD_BYTES

_ENOUGH = 0.5
"""No share that matters is lower: up to it the first guess is as good as a closer look."""
_KINDS = 1 << 10
_GRAMS = 1 << 12
"""Buckets: more of them take longer to empty, in fewer too much meets."""
Numbers = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Kinds:
    """Of some words in a row, the kind of each and its bytes."""

    numbers: Numbers
    lengths: Numbers
    share: float
    """Bytes of all words of the weightiest kind, of the bytes of all words."""

    @staticmethod
    def of(text: bytes) -> Kinds:
        """The kinds of the text's words."""
        marks = np.frombuffer(b"\0" + text.translate(WORD_BYTES) + b"\0", np.bool_)
        edges = (marks[1:] != marks[:-1]).nonzero()[0]
        starts = edges[::2]
        lengths = edges[1::2] - starts
        if not len(starts):
            return Kinds(starts, lengths, 0.0)
        numbers = ((lengths << 5) ^ np.frombuffer(text, np.uint8)[starts]) & (_KINDS - 1)
        return Kinds(numbers, lengths, float(np.bincount(numbers, lengths).max() / lengths.sum()))

    def heaviest(self, size: int) -> float:
        """At least the share that the most frequent `size` words in a row have in the bytes of all words."""
        guess = size * self.share
        if guess <= _ENOUGH or len(self.lengths) < size:
            return guess
        count = len(self.lengths) - size + 1
        grams, lengths = self.numbers[:count], self.lengths[:count]
        for place in range(1, size):
            grams = grams * 31 + self.numbers[place : place + count]
            lengths = lengths + self.lengths[place : place + count]
        return min(guess, float(np.bincount(grams & (_GRAMS - 1), lengths).max() / self.lengths.sum()))
