"""What happened to files, in numbers: they add up over files, shards and workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any


@dataclass
class Amount:
    """Files and their bytes as found."""

    files: int = 0
    bytes: int = 0

    def add(self, bytes: int, files: int = 1) -> None:
        self.files += files
        self.bytes += bytes


KEPT = "kept"
"""The outcome of a file that no step drops; the others are reasons."""
UNLICENSED = "NOASSERTION"
"""SPDX's word for a licence that nobody has stated."""


@lru_cache(4096)
def licence_name(licenses: tuple[str, ...]) -> str:
    """All licences of a file as one name, so that a file counts once."""
    return " + ".join(sorted(licenses)) or UNLICENSED


@dataclass
class Counts:
    """What happened to files: in, dropped by step and reason, tallies by group. Adds up over shards.

    Bytes are those of files as found. A file counts for the language that it had when its fate was decided.
    """

    seen: Amount = field(default_factory=Amount)
    dropped: dict[str, dict[str, Amount]] = field(default_factory=dict)
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    changed: dict[str, Amount] = field(default_factory=dict)
    """Files that a step changed and the rest kept."""
    outcomes: dict[str, dict[str, dict[str, Amount]]] = field(default_factory=dict)
    """`language` or `licence` -> which -> KEPT or a reason."""

    @property
    def dropped_files(self) -> int:
        return sum(amount.files for reasons in self.dropped.values() for amount in reasons.values())

    def drop(self, step: str, reason: str, bytes: int, files: int = 1) -> None:
        self.dropped.setdefault(step, {}).setdefault(reason, Amount()).add(bytes, files)

    def decide(self, language: str, licence: str, outcome: str, bytes: int, files: int = 1) -> None:
        """Counts files by what became of them; less than none where a decision is taken back."""
        for axis, value in (("language", language), ("licence", licence)):
            amounts = self.outcomes.setdefault(axis, {}).setdefault(value, {})
            amounts.setdefault(outcome, Amount()).add(bytes, files)

    def change(self, step: str, bytes: int, files: int = 1) -> None:
        self.changed.setdefault(step, Amount()).add(bytes, files)

    def tally(self, group: str, name: str, count: int) -> None:
        names = self.tallies.setdefault(group, {})
        names[name] = names.get(name, 0) + count

    def merge(self, other: Counts) -> None:
        self.seen.add(other.seen.bytes, other.seen.files)
        for step, reasons in other.dropped.items():
            for reason, amount in reasons.items():
                self.drop(step, reason, amount.bytes, amount.files)
        for group, names in other.tallies.items():
            for name, count in names.items():
                self.tally(group, name, count)
        for step, amount in other.changed.items():
            self.change(step, amount.bytes, amount.files)
        for axis, values in other.outcomes.items():
            mine = self.outcomes.setdefault(axis, {})
            for value, outcomes in values.items():
                for outcome, amount in outcomes.items():
                    mine.setdefault(value, {}).setdefault(outcome, Amount()).add(amount.bytes, amount.files)

    def to_json(self) -> dict[str, Any]:
        return {
            "seen": vars(self.seen),
            "dropped": {step: _plain(reasons) for step, reasons in self.dropped.items()},
            "tallies": self.tallies,
            "changed": _plain(self.changed),
            "outcomes": {axis: {v: _plain(o) for v, o in values.items()} for axis, values in self.outcomes.items()},
        }

    @staticmethod
    def from_json(data: dict[str, Any]) -> Counts:
        return Counts(
            Amount(**data["seen"]),
            {step: _amounts(reasons) for step, reasons in data["dropped"].items()},
            data["tallies"],
            _amounts(data["changed"]),
            {axis: {v: _amounts(o) for v, o in values.items()} for axis, values in data["outcomes"].items()},
        )


def _plain(amounts: dict[str, Amount]) -> dict[str, Any]:
    return {name: vars(amount) for name, amount in amounts.items()}


def _amounts(data: dict[str, Any]) -> dict[str, Amount]:
    return {name: Amount(**amount) for name, amount in data.items()}
