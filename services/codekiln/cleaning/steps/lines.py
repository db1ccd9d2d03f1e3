"""Line filter: StarCoder2's rules on number and length of lines and on the share of letters (arXiv 2402.19173, 2.3).

A line ends at a newline and is measured without it, in characters; a last line that is empty does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from codekiln.cleaning.document import Document, Drop, Measure

MAX_LINES = 100_000
LONG_LINE_LANGUAGES = frozenset({"HTML", "JSON", "Markdown", "Roff", "Roff Manpage", "SMT", "TeX", "Text", "XML"})
"""Prose and data wrap late: here only the longest line is bounded, by MAX_LONG_LINE."""
MAX_LONG_LINE = 100_000
ALPHANUMERIC_LANGUAGES = frozenset({"Motorola 68K Assembly", "WebAssembly"})
"""Languages of few letters: digits count too."""

_SMALL, _A, _ALPHABET = np.uint8(32), np.uint8(97), np.uint8(26)
_ZERO, _TEN = np.uint8(48), np.uint8(10)


class LineStep:
    """Drops what is too long, too wide or not made of words."""

    name = "lines"

    def __init__(self, max_length: int = 1000, max_mean: float = 100.0, min_alphabetic: float = 0.25) -> None:
        self._max_length = max_length
        self._max_mean = max_mean
        self._min_alphabetic = min_alphabetic

    def apply(self, document: Document) -> Document | Drop:
        longest, count = _lines(document.data)
        if count > MAX_LINES:
            return Drop("too_many_lines", f"{count:,} lines")
        return self._too_wide(document, longest, count) or self._few_letters(document) or document

    def _too_wide(self, document: Document, longest: int, count: int) -> Drop | None:
        prose = document.language in LONG_LINE_LANGUAGES
        limit = max(self._max_length, MAX_LONG_LINE) if prose else self._max_length
        mean = (len(document.data.removesuffix(b"\n")) + 1) / count - 1
        # Bytes are at least as many as characters: characters are counted only where bytes are too many.
        if not document.data.isascii() and (longest > limit or mean > self._max_mean):
            lengths = [len(line) for line in document.text.removesuffix("\n").split("\n")]
            longest, mean = max(lengths), sum(lengths) / count
        if longest > limit:
            return Drop("line_too_long", f"{longest:,} characters in one line")
        if not prose and mean > self._max_mean:
            return Drop("lines_too_long", f"{mean:.0f} characters in a mean line")
        return None

    def _few_letters(self, document: Document) -> Drop | None:
        data = document.data
        digits_too = document.language in ALPHANUMERIC_LANGUAGES
        found, total = _letters(data, digits_too), len(data)
        if found >= self._min_alphabetic * total:
            return None
        if not data.isascii():
            text = document.text
            total = len(text)
            counts = str.isalnum if digits_too else str.isalpha
            found += sum(counts(character) for character in text if character > "\x7f")
        if found < self._min_alphabetic * total:
            return Drop("few_letters", f"{100 * found / total:.0f} % letters")
        return None

    def measure(self, document: Document) -> Iterator[Measure]:
        """Its four figures. Characters, not bytes."""
        prose = document.language in LONG_LINE_LANGUAGES
        lines = document.text.removesuffix("\n").split("\n")
        lengths = [len(line) for line in lines]
        digits_too = document.language in ALPHANUMERIC_LANGUAGES
        letters = sum(c.isalnum() if digits_too else c.isalpha() for c in document.text)
        yield Measure("lines", len(lines), most=MAX_LINES)
        yield Measure("longest line", max(lengths), most=max(self._max_length, MAX_LONG_LINE if prose else 0))
        yield Measure("mean line", sum(lengths) / len(lines), most=None if prose else self._max_mean)
        yield Measure("share of letters", letters / max(1, len(document.text)), least=self._min_alphabetic)


def _lines(data: bytes) -> tuple[int, int]:
    """Bytes of the longest line, and the number of lines; a last line that is empty does not count."""
    ends = np.frombuffer(data if data.endswith(b"\n") else data + b"\n", np.uint8) == 10
    places = ends.nonzero()[0]
    longest = int(places[0]) if len(places) == 1 else int(max(places[0], (places[1:] - places[:-1]).max() - 1))
    return longest, len(places)


def _letters(data: bytes, digits_too: bool) -> int:
    """ASCII letters: 26 bytes in a row once all are small; those before them wrap around to large numbers."""
    numbers = np.frombuffer(data, np.uint8)
    found = int(np.count_nonzero((numbers | _SMALL) - _A < _ALPHABET))
    return found + int(np.count_nonzero(numbers - _ZERO < _TEN)) if digits_too else found
