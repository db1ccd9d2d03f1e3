"""What a report wants to know of a shard while its files run through the steps: samples, the largest, the slowest.

All but the times depends on the files alone. Times are measured, so they differ from run to run: they are kept apart
from everything that a dataset's parts are made of (docs/decisions/0014-report.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from codekiln.cleaning.counts import KEPT
from codekiln.cleaning.differences import hunks
from codekiln.cleaning.document import Document
from codekiln.cleaning.pipeline import Dropped, Run
from codekiln.cleaning.samples import Sample, Samples, draw

MOST = 20
"""Files in each list of the largest and the slowest."""
HIDDEN = "anonymized"
"""The group of tallies of steps whose changes must not be shown as they were."""
_EXCERPT = 1200
_LINE = 160
_SHOWN_BYTES = 1 << 20
"""Of a larger file no change is shown."""


Redact = Callable[[bytes, Document], bytes]
"""A text of this document without the personal data and secrets in it: the report is for many eyes."""


@dataclass
class Observed:
    """Of one shard or of many."""

    samples: Samples = field(default_factory=Samples)
    largest: list[dict[str, Any]] = field(default_factory=list)
    slowest: list[dict[str, Any]] = field(default_factory=list)
    nanoseconds: Counter[str] = field(default_factory=Counter)
    """By step, of all files."""

    def merge(self, other: Observed) -> None:
        self.samples.merge(other.samples)
        self.largest = _most([*self.largest, *other.largest], "bytes")
        self.slowest = _most([*self.slowest, *other.slowest], "seconds")
        self.nanoseconds.update(other.nanoseconds)

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "samples": self.samples.to_json(), "nanoseconds": dict(self.nanoseconds)}

    @staticmethod
    def from_json(data: dict[str, Any]) -> Observed:
        values = {"samples": Samples.from_json(data["samples"]), "nanoseconds": Counter(data["nanoseconds"])}
        return Observed(**data | values)


class Observer:
    """Of the files of one shard, one after the other."""

    def __init__(self, seed: int, redact: Redact) -> None:
        self.observed = Observed()
        self._seed, self._redact = seed, redact

    def done(self, run: Run) -> None:
        """The file as found and what became of it."""
        document, result = run.found, run.result
        number = draw(self._seed, document.repo_name, document.path, document.blob_id)
        if isinstance(result, Dropped):
            self._sample_drop(document, result, number)
        else:
            self._sample_changes(run, number)
        self._measure(run, result.drop.reason if isinstance(result, Dropped) else KEPT)

    def _measure(self, run: Run, outcome: str) -> None:
        document = run.found
        seen, took, size = self.observed, run.took, len(document.data)
        for name, nanoseconds in took.items():
            seen.nanoseconds[name] += nanoseconds
        seconds = round(sum(took.values()) / 1e9, 6)
        large = len(seen.largest) < MOST or size >= seen.largest[-1]["bytes"]
        slow = len(seen.slowest) < MOST or seconds >= seen.slowest[-1]["seconds"]
        if not (large or slow):
            return
        place = {"repository": document.repo_name, "path": document.path, "language": document.language}
        file = {**place, "bytes": size, "outcome": outcome}
        steps = {name: round(nanoseconds / 1e9, 6) for name, nanoseconds in took.items()}
        if large:
            seen.largest = _most([*seen.largest, file], "bytes")
        if slow:
            seen.slowest = _most([*seen.slowest, {**file, "seconds": seconds, "steps": steps}], "seconds")

    def _sample_drop(self, document: Document, dropped: Dropped, number: str) -> None:
        group = ("dropped", dropped.drop.reason)
        if self.observed.samples.wants(group, number):
            excerpt = self._excerpt(document)
            place = (document.repo_name, document.path, document.language)
            self.observed.samples.add(group, Sample(number, *place, dropped.drop.detail, excerpt))

    def _sample_changes(self, run: Run, number: str) -> None:
        for name, before, after in run.changes:
            group = ("changed", name)
            if len(before.data) > _SHOWN_BYTES or not self.observed.samples.wants(group, number):
                continue
            noted = after.tallies[len(before.tallies) :]
            hide = any(tally.group == HIDDEN for tally in noted)
            old, new = (_text(before.data), _text(after.data)) if hide else (self._open(before), self._open(after))
            # Line ends alone are no change that a person would see.
            shown = hunks(old.replace("\r\n", "\n").replace("\r", "\n"), new, hide=hide)
            if shown:
                detail = ", ".join(
                    f"{tally.name} x {tally.count}" if tally.count > 1 else tally.name for tally in noted
                )
                place = (after.repo_name, after.path, after.language)
                self.observed.samples.add(group, Sample(number, *place, detail, hunks=shown))

    def _excerpt(self, document: Document) -> str:
        """The file's first lines."""
        # More than is shown, so that no secret is cut in two and missed.
        data = document.data[: 4 * _EXCERPT]
        if b"\0" in data:
            return data[:64].hex(" ")
        text = _text(self._redact(_text(data).encode(), document))
        return "\n".join(line[:_LINE] for line in text[:_EXCERPT].split("\n")[:16])

    def _open(self, document: Document) -> str:
        return "" if b"\0" in document.data else _text(self._redact(_text(document.data).encode(), document))


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def _most(files: Iterable[dict[str, Any]], what: str) -> list[dict[str, Any]]:
    return sorted(files, key=lambda file: (-file[what], file["repository"], file["path"]))[:MOST]
