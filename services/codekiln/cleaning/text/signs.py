"""Which rules of a table may have something to do in a text: google-re2 looks for all their signs in one pass."""

from __future__ import annotations

from collections.abc import Sequence


class Signs:
    """One expression a rule. Knows only whether each occurs; the rule itself then looks closer."""

    def __init__(self, expressions: Sequence[str], *, caseless: bool = False) -> None:
        import re2

        options = re2.Options()
        options.encoding = re2.Options.Encoding.LATIN1
        options.case_sensitive = not caseless
        options.max_mem = 64 << 20
        self._set = re2.Set.SearchSet(options)
        for expression in expressions:
            self._set.Add(expression.encode())
        self._set.Compile()

    def found(self, text: str) -> list[int]:
        """Numbers of the rules whose sign occurs, in order."""
        return sorted(self._set.Match(text.encode("utf-8", "surrogateescape")) or ())
