"""Words of a file as 64-bit numbers, computed for the whole file at once: sketches and contamination checks use them.

A word is a run of letters, digits, underscores and bytes above 127. Its number is made of its bytes, eight at a time,
and its length; of a word above 64 bytes it is a BLAKE2b digest. Equal words have equal numbers on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_MODULUS = 1 << 64
WORD_BYTES = bytes(1 if byte >= 128 or chr(byte).isalnum() or byte == ord("_") else 0 for byte in range(256))
"""For bytes.translate, which is quicker for a few of them."""
_SMALL, _A, _LETTERS, _ZERO, _DIGITS, _UNDERSCORE, _BEYOND = np.array([32, 97, 26, 48, 10, 95, 128], np.uint8)
"""A letter made small is one of 26 from `a` on."""
_FIRST = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
"""Masks that leave this many of eight bytes."""
_LONG = 64
_TOGETHER = 1 << 17
"""Bytes of text from which more at once is no quicker: the arrays leave the processor's caches."""
_SPREAD = np.uint64(_BASE)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)


@dataclass(frozen=True)
class Words:
    """The numbers of a file's words, and the offset at which each begins."""

    hashes: Hashes
    starts: npt.NDArray[np.int64]


def words(data: bytes) -> Words:
    """All words of the data, in order."""
    edges = np.flatnonzero(_edges(np.frombuffer(data, np.uint8)))
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    # The eight bytes from every place on; as bytes that need no alignment, since numpy gathers others slowly.
    eights = np.ndarray((len(data) + 1,), "V8", data + bytes(8), strides=(1,))
    hashes: Hashes = (_numbers(eights, starts, lengths) * _SPREAD) + lengths.astype(np.uint64)
    _mixed(hashes)
    longer = np.flatnonzero(lengths > 8)
    places, left, some = starts[longer], lengths[longer], hashes[longer]
    for _ in range(8, _LONG, 8):
        if not len(longer):
            return Words(hashes, starts)
        places += 8
        left -= 8
        some ^= _numbers(eights, places, left)
        some *= _SPREAD
        hashes[longer] = _mixed(some)
        on = left > 8
        longer, places, left, some = longer[on], places[on], left[on], some[on]
    for i in longer.tolist():
        hashes[i] = int.from_bytes(hashlib.blake2b(data[starts[i] : ends[i]], digest_size=8).digest(), "little")
    return Words(hashes, starts)


def _edges(data: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where words begin and end, one place more than there are bytes. By comparing: a table takes thrice the time."""
    inside = np.zeros(len(data) + 2, np.bool_)
    within = inside[1:-1]
    np.less((data | _SMALL) - _A, _LETTERS, out=within)
    within |= data - _ZERO < _DIGITS
    within |= data == _UNDERSCORE
    within |= data >= _BEYOND
    return np.not_equal(inside[1:], inside[:-1])


def _numbers(eights: npt.NDArray[np.void], places: npt.NDArray[np.int64], left: npt.NDArray[np.int64]) -> Hashes:
    """The first eight bytes from each place on as a number, or what is left of a word where that is less."""
    return eights[places].view("<u8") & _FIRST[np.minimum(left, 8)]


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


def ngrams_of_each(texts: Sequence[bytes], size: int) -> list[Hashes]:
    """For each text what `ngrams(words(text).hashes, size)` gives: small files cost the calls of a few large ones."""
    found: list[Hashes] = []
    start = held = 0
    for end, text in enumerate(texts, 1):
        held += len(text)
        if held >= _TOGETHER or end == len(texts):
            found += _ngrams_together(texts[start:end], size)
            start, held = end, 0
    return found


def _ngrams_together(texts: Sequence[bytes], size: int) -> list[Hashes]:
    joined = words(b"\n".join(texts))
    ends = np.searchsorted(joined.starts, np.cumsum([len(text) + 1 for text in texts])).tolist()
    grams = ngrams(joined.hashes, size)
    return [
        grams[start : end - size + 1] if end - start >= size else ngrams(joined.hashes[start:end], size)
        for start, end in zip([0, *ends], ends, strict=False)
    ]


def doubled(grams: Hashes, size: int) -> Hashes:
    """Numbers of every `2 * size` words in a row, from those of every `size`; none where there are fewer."""
    if len(grams) <= size:
        return grams[:0]
    return _mixed(grams[:-size] * _odd(0) + grams[size:] * _odd(1))


@cache
def _odd(place: int) -> np.uint64:
    return np.uint64(pow(_BASE, 2 * place + 3, _MODULUS) | 1)


def _mixed(hashes: Hashes) -> Hashes:
    """Spreads every bit over all, in place: products modulo 2^64 are poor in their low bits."""
    for _ in range(2):
        hashes ^= hashes >> _HALF
        hashes *= _MIX
    hashes ^= hashes >> _HALF
    return hashes
