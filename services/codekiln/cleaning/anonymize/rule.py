"""One form of personal data or of a secret, as the table of kinds states it."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.cleaning.patterns import Pattern

START = r"(?:\b|\\[nrt])"
"""Where a value begins: at the edge of a word, or after an escape sequence."""


@dataclass(frozen=True)
class Rule:
    """One form of one kind. `check` names how a match is judged: see detection.py."""

    kind: str
    expression: str
    words: tuple[str, ...]
    check: str = "token"
    caseless: bool = False
    languages: frozenset[str] = frozenset()
    """Only in these languages; everywhere when empty."""
    name: str = ""
    hint: str = ""
    """A cheaper expression that matches wherever `expression` does, for the gate; `expression` itself when empty."""

    @property
    def pattern_name(self) -> str:
        """The name under which the gate knows it."""
        return self.name or self.kind

    @property
    def is_whole(self) -> bool:
        """Whether the whole match is the key, its prefix too, and not the place where one stands."""
        return self.check in ("token", "crc32", "random", "der_key") and self.expression.startswith(r"\b")

    @property
    def is_named(self) -> bool:
        """Whether its first group is the name of the value, and its last the value."""
        return self.check in ("assigned", "mentioned")

    @property
    def sought(self) -> str:
        """The expression, which matches after an escape sequence too: of `"\\nAKIA"` the `n` is none of the value."""
        return START + self.expression[2:] if self.expression.startswith(r"\b") else self.expression

    @property
    def pattern(self) -> Pattern:
        """What the gate looks for: anywhere in a word, which costs less than to look for its edge in both ways."""
        words = tuple(word.encode() for word in self.words)
        return Pattern(self.pattern_name, self.hint or self.expression.removeprefix(r"\b"), words, self.caseless)
