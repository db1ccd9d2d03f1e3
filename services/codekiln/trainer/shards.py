"""Token shards on disk, memory-mapped and cut into windows; where they come from is not known here.

Window i of a shard is its tokens [i*T, i*T + T]: T inputs and, one further, T targets. Windows do not cross shards, so
what is left at the end of a shard, less than a window, is not trained on.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import numpy as np

from codekiln.trainer.fim import Tokens

DTYPES = {"uint16": "<u2", "uint32": "<u4"}
"""Names in index.json, and the little-endian form on disk."""


class Shards:
    """The shards of one split."""

    def __init__(self, paths: Sequence[Path], dtype: str, sequence_length: int) -> None:
        self.sequence_length = sequence_length
        # An empty file cannot be mapped.
        self._maps = [np.memmap(path, DTYPES[dtype], "r") for path in paths if path.stat().st_size]
        self._ends = list(accumulate(windows_of(len(tokens), sequence_length) for tokens in self._maps))

    @property
    def windows(self) -> int:
        """How many windows the split holds."""
        return self._ends[-1] if self._ends else 0

    def window(self, number: int) -> Tokens:
        """`sequence_length + 1` token ids."""
        shard = bisect.bisect_right(self._ends, number)
        first = (number - (self._ends[shard - 1] if shard else 0)) * self.sequence_length
        return np.asarray(self._maps[shard][first : first + self.sequence_length + 1], np.int64)


def windows_of(tokens: int, sequence_length: int) -> int:
    """Windows in a shard of so many tokens."""
    return max(0, (tokens - 1) // sequence_length)


def spread(windows: int, wanted: int) -> list[int]:
    """At most `wanted` windows, evenly spread over all of them."""
    taken = min(windows, wanted)
    return [number * windows // taken for number in range(taken)]
