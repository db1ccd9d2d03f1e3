"""Which documents are kept apart to measure on, and which make up a sample. Pure functions of a catalogue."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from codekiln.tokenizer.documents import Catalogue, Mask, draw

_MOST = 0.2
"""A repository larger than this share of all bytes is not held out whole."""


def held_out(catalogue: Catalogue, share: float, seed: int) -> Mask:
    """About `share` of the bytes, in whole repositories; something as soon as there are two documents with text.

    Repositories are taken in a seeded order while they fit, or else the smallest. Where even that is too much of the
    dataset, documents are held out in the same way, and both sides see the same repositories.
    """
    nothing = np.zeros(len(catalogue.bytes), np.bool_)
    if np.count_nonzero(catalogue.bytes) < 2:
        return nothing
    total = int(catalogue.bytes.sum())
    sizes = np.bincount(catalogue.repositories, catalogue.bytes, minlength=len(catalogue.names)).astype(np.int64)
    draws = np.array([draw(seed, name) for name in catalogue.names], np.uint64)
    chosen = _fitting(sizes, draws, share * total)
    if np.count_nonzero(sizes) > 1 and sizes[chosen].sum() <= max(_MOST, share) * total:
        return chosen[catalogue.repositories]
    return _fitting(catalogue.bytes, catalogue.draws, share * total)


def sample(catalogue: Catalogue, mask: Mask, max_bytes: int) -> Mask:
    """Documents of the mask in seeded order while they fit in `max_bytes`; all for 0. At least one."""
    if not max_bytes or catalogue.bytes_of(mask) <= max_bytes:
        return mask
    rows = np.flatnonzero(mask & (catalogue.bytes > 0))
    return _mask(len(mask), rows[_fitting(catalogue.bytes[rows], catalogue.draws[rows], max_bytes)])


def whole_repositories(catalogue: Catalogue, mask: Mask) -> bool:
    """Whether no repository lies on both sides."""
    return not np.intersect1d(catalogue.repositories[mask], catalogue.repositories[~mask]).size


def _fitting(sizes: NDArray[np.int64], draws: NDArray[np.uint64], limit: float) -> Mask:
    """In order of draws, what fits the limit beside those taken before; the smallest where nothing does."""
    taken, total = [], 0
    for number in np.argsort(draws, kind="stable"):
        if sizes[number] and total + sizes[number] <= limit:
            taken.append(number)
            total += int(sizes[number])
    if not taken:
        with_text = np.flatnonzero(sizes)
        taken = [with_text[np.lexsort((draws[with_text], sizes[with_text]))[0]]]
    return _mask(len(sizes), np.array(taken))


def _mask(length: int, numbers: NDArray[np.int64]) -> Mask:
    mask = np.zeros(length, np.bool_)
    mask[numbers] = True
    return mask
