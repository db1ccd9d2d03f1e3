"""A part of a file that detection has an opinion of."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """A part of a file: offsets in bytes, its kind, its text, and whether it is to be replaced.

    Of the text, so many characters stay at both ends: `ghp_` is no secret, and says what the rest is.
    """

    start: int
    end: int
    kind: str
    value: str
    replace: bool = True
    stays_before: int = 0
    stays_after: int = 0
