"""Words of a file as 64-bit numbers, computed for the whole file at once: sketches and contamination checks use them.

A word is a run of letters, digits, underscores and bytes above 127. Its number is a polynomial over its bytes modulo
2^64, taken out of one running sum over the file, then mixed. Equal words have equal numbers on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
_WORD_BYTES = bytes(1 if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else 0 for byte in range(256))
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Words:
    """The numbers of a file's words, and the offset at which each begins."""

    hashes: Hashes
    starts: npt.NDArray[np.int64]


def words(data: bytes) -> Words:
    """All words of the data, in order."""
    marks = np.frombuffer(b"\0" + data.translate(_WORD_BYTES) + b"\0", np.uint8)
    edges = np.flatnonzero(marks[1:] != marks[:-1])
    starts, ends = edges[::2], edges[1::2]
    powers, inverses = _POWERS.upto(len(data))
    sums = np.zeros(len(data) + 1, np.uint64)
    np.cumsum(np.frombuffer(data, np.uint8) * powers[: len(data)], out=sums[1:])
    return Words(_mixed((sums[ends] - sums[starts]) * inverses[starts]), starts)


def word(text: str) -> int:
    """The number of one word."""
    return int(words(text.encode()).hashes[0])


def ngrams(hashes: Hashes, size: int) -> Hashes:
    """Numbers of every `size` words in a row, in order; of all words together where there are fewer."""
    if not len(hashes):
        return hashes
    size = min(size, len(hashes))
    count = len(hashes) - size + 1
    total = hashes[:count] * _odd(0)
    for k in range(1, size):
        total = total + hashes[k : k + count] * _odd(k)
    return _mixed(total)


def doubled(grams: Hashes, size: int) -> Hashes:
    """Numbers of every `2 * size` words in a row, from those of every `size`; none where there are fewer."""
    if len(grams) <= size:
        return grams[:0]
    return _mixed(grams[:-size] * _odd(0) + grams[size:] * _odd(1))


def _odd(place: int) -> np.uint64:
    return np.uint64(pow(_BASE, 2 * place + 3, _MODULUS) | 1)


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads every bit over all: polynomials modulo 2^64 are poor in their low bits."""
    for _ in range(2):
        hashes ^= hashes >> _HALF
        hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes


class _Powers:
    """Powers of the base and of its inverse, grown as longer files come."""

    def __init__(self) -> None:
        self._powers = self._inverses = np.ones(1, np.uint64)

    def upto(self, length: int) -> tuple[Hashes, Hashes]:
        if len(self._powers) <= length:
            size = 1 << max(16, length.bit_length())
            self._powers = _powers(_BASE, size)
            self._inverses = _powers(pow(_BASE, -1, _MODULUS), size)
        return self._powers, self._inverses


def _powers(base: int, size: int) -> Hashes:
    result = np.ones(size, np.uint64)
    done = 1
    while done < size:
        more = min(done, size - done)
        result[done : done + more] = result[:more] * np.uint64(pow(base, done, _MODULUS))
        done += more
    return result


_POWERS = _Powers()
