"""Numbers that give problems away, looked up for all problems at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from codekiln.cleaning.words import Hashes

SIEVE = np.uint64((1 << 20) - 1)


def sieve(hashes: Hashes) -> np.ndarray:
    """A table that says of a number's low bits whether one of `hashes` has them: a look takes nanoseconds."""
    table = np.zeros(int(SIEVE) + 1, bool)
    table[hashes & SIEVE] = True
    return table


@dataclass(frozen=True)
class Index:
    """Numbers, sorted, and the problems that each belongs to: those of key `i` are `owners[ends[i - 1] : ends[i]]`."""

    keys: Hashes
    ends: np.ndarray
    owners: np.ndarray
    totals: np.ndarray
    """How many numbers each problem has."""
    sieve: np.ndarray

    @staticmethod
    def build(runs: Iterable[Hashes]) -> Index:
        """From the numbers of each problem, none twice."""
        runs = list(runs)
        numbers = np.concatenate([np.empty(0, np.uint64), *runs])
        owners = np.repeat(np.arange(len(runs)), [len(run) for run in runs])
        keys, counts = np.unique(numbers, return_counts=True)
        order = np.argsort(numbers, kind="stable")
        totals = np.array([len(run) for run in runs], np.int64)
        return Index(keys, np.cumsum(counts), owners[order], totals, sieve(keys))

    def found(self, hashes: Hashes) -> np.ndarray | None:
        """How many of each problem's numbers occur among `hashes`; None where none does."""
        hashes = hashes[self.sieve[hashes & SIEVE]]
        if not len(hashes):
            return None
        places = np.searchsorted(self.keys, hashes)
        places[places == len(self.keys)] = 0
        hit = np.unique(places[self.keys[places] == hashes])
        if not len(hit):
            return None
        found = [self.owners[self.ends[i - 1] if i else 0 : self.ends[i]] for i in hit.tolist()]
        return np.bincount(np.concatenate(found), minlength=len(self.totals))
