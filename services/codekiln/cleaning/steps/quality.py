"""Quality filters: files that are code by name but hold next to nothing, data, or one thing over and over."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from codekiln.cleaning.document import Document, Drop


@dataclass(frozen=True)
class Thresholds:
    """All numbers of this step. OpenCoder's signals are the guide; looser, since every drop here is a guess."""

    min_characters: int = 50
    """Without white space."""
    min_words: int = 10
    max_digit_share: float = 0.3
    """Of what is not white space. Tables of numbers are above 0.5, numerical code is below 0.2."""
    max_repeated_line_share: float = 0.7
    """Lines that occur before, of all lines that are not blank."""
    repeated_min_lines: int = 20
    max_literal_line_share: float = 0.8
    """Lines that begin with a literal or a bracket, of all lines that are not blank."""
    literal_min_lines: int = 60
    max_test_literal_share: float = 0.6
    """The same in tests and fixtures."""
    data_languages: frozenset[str] = frozenset(
        {"JSON", "YAML", "Text", "Web Ontology Language", "Graphviz (DOT)", "CSV", "TSV", "SVG"}
    )
    max_data_lines: int = 512
    """StarCoder2's bound for data languages."""


THRESHOLDS = Thresholds()
_SPACE = b" \t\n\r\f\v"
_INDENTATION = b" \t\r\f\v"
_DIGITS = b"0123456789"
_WORD = re.compile(rb"\w+")
_TEST_PATH = re.compile(
    r"(?:^|/)(?:tests?|testing|testdata|fixtures?|__fixtures__|__mocks__|specs?|golden|samples?)/|(?:^|/)(?:test_|conftest)|_test\.|[.-](?:test|spec)\.",
    re.IGNORECASE,
)
_LITERAL_STARTS = np.zeros(256, bool)
_LITERAL_STARTS[list(b"\"'`0123456789-+.,[](){}")] = True


class QualityStep:
    """Drops files with little to learn from."""

    name = "quality"

    def __init__(self, thresholds: Thresholds = THRESHOLDS) -> None:
        self._limits = thresholds

    def apply(self, document: Document) -> Document | Drop:
        return (
            self._small(document)
            or self._data(document)
            or self._repeated(document)
            or self._literals(document)
            or document
        )

    def _small(self, document: Document) -> Drop | None:
        data = document.data
        if len(data) > 4096:  # enough lines have passed the line filter to be neither
            return None
        characters = len(data.translate(None, _SPACE))
        if characters < self._limits.min_characters:
            return Drop("too_small", f"{characters} characters")
        words = len(_WORD.findall(data))
        return Drop("too_small", f"{words} words") if words < self._limits.min_words else None

    def _data(self, document: Document) -> Drop | None:
        limits, data = self._limits, document.data
        if document.language in limits.data_languages and data.count(b"\n") > limits.max_data_lines:
            return Drop("data_file", f"{data.count(10):,} lines of {document.language}")
        size = len(data)
        digits = size - len(data.translate(None, _DIGITS))
        # Cheap first: of all bytes the share is lower than of those that are not white space.
        if digits * 4 < limits.max_digit_share * size:
            return None
        solid = len(data.translate(None, _SPACE))
        if digits > limits.max_digit_share * solid:
            return Drop("mostly_digits", f"{100 * digits / solid:.0f} % digits")
        return None

    def _repeated(self, document: Document) -> Drop | None:
        lines, limits = document.lines, self._limits
        if len(lines) < limits.repeated_min_lines:
            return None
        distinct = set(lines)
        # Blank lines repeat too, so of all lines at least nearly as many do as of those that are not blank.
        if len(lines) - len(distinct) < limits.max_repeated_line_share * len(lines) - 1:
            return None
        full = [line for line in lines if not line.isspace() and line]
        share = 1 - len(set(full)) / len(full)
        if len(full) >= limits.repeated_min_lines and share > limits.max_repeated_line_share:
            return Drop("repeated_lines", f"{100 * share:.0f} % of its lines occur before")
        return None

    def _literals(self, document: Document) -> Drop | None:
        if len(document.lines) < self._limits.literal_min_lines:
            return None
        share, lines = _literal_lines(document.data)
        test = _TEST_PATH.search(document.path) is not None
        limit = self._limits.max_test_literal_share if test else self._limits.max_literal_line_share
        if lines < self._limits.literal_min_lines or share <= limit:
            return None
        return Drop("test_fixture" if test else "mostly_literals", f"{100 * share:.0f} % of its lines are literals")


def _literal_lines(data: bytes) -> tuple[float, int]:
    """Share of lines that begin with a literal or a bracket, and the number of lines that are not blank."""
    squeezed = np.frombuffer(b"\n" + data.translate(None, _INDENTATION) + b"\n", np.uint8)
    first = squeezed[np.flatnonzero(squeezed[:-1] == 10) + 1]
    counts = np.bincount(first, minlength=256)
    lines = len(first) - int(counts[10])
    return float(counts[_LITERAL_STARTS].sum()) / max(1, lines), lines
