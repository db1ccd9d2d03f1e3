"""From a sample to the whole: shares of files, with the interval that holds 19 times of 20, and of bytes.

Where few large files hold many of the bytes a sample says less of bytes than its interval claims: of 1,000 samples of
2,000 files of the demo's corpus 91 % held the truth, of 500 files 82 %; of files it was 94 and 96 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

_Z = 1.96


@dataclass(frozen=True)
class Interval:
    """An estimate and its bounds."""

    value: float
    low: float
    high: float

    def times(self, whole: float) -> Interval:
        """The same of a whole: files of a corpus from a share of them."""
        return Interval(self.value * whole, self.low * whole, self.high * whole)


def share_of_files(hits: int, sampled: int, whole: int) -> Interval:
    """Wilson's interval (J. American Statistical Association 22, 1927) of a share drawn without putting back.

    A sample that is a large part of the whole counts for more: Cochran, Sampling Techniques, 1977, 2.6. The whole
    itself leaves no doubt.
    """
    share = hits / sampled
    if sampled >= whole:
        return Interval(share, share, share)
    size = sampled * (whole - 1) / (whole - sampled)
    middle = (share + _Z**2 / (2 * size)) / (1 + _Z**2 / size)
    half = _Z / (1 + _Z**2 / size) * math.sqrt(share * (1 - share) / size + _Z**2 / (4 * size**2))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def share_of_bytes(hits: Sequence[int], sizes: Sequence[int], whole: int) -> Interval:
    """Bytes that count, of all bytes: the ratio estimator (Cochran, 1977, 6.4). `hits`: of each file all bytes or 0."""
    total, sampled = sum(sizes), len(sizes)
    if not total or sampled < 2 or sampled >= whole:
        ratio = sum(hits) / max(1, total)
        return Interval(ratio, ratio, ratio) if sampled >= whole else Interval(ratio, 0.0, 1.0)
    ratio, mean = sum(hits) / total, total / sampled
    spread = sum((hit - ratio * size) ** 2 for hit, size in zip(hits, sizes, strict=True)) / (sampled - 1)
    half = _Z * math.sqrt((1 - sampled / whole) * spread / sampled) / mean
    return Interval(ratio, max(0.0, ratio - half), min(1.0, ratio + half))
