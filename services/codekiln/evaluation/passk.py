"""pass@k and how sure one can be of it. Pure.

The estimate is the unbiased one of Chen et al. 2021 (arXiv 2107.03374, section 2.1): with n samples of a problem of
which c pass, the share of k-subsets with at least one that passes, 1 - C(n-c, k) / C(n, k), averaged over problems.

The interval is the percentile bootstrap over problems (Efron 1979): the problems are the sample, and how much the
model's luck with them matters is what one wants to know. Where all problems score the same, resampling sees no spread
and would claim certainty, of all places at 0 of n; there it is Wilson's score interval (Wilson 1927) for that share of
n problems, whose upper end at 0 of n is z^2 / (n + z^2): 2.3 % for 164 problems.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

_RESAMPLES = 2000
_Z = 1.959963984540054
"""Of 95 %, two-sided."""
_TAIL = 0.025


@dataclass(frozen=True)
class Score:
    """An estimate and its 95 % interval, all shares."""

    value: float
    low: float
    high: float


def pass_at_k(samples: int, passed: int, k: int) -> float:
    """Of one problem. As a product, which does not overflow. Raises ValueError outside of 1 <= k <= samples."""
    if not (1 <= k <= samples and 0 <= passed <= samples):
        raise ValueError(f"pass@{k} of {passed} passed among {samples} samples")
    if samples - passed < k:
        return 1.0
    return 1.0 - math.prod(1.0 - k / i for i in range(samples - passed + 1, samples + 1))


def score(counts: Sequence[tuple[int, int]], k: int, seed: int) -> Score:
    """pass@k over problems, each given as (samples, passed). Raises ValueError without problems."""
    if not counts:
        raise ValueError("there are no problems to score")
    estimates = [pass_at_k(samples, passed, k) for samples, passed in counts]
    value = math.fsum(estimates) / len(estimates)
    low, high = _wilson(value, len(estimates)) if len(set(estimates)) == 1 else _bootstrap(estimates, seed)
    return Score(value, min(low, value), max(high, value))


def _bootstrap(estimates: list[float], seed: int) -> tuple[float, float]:
    draw = random.Random(seed)
    count = len(estimates)
    means = sorted(math.fsum(draw.choices(estimates, k=count)) / count for _ in range(_RESAMPLES))
    edge = round(_TAIL * _RESAMPLES)
    return means[edge], means[_RESAMPLES - 1 - edge]


def _wilson(share: float, count: int) -> tuple[float, float]:
    squared = _Z * _Z
    middle = (share + squared / (2 * count)) / (1 + squared / count)
    half = _Z / (1 + squared / count) * math.sqrt(share * (1 - share) / count + squared / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
