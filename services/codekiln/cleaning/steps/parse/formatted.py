"""Formatted strings of Python 3.12 and later as plain ones: quotes and comments may nest in them (PEP 701, PEP 750)."""

from __future__ import annotations

import re

_SKIPPED = re.compile(
    r"""\#[^\n]* | (?P<formatted>\b(?:[fFtT][rR]?|[rR][fFtT]))?(?P<quote>\'\'\'|\"\"\"|'|")""", re.VERBOSE
)
_MAX_DEPTH = 50


def without_formatted(text: str) -> str:
    """The text with a plain string in place of each formatted one, on the same lines; as given where one has no end."""
    parts: list[str] = []
    at = 0
    while match := _SKIPPED.search(text, at):
        if match["quote"] is None:
            end = match.end()
            parts.append(text[at:end])
        else:
            end = _end(text, match, 0)
            if end < 0:
                return text
            plain = "'''" + "\n" * text.count("\n", match.start(), end) + "'''"
            parts += [text[at : match.start()], plain if match["formatted"] else text[match.start() : end]]
        at = end
    return "".join(parts) + text[at:]


def _end(text: str, opening: re.Match[str], depth: int) -> int:
    """Where the string ends that begins there, -1 where it does not."""
    quote, formatted = opening["quote"], opening["formatted"]
    at = opening.end()
    while at < len(text):
        if text[at] == "\\":
            at += 2
        elif text.startswith(quote, at):
            return at + len(quote)
        elif text[at] == "\n" and len(quote) == 1:
            return -1
        elif formatted and text.startswith(("{{", "}}"), at):
            at += 2
        elif formatted and text[at] == "{":
            at = _end_of_field(text, at + 1, depth + 1)
            if at < 0:
                return -1
        else:
            at += 1
    return -1


def _end_of_field(text: str, at: int, depth: int) -> int:
    """Where `}` closes the field: its brackets are paired, strings in it are strings."""
    opened = 1
    while at < len(text) and depth < _MAX_DEPTH:
        match = _SKIPPED.match(text, at)
        if match:
            at = _end(text, match, depth) if match["quote"] else match.end()
            if at < 0:
                return -1
            continue
        opened += (text[at] in "([{") - (text[at] in ")]}")
        at += 1
        if not opened:
            return at
    return -1
