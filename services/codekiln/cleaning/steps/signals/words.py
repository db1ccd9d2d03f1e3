"""Signals from the words of a file: runs of letters, digits and underscores."""

from __future__ import annotations

import re

from codekiln.cleaning.document import Document

LONG_WORD = 20
"""OpenCoder's bound: names are shorter, data is longer."""
_HEX = re.compile(rb"0[xX][0-9a-fA-F]+")
_MANY_HEX = 0.3
"""Share from which lines are looked at."""
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{40,}={0,2}")
_CASES = (re.compile(rb"[a-z]"), re.compile(rb"[A-Z]"), re.compile(rb"[0-9]"))
_STRINGY = 0.3
"""Share of strings from which every word of them is looked at."""


def words(document: Document) -> float:
    """Words of the first 4 KiB: all of a file that is small."""
    return len(document.first_words)


def mean_word(document: Document) -> float:
    """Bytes of the mean of the first words."""
    return sum(map(len, document.first_words)) / max(1, len(document.first_words))


def unique_word_share(document: Document) -> float:
    """Different words, of the first words."""
    found = document.first_words
    return len(set(found)) / len(found) if found else 1.0


def long_word_share(document: Document) -> float:
    """Bytes of words longer than 20 inside strings, of all bytes. Addresses of pages do not count.

    0 where strings are less than 30 % of the file.
    """
    if document.scan.string_share < _STRINGY:
        return 0.0
    parts = (part for text in document.scan.strings if len(text) > LONG_WORD for part in text[1:-1].split())
    found = sum(len(part) for part in parts if len(part) > LONG_WORD and b"://" not in part)
    return found / max(1, document.scan.size)


def hex_word_share(document: Document) -> float:
    """Bytes of hexadecimal numbers, of all bytes; 0 where less than half of the lines have two of them."""
    data = document.head
    share = sum(map(len, _HEX.findall(data))) / max(1, len(data))
    if share > _MANY_HEX:
        lines = [line for line in data.split(b"\n") if line.strip()]
        # A cipher's tables may be more bytes than its code and are a third of its lines.
        if 2 * sum(len(_HEX.findall(line)) > 1 for line in lines) < len(lines):
            return 0.0
    return share


def base64_word_share(document: Document) -> float:
    """Bytes of words of 40 and more base64 letters, large, small and digits, inside strings; of all bytes.

    0 where strings are less than 30 % of the file.
    """
    if document.scan.string_share < _STRINGY:
        return 0.0
    found = 0
    for text in document.scan.strings:
        if len(text) >= 42:
            found += sum(len(word) for word in _BASE64.findall(text) if all(case.search(word) for case in _CASES))
    return found / max(1, document.scan.size)
