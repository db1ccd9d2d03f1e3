"""Signals from the bytes of a file: how much is in it, and of what kind."""

from __future__ import annotations

from codekiln.cleaning.document import Document

_DIGITS = b"0123456789"
_REPLACEMENT = "\ufffd".encode()


def characters(document: Document) -> float:
    """Bytes that are not white space."""
    return document.solid


def digit_share(document: Document) -> float:
    """ASCII digits, of all bytes that are not white space."""
    digits = len(document.data) - len(document.data.translate(None, _DIGITS))
    return digits / max(1, document.solid)


def whitespace_share(document: Document) -> float:
    """White space, of all bytes."""
    return 1 - document.solid / max(1, len(document.data))


def replacement_share(document: Document) -> float:
    """U+FFFD, which stands where an encoding was misread, of all characters."""
    found = document.data.count(_REPLACEMENT)
    return found / len(document.text) if found else 0.0


def mean_line(document: Document) -> float:
    """Bytes of the mean line, its newline not counted."""
    lines = document.data.removesuffix(b"\n").count(b"\n") + 1
    return (len(document.data.removesuffix(b"\n")) + 1) / lines - 1

