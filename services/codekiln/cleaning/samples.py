"""Samples for the report: random, but the same whenever the same files are seen, in whatever order and partition.

Each file draws a number from the seed and its identity; the few with the least numbers are the sample. Samples of
shards merge into the sample of all.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import asdict, dataclass
from typing import Any

from codekiln.cleaning.differences import Hunk

PER_REASON = 6
PER_CHANGE = 12
_LIMITS = {"dropped": PER_REASON, "changed": PER_CHANGE}

Group = tuple[str, str]
"""`dropped` and the reason, or `changed` and the step."""


@dataclass(frozen=True)
class Sample:
    """One file: its draw, where it is from, what to show: an excerpt of a dropped one, the changes of a kept one."""

    draw: str
    repository: str
    path: str
    language: str
    detail: str
    excerpt: str = ""
    hunks: tuple[Hunk, ...] = ()

    @staticmethod
    def from_json(data: dict[str, Any]) -> Sample:
        return Sample(**data | {"hunks": tuple(_hunk(hunk) for hunk in data["hunks"])})


def _hunk(data: dict[str, Any]) -> Hunk:
    def lines(side: str) -> tuple[tuple[tuple[str, bool], ...], ...]:
        return tuple(tuple((text, marked) for text, marked in line) for line in data[side])

    return Hunk(data["line"], lines("before"), lines("after"))


class Samples:
    """The least draws of each group."""

    def __init__(self) -> None:
        self.groups: dict[Group, list[Sample]] = {}

    def wants(self, group: Group, draw: str) -> bool:
        """Whether a file of this draw would be in the sample, so that what to show is made only then."""
        samples = self.groups.get(group, [])
        return len(samples) < _LIMITS[group[0]] or draw < samples[-1].draw

    def add(self, group: Group, sample: Sample) -> None:
        samples = self.groups.setdefault(group, [])
        self.groups[group] = heapq.nsmallest(
            _LIMITS[group[0]], [*samples, sample], key=lambda s: (s.draw, s.repository, s.path)
        )

    def merge(self, other: Samples) -> None:
        for group, samples in other.groups.items():
            for sample in samples:
                self.add(group, sample)

    def to_json(self) -> dict[str, dict[str, list[Any]]]:
        """`dropped` and `changed` -> reason or step -> samples."""
        found: dict[str, dict[str, list[Any]]] = {"dropped": {}, "changed": {}}
        for (what, name), samples in sorted(self.groups.items()):
            found[what][name] = [asdict(sample) for sample in samples]
        return found

    @staticmethod
    def from_json(data: dict[str, dict[str, list[Any]]]) -> Samples:
        samples = Samples()
        for what, groups in data.items():
            for name, items in groups.items():
                samples.groups[(what, name)] = [Sample.from_json(item) for item in items]
        return samples


def draw(seed: int, repo_name: str, path: str, blob_id: str) -> str:
    """The file's number, as 16 hexadecimal digits."""
    data = f"{seed}\0{repo_name}\0{path}\0{blob_id}".encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=8).hexdigest()
