"""How lines of code begin: all lines at once, so that counting keywords costs next to nothing.

Openings(b"import os\\n\\n  pass\\n").count(keywords("import", "pass"))    # 2
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import numpy.typing as npt

_LONGEST = 32
_FOUR_SPACES = 0x20202020
_INDENTATION = np.zeros(256, bool)
_SPACE = b" \t\r\f\v"
_INDENTATION[list(_SPACE)] = True
_WORD = np.zeros(256, bool)
_WORD[[byte for byte in range(256) if byte >= 128 or chr(byte).isalnum() or byte == ord("_")]] = True
Places = npt.NDArray[np.intp]
Marks = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Keyword:
    """What a line begins with."""

    text: bytes
    whole: bool
    """No word goes on after it: `pass` does not begin `password`. Else anything may follow."""
    alone: bool
    """Nothing follows on the line but a semicolon or white space."""


def keywords(*texts: str, alone: bool = False) -> tuple[Keyword, ...]:
    """Keywords of at most 31 bytes; one that ends in `*` is a beginning of words."""
    return tuple(Keyword(text.rstrip("*").encode(), not text.endswith("*"), alone) for text in texts)


class Openings:
    """The lines of some code that are not blank."""

    def __init__(self, code: bytes) -> None:
        self._code = code
        squeezed = np.frombuffer(b"\n" + code.translate(None, _SPACE) + b"\n", np.uint8)
        self._letters = squeezed[1:][squeezed[:-1] == 10].tobytes().translate(None, b"\n")
        """The first byte of every line."""
        self.lines = len(self._letters)
        """Lines that are not blank."""

    @cached_property
    def _bytes(self) -> npt.NDArray[np.uint8]:
        return np.frombuffer(b"\n" + self._code + b"\n" * _LONGEST, np.uint8)

    @cached_property
    def _starts(self) -> Places:
        starts = np.flatnonzero(self._bytes[: len(self._code) + 1] == 10) + 1
        starts = _past_indentation(self._bytes, starts)
        return starts[self._bytes[starts] != 10]

    @cached_property
    def _places(self) -> dict[int, Places]:
        return {}

    @cached_property
    def firsts(self) -> npt.NDArray[np.uint8]:
        """The first byte of every line that is not white space."""
        return self._bytes[self._starts]

    def beginning(self, letters: bytes) -> int:
        """Lines whose first byte that is not white space is one of these."""
        return self.lines - len(self._letters.translate(None, letters))

    def possible(self, words: tuple[Keyword, ...]) -> int:
        """Lines whose first byte is that of a keyword: at least as many as begin with one."""
        return self.beginning(_initials(words))

    def marks(self, words: tuple[Keyword, ...]) -> Marks:
        """Which lines begin with one of the keywords."""
        marks = np.zeros(self.lines, bool)
        for word in words:
            marks[self._begun(word)] = True
        return marks

    def count(self, words: tuple[Keyword, ...]) -> int:
        """Lines that begin with one of the keywords."""
        return int(np.count_nonzero(self.marks(words)))

    def share(self, words: tuple[Keyword, ...], least: float = 0.2) -> float:
        """The same, of all lines that are not blank; 0 where it is below `least`, which mostly costs nothing to see."""
        if self.possible(words) < least * self.lines or not self.lines:
            return 0.0
        share = self.count(words) / self.lines
        return share if share >= least else 0.0

    def holding(self, table: Marks) -> Marks:
        """Which lines have a byte that the table of 256 marks."""
        sums = np.concatenate([[0], np.cumsum(table[self._bytes])])
        ends = np.append(self._starts[1:], len(self._bytes)) if self.lines else self._starts
        return np.asarray(sums[ends] > sums[self._starts])

    def _begun(self, word: Keyword) -> Places:
        first = word.text[0]
        if first not in self._places:
            self._places[first] = np.flatnonzero(self.firsts == first)
        found = self._places[first]
        for place in range(1, len(word.text)):
            if not len(found):
                return found
            found = found[self._bytes[self._starts[found] + place] == word.text[place]]
        if word.whole or word.alone:
            after = self._starts[found] + len(word.text)
            found = found[~_WORD[self._bytes[after]]] if _WORD[word.text[-1]] else found
        if word.alone and len(found):
            after = _past_indentation(self._bytes, self._starts[found] + len(word.text))
            found = found[(self._bytes[after] == 10) | (self._bytes[after] == ord(";"))]
        return found


@cache
def _initials(words: tuple[Keyword, ...]) -> bytes:
    return bytes({word.text[0] for word in words})


def _past_indentation(data: npt.NDArray[np.uint8], places: Places) -> Places:
    """Every place moved over white space to the right of it; the data ends with newlines."""
    places = places.copy()
    fours = np.ndarray(len(data) - 3, "<u4", data.data, strides=(1,))
    left = np.arange(len(places))
    while len(left):
        left = left[fours[places[left]] == _FOUR_SPACES]
        places[left] += 4
    left = np.arange(len(places))
    while len(left):
        left = left[_INDENTATION[data[places[left]]]]
        places[left] += 1
    return places
