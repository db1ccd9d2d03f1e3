"""Other words for what a grammar lacks: patterns and what is read in their place."""

from __future__ import annotations

import re
from collections.abc import Callable

Mend = tuple[re.Pattern[bytes], bytes | Callable[[re.Match[bytes]], bytes]]
"""A pattern for what the grammar lacks, and what to read in its place; lines stay where they are."""

ARGUMENTS = rb"\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\)"
"""Of a call, with brackets three deep."""


def in_other_words(mends: tuple[Mend, ...], data: bytes) -> bytes:
    """The text with each mend made."""
    for pattern, replacement in mends:
        data = pattern.sub(replacement, data)
    return data


def mends(*pairs: tuple[str, str]) -> tuple[Mend, ...]:
    """Mends of pairs of text."""
    return tuple((re.compile(pattern.encode(), re.M), replacement.encode()) for pattern, replacement in pairs)


def blank(match: re.Match[bytes]) -> bytes:
    """Spaces in its place, on the same lines."""
    return re.sub(rb"[^\n]", b" ", match[0])


def letters(match: re.Match[bytes]) -> bytes:
    """Letters in its place, on the same lines."""
    return re.sub(rb"[^\n]", b"x", match[0])


def capitals(match: re.Match[bytes]) -> bytes:
    """Capitals in its place, on the same lines."""
    return re.sub(rb"[^\n]", b"X", match[0])
