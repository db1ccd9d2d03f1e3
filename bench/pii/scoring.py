"""Precision, recall and F1 by kind. A hit is a span that begins and ends where the planted value does,
whatever the finder calls it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.pii.planting import Case

Spans = list[tuple[str, int, int]]
"""(kind, start, end), in characters."""


@dataclass
class Score:
    """Of one kind: planted values found whole, found in part, missed; and what else was found on their lines."""

    exact: int = 0
    partial: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float:
        found = self.exact + self.partial + self.wrong
        return self.exact / found if found else 1.0

    @property
    def recall(self) -> float:
        planted = self.exact + self.partial + self.missed
        return self.exact / planted if planted else 1.0

    @property
    def f1(self) -> float:
        planted = self.exact + self.partial + self.missed
        found = self.exact + self.partial + self.wrong
        return 2 * self.exact / (planted + found) if planted else 1.0


def score(cases: Iterable[Case], found_in: Iterable[Spans]) -> tuple[dict[str, Score], dict[str, int], list[str]]:
    """Scores by kind, false findings by decoy, and the lines that went wrong, for people."""
    scores: dict[str, Score] = {}
    decoys: dict[str, int] = {}
    wrong: list[str] = []
    for case, spans in zip(cases, found_in, strict=True):
        first, last = case.line
        found = [span for span in spans if span[1] < last and span[2] > first]
        shown = case.text[first:last].replace("\n", "\\n")[:150]
        if case.is_decoy:
            decoys[case.kind] = decoys.get(case.kind, 0) + len(found)
            if found:
                wrong.append(f"{case.kind}: {found[0][0]} in {shown}")
            continue
        mine = scores.setdefault(case.kind, Score())
        hits = [span for span in found if span[1] < case.end and span[2] > case.start]
        if any((start, end) == (case.start, case.end) for _, start, end in hits):
            mine.exact += 1
        elif hits:
            mine.partial += 1
            wrong.append(f"{case.kind}: {hits[0][0]} of another extent in {shown}")
        else:
            mine.missed += 1
            wrong.append(f"{case.kind}: missed in {shown}")
        mine.wrong += len(found) - len(hits)
    return scores, decoys, wrong
