"""Candidates: signatures are cut into bands, and files that agree in a whole band may be alike."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

RECALL = 0.985
"""Share of pairs right at the threshold that at least one band must catch."""


def rows_per_band(threshold: float, permutations: int) -> int:
    """The longest bands, so the fewest false candidates, that still catch RECALL of pairs at the threshold."""
    best = 1
    for rows in range(1, permutations + 1):
        if 1 - (1 - threshold**rows) ** (permutations // rows) >= RECALL:
            best = rows
    return best


def groups(signatures: np.ndarray, threshold: float) -> Iterator[np.ndarray]:
    """Row numbers of files that agree in a band, ascending; the same group may come from several bands."""
    count, permutations = signatures.shape
    rows = rows_per_band(threshold, permutations)
    for band in range(permutations // rows):
        part = np.ascontiguousarray(signatures[:, band * rows : (band + 1) * rows])
        keys = part.view([("", part.dtype)] * rows).reshape(count)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        cuts = np.flatnonzero(ordered[1:] != ordered[:-1]) + 1
        for start, end in zip([0, *cuts.tolist()], [*cuts.tolist(), count], strict=True):
            if end - start > 1:
                yield order[start:end]
