"""Signals from the bytes of a file: how much is in it, and of what kind."""

from __future__ import annotations

import numpy as np

from codekiln.cleaning.document import SPACE, Document

_ZERO, _TEN = np.uint8(48), np.uint8(10)
"""Digits are ten bytes in a row; those before them wrap around to large numbers."""
_DIGITS = b"0123456789"
_MANY_DIGITS, _REST = 0.25, 0.7
"""Share of digits from which lines are looked at; share of what is none, at most, in a line of data."""
_REPLACEMENT = "\ufffd".encode()


def size(document: Document) -> float:
    """Bytes of the file."""
    return len(document.data)


def characters(document: Document) -> float:
    """Bytes of the head that are not white space."""
    return document.solid


def digit_share(document: Document) -> float:
    """ASCII digits, of all bytes that are not white space; 0 where they are less than a tenth of all bytes, or less
    than half of the lines are so by three tenths.
    """
    data = document.data
    digits = np.count_nonzero(np.frombuffer(data, np.uint8) - _ZERO < _TEN)
    if digits <= len(data) / 10:
        return 0.0
    share = digits / len(data.translate(None, SPACE))
    # Looked at where it would matter: short code around a table of constants is code.
    return share if share <= _MANY_DIGITS or _mostly_numbers(data) else 0.0


def _mostly_numbers(data: bytes) -> bool:
    lines = [solid for line in data.split(b"\n") if (solid := line.translate(None, SPACE))]
    return 2 * sum(len(line.translate(None, _DIGITS)) <= _REST * len(line) for line in lines) >= len(lines)


def whitespace_share(document: Document) -> float:
    """White space of the head, of its bytes."""
    return 1 - document.solid / max(1, len(document.head))


def replacement_share(document: Document) -> float:
    """U+FFFD, which stands where an encoding was misread, of all characters of the head."""
    if document.head.isascii():
        return 0.0
    found = document.head.count(_REPLACEMENT)
    return found / len(document.head.decode(errors="ignore")) if found else 0.0


def mean_line(document: Document) -> float:
    """Bytes of the head's mean line, its newline not counted."""
    return len(document.head) / max(1, document.newlines) - 1
