"""Fill-in-the-middle: some documents of a window are cut in three and retold as prefix, suffix, middle.

The PSM form of Bavarian et al., "Efficient Training of Language Models to Fill in the Middle" (2022):
`<|fim_prefix|>` prefix `<|fim_suffix|>` suffix `<|fim_middle|>` middle. Cuts fall between tokens, not inside one. The
window keeps its length: a document pays for the three special tokens with its own first three.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from codekiln.trainer.order import Sample, draw

Tokens = NDArray[np.int64]

_SHORTEST = 10
"""Documents of fewer tokens stay as they are: three tokens are lost and each piece should hold something."""


@dataclass(frozen=True)
class Fim:
    """Ids of the special tokens, and how many of the documents are rearranged."""

    rate: float
    prefix: int
    middle: int
    suffix: int
    end: int
    seed: int

    def apply(self, window: Tokens, sample: Sample) -> Tokens:
        """A window of the same length. Depends on seed, epoch, window and the document's number in it only."""
        if self.rate == 0:
            return window
        pieces = [
            self._document(window[first:last], sample, number)
            for number, (first, last) in enumerate(documents(window, self.end))
        ]
        return np.concatenate(pieces)

    def _document(self, document: Tokens, sample: Sample, number: int) -> Tokens:
        ended = bool(document[-1] == self.end)
        body = document[:-1] if ended else document
        if len(body) < _SHORTEST:
            return document
        coin, one, two = (draw(self.seed, sample.epoch, sample.window, number, turn) for turn in (10, 11, 12))
        if coin >= self.rate * 2**64:
            return document
        body = body[3:]
        first, second = sorted((one % (len(body) + 1), two % (len(body) + 1)))
        prefix, middle, suffix = body[:first], body[first:second], body[second:]
        marks = np.array([[self.prefix], [self.suffix], [self.middle]], np.int64)
        end = document[len(document) - ended :]
        return np.concatenate([marks[0], prefix, marks[1], suffix, marks[2], middle, end])


def documents(window: Tokens, end: int) -> Iterator[tuple[int, int]]:
    """Bounds of the documents, or parts of one, that a window holds; each includes its end token where it has one."""
    first = 0
    for position in np.flatnonzero(window == end):
        yield first, int(position) + 1
        first = int(position) + 1
    if first < len(window):
        yield first, len(window)
