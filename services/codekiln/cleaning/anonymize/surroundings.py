"""What stands before a value: its line, and a word that what follows is a published example."""

from __future__ import annotations

import re

CONTEXT = 64
"""Bytes before a value that are read for what it is."""
_TEST_VECTOR = re.compile(rb"\bRFC[ -]?\d{3,5}\b|test[ _-]?vectors?\b|known[ -]answer", re.IGNORECASE)


def is_test_vector(data: bytes, start: int) -> bool:
    """Whether its line or the one before says that a published example follows.

    It is nobody's, and has to stay what it is.
    """
    line = line_start(data, start, 4 * CONTEXT)
    before = line_start(data, max(0, line - 1), 4 * CONTEXT)
    return _TEST_VECTOR.search(data, max(before, start - 4 * CONTEXT), start) is not None


def line_start(data: bytes, place: int, most: int) -> int:
    """Where the line of this place begins, or `most` bytes before it: lines may be as long as files."""
    first = max(0, place - most)
    return max(first, data.rfind(b"\n", first, place) + 1)
