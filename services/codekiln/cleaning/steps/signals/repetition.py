"""Signals of one thing over and over: lines that occur before, and the most frequent few words in a row."""

from __future__ import annotations

import operator
from collections import Counter

from codekiln.cleaning.document import Document

FLOOR = 0.4
"""Shares of n-grams below it count as 0: no threshold is lower, and the exact share costs a count."""
_MINIMUM = 20
"""Lines, and words, from which repetition means something."""


def repeated_line_share(document: Document) -> float:
    """Lines that occur before, of all lines that are not empty."""
    lines = document.head.split(b"\n")
    if len(lines) < _MINIMUM:
        return 0.0
    distinct = set(lines)
    full = len(lines) - lines.count(b"")
    return 1 - (len(distinct) - (b"" in distinct)) / full if full >= _MINIMUM else 0.0


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
    words = document.first_words
    # No n-gram weighs more than n times its weightiest word.
    if len(words) < _MINIMUM or size * document.heaviest_word < FLOOR:
        return 0.0
    grams = Counter(zip(*(words[place:] for place in range(size)), strict=False))
    heaviest = max(map(operator.mul, (sum(map(len, gram)) for gram in grams), grams.values()))
    # Those that overlap with themselves, as in `a a a a`, weigh no more than all words do.
    return min(1.0, heaviest / sum(map(len, words)))
