"""An expression that the gate looks for, and how one is compiled for a closer look. Knows no engine but google-re2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

_MEMORY = 1 << 20
"""Bytes an expression may take, most of them for states that it meets: what a process keeps grows with all of them."""
_LONG = 1000
"""Instructions of an expression that has four times as much: its states are long too, as are those of a set."""


@dataclass(frozen=True)
class Pattern:
    """One expression. Wherever it matches, one of `words` (lower case) occurs in the lower-cased text."""

    name: str
    expression: str
    words: tuple[bytes, ...]
    caseless: bool = False


def expression(text: str, *, caseless: bool = False) -> Any:
    """A compiled google-re2 expression over bytes, each byte a character as in hyperscan."""
    import re2

    found = re2.compile(text.encode(), _options(caseless=caseless))
    return found if found.programsize <= _LONG else re2.compile(text.encode(), _options(4 * _MEMORY, caseless=caseless))


def might_match(text: str, *, caseless: bool = False) -> Callable[[str], bool]:
    """Whether Python's `re` might find the expression in a path: never False where it does, and seldom True elsewhere.

    google-re2 takes one pass however many alternatives there are. Where the two engines read a path differently,
    beyond ASCII and at the end of lines, the answer is True.
    """
    search = expression(text, caseless=caseless).search
    return lambda path: not path.isascii() or "\n" in path or search(path.encode()) is not None


def every(numbered: Sequence[tuple[int, str]]) -> Callable[[bytes], set[int]]:
    """Looks for all of these expressions in one pass: the numbers of those that match anywhere."""
    import re2

    together = re2.Set.SearchSet(_options(4 * _MEMORY))
    numbers = [number for number, _ in numbered]
    for _, text in numbered:
        together.Add(text.encode())
    together.Compile()
    return lambda data: {numbers[index] for index in together.Match(data) or ()}


def _options(memory: int = _MEMORY, *, caseless: bool = False) -> Any:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not caseless
    options.max_mem = memory
    return options
