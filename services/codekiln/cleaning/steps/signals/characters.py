"""Signals from the bytes of a file: how much is in it, and of what kind."""

from __future__ import annotations

import numpy as np

from codekiln.cleaning.document import SPACE, Document

_ZERO, _TEN = np.uint8(48), np.uint8(10)
"""Digits are ten bytes in a row; those before them wrap around to large numbers."""
_REPLACEMENT = "\ufffd".encode()


def size(document: Document) -> float:
    """Bytes of the file."""
    return len(document.data)


def characters(document: Document) -> float:
    """Bytes of the head that are not white space."""
    return document.solid


def digit_share(document: Document) -> float:
    """ASCII digits, of all bytes that are not white space; 0 where they are less than a tenth of all bytes."""
    data = document.data
    digits = np.count_nonzero(np.frombuffer(data, np.uint8) - _ZERO < _TEN)
    return digits / len(data.translate(None, SPACE)) if digits > len(data) / 10 else 0.0


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
