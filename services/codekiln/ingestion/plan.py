"""How much of each repository a corpus of limited size takes. Pure.

Under `max_bytes` the rule is max-min fairness: every repository may give the same amount, and what small ones leave
over goes to the others. So no giant starves the rest, and a single source still fills the limit. Where there are so
many repositories that the same amount would be crumbs, it is 1 % of the limit, and they are taken in a seeded order
until it is reached. Where sources have weights, each first gets its part of the limit, by the same rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codekiln.ingestion.selection import Selection
from codekiln.ingestion.sources.source import Repository, Share, Source, seeded

_SMALLEST_SHARE = 0.01


@dataclass(frozen=True)
class Planned:
    """One repository, its share, and the bytes that are expected of it."""

    repository: Repository
    share: Share
    bytes: int


def make_plan(
    sources: Sequence[Source],
    wanted: Selection,
    max_bytes: int,
    seed: int,
    weights: Sequence[float] | None = None,
    mixed: bool = False,
) -> list[Planned]:
    """Every repository in the order in which it is read; `max_bytes` of 0 takes all of them.

    That order is a seeded one where something limits what is taken (`max_bytes`, or `mixed`); else as they come.
    """
    units = [(i, repository) for i, source in enumerate(sources) for repository in source.repositories()]
    order = list(range(len(units)))
    if max_bytes or mixed:
        order.sort(key=lambda k: (seeded(seed, str(units[k][0]), units[k][1].name), k))
    if not max_bytes:
        return [Planned(units[k][1], Share(None), units[k][1].expected(wanted)) for k in order]
    sizes = [repository.size(wanted) for _, repository in units]
    shares = dict.fromkeys(order, 0)
    for members, limit in _parts([units[k][0] for k in range(len(units))], sizes, max_bytes, weights):
        chosen = [k for k in order if k in members]
        shares |= dict(zip(chosen, divide([sizes[k] for k in chosen], limit), strict=True))
    return [Planned(units[k][1], Share(shares[k], seed), min(sizes[k], shares[k])) for k in order]


def _parts(
    sources: Sequence[int], sizes: Sequence[int], limit: int, weights: Sequence[float] | None
) -> list[tuple[set[int], int]]:
    """Which units share which limit: all of them the whole, or those of each source its part."""
    if weights is None:
        return [(set(range(len(sizes))), limit)]
    members: list[set[int]] = [{k for k, source in enumerate(sources) if source == i} for i in range(len(weights))]
    limits = weighted_parts([sum(sizes[k] for k in group) for group in members], weights, limit)
    return list(zip(members, limits, strict=True))


def weighted_parts(sizes: Sequence[int], weights: Sequence[float], limit: int) -> list[int]:
    """How much of `limit` each may give: parts as the weights are, and what one cannot fill goes to the others."""
    parts, open_, left = [0] * len(sizes), set(range(len(sizes))), limit
    while open_:
        total = sum(weights[i] for i in sorted(open_))
        equal = {i: int(left * weights[i] / total) for i in open_}
        full = {i for i in open_ if sizes[i] <= equal[i]}
        for i in full or open_:
            parts[i] = sizes[i] if full else equal[i]
        left -= sum(parts[i] for i in full)
        open_ = open_ - full if full else set()
    return parts


def divide(sizes: Sequence[int], limit: int) -> list[int]:
    """What each may give, in the same order: never more than `limit` in all, all of it where there is enough."""
    cap = max(fair_share(sizes, limit), int(limit * _SMALLEST_SHARE))
    shares, left = [], limit
    for size in sizes:
        share = min(size, cap, left)
        left -= share
        shares.append(share)
    return shares


def fair_share(sizes: Sequence[int], limit: int) -> int:
    """The largest amount such that nobody gives more than it and all together give at most `limit`."""
    left = limit
    for given, size in enumerate(sorted(sizes)):
        equal = left // (len(sizes) - given)
        if size > equal:
            return equal
        left -= size
    return max(sizes, default=0)
