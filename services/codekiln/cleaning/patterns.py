"""An expression that the gate looks for, and how one is compiled for a closer look. Knows no engine but google-re2."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.case_sensitive = not caseless
    options.max_mem = 64 << 20
    return re2.compile(text.encode(), options)
