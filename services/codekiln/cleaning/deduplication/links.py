"""Links: pairs of files that are alike, from the better to the worse, as settling gets them.

Each link goes to the part of its worse file, which waits for it, and to that of its better file, which answers it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.exchange import gather, scatter
from codekiln.cleaning.deduplication.order import COLUMNS
from codekiln.cleaning.deduplication.plan import Plan
from codekiln.core.store import ObjectStore

EXACT, WHITESPACE, NEAR = range(3)
"""Kinds, from the strongest. Over the first two the worse file has no other links: it goes where the better goes."""
_ORDER = [pa.field(name, pa.uint64()) for name in COLUMNS]
_LINK = [
    pa.field("better", pa.uint64()),
    pa.field("worse", pa.uint64()),
    pa.field("kind", pa.int8()),
    pa.field("similarity", pa.float64()),
]
_WAITING = pa.schema([*_LINK, pa.field("card", pa.binary())])
_ANSWERING = pa.schema([*_LINK, *_ORDER, pa.field("card", pa.binary())])


@dataclass(frozen=True)
class Links:
    """Columns of equal length; `order` is the better file's."""

    better: np.ndarray
    worse: np.ndarray
    kind: np.ndarray
    similarity: np.ndarray
    order: tuple[np.ndarray, ...]
    better_card: list[bytes]
    worse_card: list[bytes]

    def send(self, store: ObjectStore, plan: Plan, stage: str, number: int) -> None:
        """To the parts of both files."""
        link = [self.better, self.worse, self.kind.astype(np.int8), self.similarity]
        waiting = pa.table([*link, self.worse_card], schema=_WAITING)
        scatter(store, plan.key(f"{stage}-waiting", number), waiting, plan.part_of(self.worse), plan.parts)
        answering = pa.table([*link, *self.order, self.better_card], schema=_ANSWERING)
        scatter(store, plan.key(f"{stage}-answering", number), answering, plan.part_of(self.better), plan.parts)


def waiting(store: ObjectStore, plan: Plan, stages: list[str], part: int) -> pa.Table:
    """Links of worse files of this part; `card` is the worse file's."""
    return gather(store, _sent(plan, stages, "waiting"), part, plan.parts, _WAITING)


def answering(store: ObjectStore, plan: Plan, stages: list[str], part: int) -> pa.Table:
    """Links of better files of this part; `order` and `card` are the better file's."""
    return gather(store, _sent(plan, stages, "answering"), part, plan.parts, _ANSWERING)


def _sent(plan: Plan, stages: list[str], side: str) -> list[str]:
    """What the tasks of these stages, `equal`, `near` or `joined`, sent."""
    of = {"equal": plan.keys, "near": plan.band_keys, "joined": plan.band_keys}
    return [key for stage in stages for key in of[stage](f"{stage}-{side}")]
