"""Samples for the report: random, but the same whenever the same files are seen, in whatever order and partition.

Each file draws a number from the seed and its identity; the few with the least numbers are the sample. Samples of
shards merge into the sample of all.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass
from typing import Any

PER_REASON = 6
CHANGED = 24


@dataclass(frozen=True, order=True)
class Sample:
    """One file: its draw, where it is from, and what to show: pairs of before and after, or one excerpt."""

    draw: str
    repo_name: str
    path: str
    language: str
    detail: str
    shown: tuple[tuple[str, str], ...]

    @staticmethod
    def from_json(data: list[Any]) -> Sample:
        draw, repo_name, path, language, detail, shown = data
        return Sample(draw, repo_name, path, language, detail, tuple((before, after) for before, after in shown))

    def to_json(self) -> list[Any]:
        return [self.draw, self.repo_name, self.path, self.language, self.detail, [list(pair) for pair in self.shown]]


class Samples:
    """The least draws of each group."""

    def __init__(self) -> None:
        self.groups: dict[str, list[Sample]] = {}

    def wants(self, group: str, draw: str, limit: int) -> bool:
        """Whether a file of this draw would be in the sample, so that what to show is made only then."""
        samples = self.groups.get(group, [])
        return len(samples) < limit or draw < samples[-1].draw

    def add(self, group: str, sample: Sample, limit: int) -> None:
        samples = self.groups.setdefault(group, [])
        self.groups[group] = heapq.nsmallest(limit, [*samples, sample])

    def merge(self, other: Samples, limits: dict[str, int]) -> None:
        for group, samples in other.groups.items():
            for sample in samples:
                self.add(group, sample, limits.get(group, PER_REASON))

    def to_json(self) -> dict[str, Any]:
        return {group: [sample.to_json() for sample in samples] for group, samples in sorted(self.groups.items())}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Samples:
        samples = Samples()
        samples.groups = {group: [Sample.from_json(item) for item in items] for group, items in data.items()}
        return samples


def draw(seed: int, repo_name: str, path: str, blob_id: str) -> str:
    """The file's number, as 16 hexadecimal digits."""
    return hashlib.blake2b(f"{seed}\0{repo_name}\0{path}\0{blob_id}".encode(), digest_size=8).hexdigest()
