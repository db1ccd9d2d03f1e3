"""The gate: one pass over the bytes of a file that says which patterns occur in it, and nothing more.

    gate.shared().hits(data)    # frozenset({"email", "github_token"})

A step then looks closer, with exact expressions, only at files in which its pattern occurs. Two engines give the same
answer: hyperscan scans all patterns at once; google-re2, where hyperscan cannot be imported, looks for each pattern's
required words first. Expressions keep to the part of the syntax that both read alike: bytes, no look-around, no `\\s`
(the engines disagree on the vertical tab), no `^` and `$`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Protocol

from codekiln.cleaning.anonymize.rules import RULES
from codekiln.cleaning.encodings import PATTERNS as ENCODED
from codekiln.cleaning.patterns import Pattern, expression
from codekiln.cleaning.placeholders import PATTERNS as PLACEHOLDERS

_MAX_SCAN = 1 << 30
"""hyperscan counts bytes of a block in 32 bits."""


class Gate(Protocol):
    """Says which patterns occur."""

    def hits(self, data: bytes) -> frozenset[str]:
        """Names of the patterns that match anywhere in `data`."""
        ...


class HyperscanGate:
    """All patterns in one pass. Not for use by several threads at once."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        import hyperscan

        self._names = [pattern.name for pattern in patterns]
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        caseless = hyperscan.HS_FLAG_CASELESS
        self._database.compile(
            expressions=[pattern.expression.encode() for pattern in patterns],
            ids=list(range(len(patterns))),
            elements=len(patterns),
            flags=[hyperscan.HS_FLAG_SINGLEMATCH | (caseless if pattern.caseless else 0) for pattern in patterns],
        )

    def hits(self, data: bytes) -> frozenset[str]:
        """Names of the patterns that match anywhere in `data`."""
        if len(data) > _MAX_SCAN:
            raise ValueError(f"the gate takes at most {_MAX_SCAN} bytes, got {len(data)}")
        found: list[int] = []
        self._database.scan(data, match_event_handler=lambda id, start, end, flags, context: found.append(id))
        return frozenset([self._names[id] for id in found])


class Re2Gate:
    """Each pattern by itself, after a look for its words. Slower; the same answer."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = [
            (pattern.name, pattern.words, expression(pattern.expression, caseless=pattern.caseless))
            for pattern in patterns
        ]

    def hits(self, data: bytes) -> frozenset[str]:
        """Names of the patterns that match anywhere in `data`."""
        lowered = data.lower()
        return frozenset(
            [
                name
                for name, words, compiled in self._patterns
                if any(word in lowered for word in words) and compiled.search(data)
            ]
        )


def build(patterns: Sequence[Pattern]) -> Gate:
    """The quicker engine that can be imported."""
    try:
        return HyperscanGate(patterns)
    except ImportError:
        return Re2Gate(patterns)


def patterns() -> tuple[Pattern, ...]:
    """Every pattern that a step asks the gate for."""
    return tuple(rule.pattern for rule in RULES) + ENCODED + PLACEHOLDERS


@cache
def alone() -> Gate:
    """For anonymising alone: the patterns of its rules and no other."""
    return build(tuple(rule.pattern for rule in RULES))


@cache
def shared() -> Gate:
    """The gate of this process, compiled once."""
    return build(patterns())
