"""Which files stay: in the order of files, one stays unless it is alike to one that stays, and else goes for it.

So no two files that stay are alike, and each that goes is alike to the one it goes for: no chains. A part decides what
it can and answers the files of other parts that wait; rounds go on until none waits. The best file that has not
answered can always answer, so they end; with one part there is one round. No part ever holds the links of another.

It is done twice: over links between files, and then over those between the files that stayed (`joining.py`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.equal import Report
from codekiln.cleaning.deduplication.exchange import each_row, gather, once, scatter, table_of
from codekiln.cleaning.deduplication.links import NEAR, answering, waiting
from codekiln.cleaning.deduplication.order import COLUMNS
from codekiln.cleaning.deduplication.plan import Plan, Task
from codekiln.core.store import ObjectStore

_ANSWERS = pa.schema(
    [
        pa.field("file", pa.uint64()),
        pa.field("kind", pa.int8()),
        pa.field("similarity", pa.float64()),
        pa.field("survivor", pa.uint64()),  # null: the better file does not stay
        *(pa.field(name, pa.uint64()) for name in COLUMNS),
        pa.field("card", pa.binary()),
    ]
)
GONE = pa.schema(
    [
        pa.field("file", pa.uint64()),
        pa.field("kind", pa.int8()),
        pa.field("similarity", pa.float64()),
        pa.field("survivor", pa.uint64()),
        *(pa.field(name, pa.uint64()) for name in COLUMNS),  # the survivor's
        pa.field("card", pa.binary()),
        pa.field("survivor_card", pa.binary()),
    ]
)
"""Files that go, each with the one that stays for it."""


@dataclass(frozen=True)
class Survivor:
    """A file that stays, its place in the order, its card."""

    file: int
    order: tuple[int, ...]
    card: bytes


@dataclass(frozen=True)
class Answer:
    """What a file hears of a better one: whom it may go for, or None where that one does not stay."""

    file: int
    kind: int
    similarity: float
    survivor: Survivor | None

    @property
    def rank(self) -> tuple[float, tuple[int, ...]]:
        """Of two to go for, the more similar; of equally similar ones the better."""
        assert self.survivor is not None
        return -self.similarity, self.survivor.order


def settle(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """One round of one part, from its links and the answers of all rounds before: nothing else is kept."""
    near = ["near"] if task.plan(store).threshold < 1 else []
    return _round(task, store, "settle", ["equal", *near])


def settle_survivors(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """The same for the files that stayed, over the links between them."""
    return _round(task, store, "joined", ["joined"])


def gone(plan: Plan, store: ObjectStore, settling: str, task: Task) -> pa.Table:
    """GONE of the part's files by number, after the last round of this `settling`: settle or joined."""
    key = plan.key(f"{settling}-gone{task.round}", task.number)
    return gather(store, [key], 0, 1, GONE).sort_by("file")


def _round(task: Task, store: ObjectStore, settling: str, stages: list[str]) -> dict[str, Any]:
    def work() -> dict[str, Any]:
        plan = task.plan(store)
        part = _Part(plan, store, task.number, stages)
        part.decide()
        for earlier in range(task.round):
            keys = plan.keys(f"{settling}-answers{earlier}")
            part.answers.clear()
            part.hear(_received(gather(store, keys, task.number, plan.parts, _ANSWERS)))
        scatter(store, plan.key(f"{settling}-answers{task.round}", task.number), *_sent(plan, part.answers))
        rows = part.gone()
        scatter(store, plan.key(f"{settling}-gone{task.round}", task.number), rows, np.zeros(rows.num_rows), 1)
        return {"waiting": sum(part.waits.values())}

    return once(store, f"{task.prefix}{settling}{task.round}-{task.number:05d}.json", work)


class _Part:
    """The files of one part and the links between them and others."""

    def __init__(self, plan: Plan, store: ObjectStore, number: int, stages: list[str]) -> None:
        self.answers: list[Answer] = []
        """For files of other parts."""
        self.waits: dict[int, int] = defaultdict(int)
        """Answers that a file still waits for."""
        self._best: dict[int, Answer | None] = {}
        self._cards: dict[int, bytes] = {}
        self._worse: dict[int, list[tuple[int, int, float]]] = defaultdict(list)
        self._survivors: dict[int, Survivor] = {}
        for link in each_row(waiting(store, plan, stages, number)):
            self.waits[link["worse"]] += 1
            self._cards[link["worse"]] = link["card"]
        for link in each_row(answering(store, plan, stages, number)):
            better = link["better"]
            self._worse[better].append((link["worse"], link["kind"], link["similarity"]))
            if better not in self._survivors:
                self._survivors[better] = Survivor(better, tuple(link[name] for name in COLUMNS), link["card"])
        self._own = set(self.waits)

    def decide(self) -> None:
        """What needs no answer: files without a better one that they are alike to."""
        self._spread([answer for file in self._worse if file not in self._own for answer in self._stays(file)])

    def hear(self, answers: Iterator[Answer]) -> None:
        """Answers of other parts, and all that follows from them here."""
        self._spread(list(answers))

    def gone(self) -> pa.Table:
        """Those that go, so far."""
        found = [answer for file, answer in self._best.items() if answer is not None and file not in self.waits]
        rows = [
            (a.file, a.kind, a.similarity, a.survivor.file, *a.survivor.order, self._cards[a.file], a.survivor.card)
            for a in found
            if a.survivor is not None
        ]
        return table_of(rows, GONE)

    def _spread(self, answers: list[Answer]) -> None:
        while answers:
            answer = answers.pop()
            if answer.file in self._own:
                answers += self._take(answer)
            else:
                self.answers.append(answer)

    def _take(self, answer: Answer) -> list[Answer]:
        """What others hear of a file after this answer to it."""
        file, before = answer.file, self._best.get(answer.file)
        if answer.survivor is not None and (before is None or answer.rank < before.rank):
            self._best[file] = answer
        self.waits[file] -= 1
        last = not self.waits[file]
        if last:
            del self.waits[file]
        best = self._best.get(file)
        if best is None:
            return self._stays(file) if last else []
        # That it goes is known with the first file that it may go for; for which one, with the last answer.
        heard = [] if before else [Answer(w, k, s, None) for w, k, s in self._worse.get(file, ()) if k == NEAR]
        if last:
            heard += [
                Answer(w, k, best.similarity, best.survivor) for w, k, _ in self._worse.get(file, ()) if k != NEAR
            ]
        return heard

    def _stays(self, file: int) -> list[Answer]:
        return [Answer(w, k, s, self._survivors[file]) for w, k, s in self._worse.get(file, ())]


def _sent(plan: Plan, answers: list[Answer]) -> tuple[pa.Table, np.ndarray, int]:
    rows = [
        (a.file, a.kind, a.similarity, *((s.file, *s.order, s.card) if (s := a.survivor) else (None,) * 5))
        for a in answers
    ]
    table = table_of(rows, _ANSWERS)
    return table, plan.part_of(table.column("file").to_numpy()), plan.parts


def _received(table: pa.Table) -> Iterator[Answer]:
    for row in each_row(table):
        order = tuple(row[name] for name in COLUMNS)
        survivor = None if row["survivor"] is None else Survivor(row["survivor"], order, row["card"])
        yield Answer(row["file"], row["kind"], row["similarity"], survivor)
