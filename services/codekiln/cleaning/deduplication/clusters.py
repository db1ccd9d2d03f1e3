"""Clusters of duplicates, and the file of each that survives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass


class UnionFind:
    """Sets of numbers that grow together. The smallest number stands for its set."""

    def __init__(self) -> None:
        self._parents: dict[int, int] = {}

    def find(self, item: int) -> int:
        """The number that stands for the item's set."""
        root = item
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        while (parent := self._parents.get(item, item)) != root:
            self._parents[item] = root
            item = parent
        return root

    def union(self, one: int, other: int) -> None:
        """Joins two sets."""
        a, b = sorted((self.find(one), self.find(other)))
        if a != b:
            self._parents[b] = a

    def sets(self) -> list[list[int]]:
        """All sets of two and more, members ascending, in order of their first."""
        members: dict[int, list[int]] = {}
        for item in sorted({*self._parents, *self._parents.values()}):
            members.setdefault(self.find(item), []).append(item)
        return [group for group in members.values() if len(group) > 1]


@dataclass(frozen=True)
class Cluster:
    """Files that are alike: the one that stays and those that go."""

    survivor: int
    gone: tuple[int, ...]


def choose(groups: Iterable[list[int]], preference: Callable[[int], tuple[object, ...]]) -> list[Cluster]:
    """Keeps of each group the file of the least preference key."""
    clusters = []
    for group in groups:
        survivor = min(group, key=preference)
        clusters.append(Cluster(survivor, tuple(item for item in group if item != survivor)))
    return clusters
