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
_FIRST = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)
"""Masks that leave this many of eight bytes."""
_LONG = 64
_TOGETHER = 1 << 18
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
    marks = np.frombuffer(b"\0" + data.translate(WORD_BYTES) + b"\0", np.bool_)
    edges = np.flatnonzero(marks[1:] != marks[:-1])
    starts, ends = edges[::2], edges[1::2]
    lengths = ends - starts
    # The eight bytes from every place on, as one number each.
    eights = np.ndarray((len(data) + 1,), "<u8", data + bytes(8), strides=(1,))
    hashes: Hashes = (eights[starts] & _FIRST[np.minimum(lengths, 8)]) * _SPREAD + lengths.astype(np.uint64)
    _mixed(hashes)
    longer = np.flatnonzero(lengths > 8)
    for done in range(8, _LONG, 8):
        if not len(longer):
            return Words(hashes, starts)
        more = eights[starts[longer] + done] & _FIRST[np.minimum(lengths[longer] - done, 8)]
        hashes[longer] = _mixed((hashes[longer] ^ more) * _SPREAD)
        longer = longer[lengths[longer] > done + 8]
    for i in longer.tolist():
        hashes[i] = int.from_bytes(hashlib.blake2b(data[starts[i] : ends[i]], digest_size=8).digest(), "little")
    return Words(hashes, starts)


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
