"""Secrets of SQL's INSERT: a value is told by the name of its column, which stands before all rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from codekiln.cleaning.anonymize import secrets
from codekiln.cleaning.anonymize.span import Span
from codekiln.cleaning.anonymize.substitutes import is_substitute
from codekiln.cleaning.anonymize.surroundings import is_test_vector
from codekiln.cleaning.patterns import expression

INSERT = (
    r"insert[ \t\r\n]+(?:ignore[ \t\r\n]+)?into[ \t\r\n][^()\r\n]{1,120}\("
    r"([^()]*(?:pass|pwd|secret|token|api_?key)[^()]*)\)[ \t\r\n]*values[ \t\r\n]*\("
)
"""From the statement's first word into its first row; for a caseless expression."""
_COLUMN = re.compile(r"(?:pass(?:w(?:or)?d|phrase|wd)?|pwd|secret|token|api_?key|secret_?key)$", re.IGNORECASE)
_CELL = re.compile(
    rb"[ \t\r\n]*(?:(?:[A-Za-z_][A-Za-z0-9_]*\([ \t]*)?[NnEeBb]?'((?:[^'\\]|\\.|'')*)'(?:[ \t]*\))?"
    rb"|[^'(),]*(?:\([^()']*\))?)[ \t\r\n]*([,)])"
)
"""A literal, in a call such as MD5('...') too, or anything else, and what ends it."""
_NEXT_ROW = re.compile(rb"[ \t\r\n]*,[ \t\r\n]*\(")
_DIGEST = re.compile(r"(?:[0-9a-fA-F]{32}|[0-9a-fA-F]{40}|[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{128})")


def inserted_secrets(data: bytes) -> Iterator[Span]:
    """Literals in columns of passwords and secrets; digests of passwords stay."""
    for found in _statements().finditer(data):
        names = [name.strip(' \t\r\n`"[]') for name in found[1].decode(errors="replace").split(",")]
        wanted = {place: name for place, name in enumerate(names) if _COLUMN.search(name)}
        if wanted and not is_test_vector(data, found.start()):
            yield from _rows(data, found.end(), wanted)


@cache
def _statements() -> Any:
    # Not by `re`, which tries every end of the list of columns for every name in it.
    return expression(INSERT, caseless=True)


def _rows(data: bytes, at: int, wanted: dict[int, str]) -> Iterator[Span]:
    place = 0
    while cell := _CELL.match(data, at):
        if place in wanted and cell[1]:
            value = cell[1].decode(errors="replace")
            if _is_secret(value, wanted[place]):
                yield Span(*cell.span(1), "secret", value, not is_substitute(value))
        at, place = cell.end(), place + 1
        if cell[2] == b")":
            row = _NEXT_ROW.match(data, at)
            if row is None:
                return
            at, place = row.end(), 0


def _is_secret(value: str, name: str) -> bool:
    if len(value) < 6 or len(value) > 300 or any(space in value for space in " \t\r\n'"):
        return False
    return _DIGEST.fullmatch(value) is None and secrets.is_assigned_secret(value, name)
