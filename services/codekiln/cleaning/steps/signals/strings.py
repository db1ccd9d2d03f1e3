"""Signals from strings: files that are texts with some code around them."""

from __future__ import annotations

from codekiln.cleaning.document import Document

LONG_STRING = 20
"""Words of a line of a string, from which OpenCoder calls it long."""


def string_share(document: Document) -> float:
    """Bytes of strings, with their quotes, of all bytes."""
    return document.scan.string_share


def long_string_share(document: Document) -> float:
    """Lines of strings of more than 20 words, of these lines and those of code."""
    lines = (line for text in document.scan.strings if len(text) > 2 * LONG_STRING for line in text.split(b"\n"))
    found = sum(1 for line in lines if len(line) > 2 * LONG_STRING and len(line.split()) > LONG_STRING)
    return found / max(1, found + document.openings.lines) if found else 0.0
