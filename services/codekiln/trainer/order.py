"""The order of samples: a permutation of windows for every epoch, computed where it is asked for.

A pure function of (seed, epoch, index), so the whole state of the data is one integer, the step: any number of
processes, any restart and any machine gets the same global batches. No list is shuffled and none is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

_ROUNDS = 4
"""Luby and Rackoff: four Feistel rounds of a pseudo-random function make a strong pseudo-random permutation."""


@dataclass(frozen=True)
class Sample:
    """One window of one epoch."""

    epoch: int
    window: int


@dataclass(frozen=True)
class Order:
    """Windows in the order in which they are trained on."""

    windows: int
    seed: int

    def window(self, epoch: int, index: int) -> int:
        """The window at a place of an epoch: a bijection of range(windows), by a Feistel network.

        The network permutes the next power of four; a value outside of the range is permuted again (cycle-walking)
        until it falls inside, after at most four tries on average.
        """
        half = max(1, (self.windows - 1).bit_length() + 1 >> 1)
        value = index
        while True:
            value = self._feistel(epoch, value, half)
            if value < self.windows:
                return value

    def sample(self, place: int) -> Sample:
        """The sample at a place of the endless sequence of epochs."""
        epoch, index = divmod(place, self.windows)
        return Sample(epoch, self.window(epoch, index))

    def batch(self, step: int, batch_size: int, rank: int = 0, processes: int = 1) -> list[Sample]:
        """A rank's share of the batch of one step (from 0). The shares of all ranks, in order, are the whole batch."""
        share = batch_size // processes
        first = step * batch_size + rank * share
        return [self.sample(place) for place in range(first, first + share)]

    def _feistel(self, epoch: int, value: int, half: int) -> int:
        mask = (1 << half) - 1
        left, right = value >> half, value & mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ (draw(self.seed, epoch, turn, right) & mask)
        return left << half | right


def draw(*words: int) -> int:
    """64 pseudo-random bits that depend on every word and on nothing else."""
    data = b"".join(word.to_bytes(8, "little", signed=True) for word in words)
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")
