"""SPDX licence expressions: `parse` reads one, `allows` says whether a policy meets it, `parts` takes it apart. Pure.

Of `X WITH exception` only X is kept: an exception adds permissions and takes none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from typing import NamedTuple

_TOKEN = re.compile(r"\s*([()]|[A-Za-z0-9][A-Za-z0-9.+-]*(?::[A-Za-z0-9][A-Za-z0-9.-]*)?)")
_EXCEPTION = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
_LONGEST = 2000
_DEEPEST = 50
"""Parentheses inside each other. People write two."""
_JOINING = frozenset({"AND", "OR", "WITH"})


class Joined(NamedTuple):
    """Licences joined by `AND` (all bind) or `OR` (one may be chosen); sides are sorted by their text."""

    word: str
    sides: tuple[Expression, ...]

    def __str__(self) -> str:
        return f" {self.word} ".join(f"({side})" if isinstance(side, Joined) else side for side in self.sides)


Expression = str | Joined
"""An identifier, or several joined."""


def parse(text: str, identify: Callable[[str], str | None] = str) -> Expression | None:
    """An expression, its identifiers as `identify` gives them back; None where it refuses one, or `text` is none."""
    tokens = _tokens(text)
    read = _Reader(tokens, identify)
    expression = read.either(0) if tokens else None
    return expression if read.at == len(tokens) else None


def parts(expression: Expression) -> tuple[str, ...]:
    """All that binds, sorted: the sides of a top-level AND, each an identifier or a choice (`Apache-2.0 OR MIT`)."""
    if isinstance(expression, Joined) and expression.word == "AND":
        return tuple(sorted(map(str, expression.sides)))
    return (str(expression),)


def allows(expression: Expression, allowed: Container[str]) -> bool:
    """Whether allowed licences can meet an expression: one side of OR, all sides of AND. `allowed` is lower case."""
    if isinstance(expression, str):
        return expression.lower() in allowed
    meets = (allows(side, allowed) for side in expression.sides)
    return any(meets) if expression.word == "OR" else all(meets)


def _tokens(text: str) -> list[str]:
    tokens, at, text = [], 0, text.strip()
    if len(text) > _LONGEST:
        return []
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            return []
        tokens.append(match.group(1))
        at = match.end()
    return tokens


class _Reader:
    """Recursive descent; AND binds closer than OR. A method gives None where it cannot read."""

    def __init__(self, tokens: list[str], identify: Callable[[str], str | None]) -> None:
        self.at = 0
        self._tokens, self._identify = tokens, identify

    def either(self, depth: int) -> Expression | None:
        return self._joined("OR", lambda: self._joined("AND", lambda: self._term(depth)))

    def _joined(self, word: str, side: Callable[[], Expression | None]) -> Expression | None:
        sides: dict[str, Expression] = {}
        while True:
            found = side()
            if found is None:
                return None
            # `a AND (b AND c)` has three sides.
            inner = found.sides if isinstance(found, Joined) and found.word == word else (found,)
            sides.update({str(one): one for one in inner})
            if self._word() != word:
                break
            self.at += 1
        ordered = tuple(sides[name] for name in sorted(sides))
        return ordered[0] if len(ordered) == 1 else Joined(word, ordered)

    def _term(self, depth: int) -> Expression | None:
        token = self._tokens[self.at] if self.at < len(self._tokens) else ")"
        if token == "(" and depth < _DEEPEST:
            self.at += 1
            inside = self.either(depth + 1)
            if inside is None or self._word() != ")":
                return None
            self.at += 1
            return inside
        id = None if token in "()" or token.upper() in _JOINING else self._identify(token)
        if id is None:
            return None
        self.at += 1
        if self._word() == "WITH":
            if self.at + 1 == len(self._tokens) or not _EXCEPTION.fullmatch(self._tokens[self.at + 1]):
                return None
            self.at += 2
        return id

    def _word(self) -> str:
        return self._tokens[self.at].upper() if self.at < len(self._tokens) else ""
