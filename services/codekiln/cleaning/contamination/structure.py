"""Runs of the words of a program that keep their spelling when its own names change."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import builtins
import keyword
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from codekiln.cleaning.contamination.index import SIEVE, sieve
from codekiln.cleaning.words import Hashes, Words, ngrams, word

STRUCTURE_RUN = 5
_METHODS = "append extend insert pop remove sort sorted reverse join split strip lower upper replace count index find items keys values get update add startswith endswith isdigit isalpha isupper islower format copy".split()


def _table(names: Iterable[str]) -> np.ndarray:
    return sieve(np.array([word(name) for name in sorted(set(names))], np.uint64))


# Words that keep their spelling when a program's own names change: methods after a dot, the others not after one.
_RESERVED = _table([*keyword.kwlist, *(name for name in dir(builtins) if name.islower() and name != "_")])
_AFTER_DOT = _table(_METHODS)


@dataclass(frozen=True)
class Structure:
    """Runs of the words and numbers that renaming leaves alone, and the offset at which each run begins."""

    runs: Hashes
    starts: np.ndarray


def structure(data: bytes, found: Words) -> Structure:
    """Comments are left out; a `#` inside a string passes for one, alike in both texts compared."""
    hashes, starts = found.hashes, found.starts
    if not len(hashes):
        return Structure(hashes, starts)
    array = np.frombuffer(data, np.uint8)
    first = array[starts]
    after_dot = (array[starts - 1] == 46) & (starts > 0)
    low = hashes & SIEVE
    keep = np.where(after_dot, _AFTER_DOT[low], _RESERVED[low]) | ((first >= 48) & (first <= 57))
    signs = np.flatnonzero(array == 35)
    if len(signs):
        ends = np.flatnonzero(array == 10)
        last_sign = np.concatenate(([-1], signs))[np.searchsorted(signs, starts)]
        last_end = np.concatenate(([-1], ends))[np.searchsorted(ends, starts)]
        keep &= (last_sign < 0) | (last_sign < last_end)
    kept, count = hashes[keep], max(0, int(keep.sum()) - STRUCTURE_RUN + 1)
    return Structure(ngrams(kept, STRUCTURE_RUN)[:count], starts[keep][:count])
