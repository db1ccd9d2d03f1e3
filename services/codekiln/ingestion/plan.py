"""How much of each repository a corpus of limited size takes. Pure.

Under `max_bytes` the rule is max-min fairness: every repository may give the same amount, and what small ones leave
over goes to the others. So no giant starves the rest, and a single source still fills the limit. Where there are so
many repositories that the same amount would be crumbs, it is 1 % of the limit, and they are taken in a seeded order
until it is reached.
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


def make_plan(sources: Sequence[Source], wanted: Selection, max_bytes: int, seed: int) -> list[Planned]:
    """Every repository in the order in which it is read; `max_bytes` of 0 takes all of them as they come."""
    units = [(i, repository) for i, source in enumerate(sources) for repository in source.repositories()]
    sizes = [repository.size(wanted) for _, repository in units]
    if not max_bytes:
        return [Planned(unit[1], Share(None), size) for unit, size in zip(units, sizes, strict=True)]
    order = sorted(range(len(units)), key=lambda k: (seeded(seed, str(units[k][0]), units[k][1].name), k))
    shares = divide([sizes[k] for k in order], max_bytes)
    return [
        Planned(units[k][1], Share(share, seed), min(sizes[k], share)) for k, share in zip(order, shares, strict=True)
    ]


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
