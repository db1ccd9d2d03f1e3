"""Expressions that tell languages with a common extension apart: heuristics.json, after linguist's heuristics.yml.

google-re2 runs them: in time linear in the bytes looked at, whatever a hostile file holds.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

BYTES = 50 * 1024
"""Of a file are looked at, as linguist does."""
_BOM = b"\xef\xbb\xbf"


class Rule(NamedTuple):
    """Names languages where all of some expressions are found and none of others."""

    languages: tuple[str, ...]
    every: tuple[Any, ...]
    none: tuple[Any, ...]

    def holds(self, head: bytes) -> bool:
        return all(e.search(head) for e in self.every) and not any(e.search(head) for e in self.none)


def by_heuristic(extension: str, content: bytes) -> tuple[str, ...]:
    """Languages of the first rule of an extension that holds: one as a rule, none where no rule does."""
    rules = rules_of(extension)
    if not rules:
        return ()
    head = content[:BYTES].removeprefix(_BOM)
    return next((rule.languages for rule in rules if rule.holds(head)), ())


@cache
def rules_of(extension: str) -> tuple[Rule, ...]:
    """The rules of an extension, in the order in which they are tried."""
    return tuple(
        Rule(_names(rule["language"]), _compiled(rule.get("all", ())), _compiled(rule.get("none", ())))
        for rule in _tables().get(extension, ())
    )


@cache
def _tables() -> dict[str, list[dict[str, Any]]]:
    table = json.loads(Path(__file__).with_name("heuristics.json").read_text("utf-8"))["heuristics"]
    return {extension: rules for extensions, rules in table.items() for extension in extensions.split()}


def _names(language: str | list[str]) -> tuple[str, ...]:
    return (language,) if isinstance(language, str) else tuple(language)


def _compiled(expressions: list[str]) -> tuple[Any, ...]:
    import re2

    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.max_mem = 64 << 20
    # Ruby's `^` and `$` stand at every line.
    return tuple(re2.compile(f"(?m:{expression})".encode(), options) for expression in expressions)
