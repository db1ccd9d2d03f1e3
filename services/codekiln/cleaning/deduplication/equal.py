"""Files that are equal, or equal but for white space: two stages, by shard and then by part.

The best file of such a group stands for it in all that follows, so a million copies cost a million rows once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.entries import Entry
from codekiln.cleaning.deduplication.exchange import gather, numbers, once, scatter
from codekiln.cleaning.deduplication.links import EXACT, WHITESPACE, Links
from codekiln.cleaning.deduplication.order import COLUMNS, is_known
from codekiln.cleaning.deduplication.plan import Task, shard_and_row
from codekiln.cleaning.steps.parse.isolation import ISOLATED
from codekiln.core.artifacts import read_part
from codekiln.core.store import ObjectStore

Report = Callable[[int], None]
_CONTENTS = pa.schema(
    [
        pa.field("file", pa.uint64()),
        pa.field("squeezed", pa.binary(16)),
        *(pa.field(name, pa.uint64()) for name in COLUMNS),
        pa.field("card", pa.binary()),
    ]
)
FOLLOWERS = pa.schema([pa.field("file", pa.uint64())])


def send_contents(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """A shard's files to the parts that their content belongs to."""

    def work() -> dict[str, Any]:
        ISOLATED.close()  # the first stage in which no file is parsed any more
        plan = task.plan(store)
        for part in plan.shards[task.number].index:
            read_part(store, part)  # raises DataLoss where it is not what was published
        table = plan.sketch(store, task.number, ["squeezed", *COLUMNS, "card"]).select(_CONTENTS.names)
        first = np.frombuffer(b"".join(table.column("squeezed").to_pylist()), "<u8")[::2]
        scatter(
            store, plan.key("contents", task.number), table.cast(_CONTENTS), first % np.uint64(plan.parts), plan.parts
        )
        return {}

    return once(store, f"{task.prefix}contents-{task.number:05d}.json", work)


def link_equal(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Links each file of a group to the group's best."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        table = gather(store, plan.shard_keys("contents"), task.number, plan.parts, _CONTENTS)
        order = tuple(numbers(table, name) for name in COLUMNS)
        key = np.frombuffer(b"".join(table.column("squeezed").to_pylist()), "<u8").reshape(-1, 2)
        by_key = np.lexsort((*reversed(order), key[:, 1], key[:, 0]))
        ordered = key[by_key]
        first = np.concatenate(([True], (ordered[1:] != ordered[:-1]).any(axis=1)))[: len(by_key)]
        best = by_key[np.maximum.accumulate(np.where(first, np.arange(len(by_key)), 0))]
        # Two files of known datasets both stay.
        follows = ~first & ~is_known(order[0][by_key])
        better, worse = best[follows], by_key[follows]
        files = numbers(table, "file")
        cards = table.column("card")
        better_card, worse_card = (cards.take(pa.array(rows)).to_pylist() for rows in (better, worse))
        Links(
            files[better], files[worse], _kinds(better_card, worse_card, better), np.ones(len(better)),
            tuple(column[better] for column in order), better_card, worse_card,
        ).send(store, plan, "equal", task.number)  # fmt: skip
        followers = pa.table([files[worse]], schema=FOLLOWERS)
        shards, _ = shard_and_row(files[worse])
        scatter(store, plan.key("followers", task.number), followers, shards, len(plan.shards))
        return {"links": len(better)}

    return once(store, f"{task.prefix}equal-{task.number:05d}.json", work)


def _kinds(better: list[bytes], worse: list[bytes], group: np.ndarray) -> np.ndarray:
    """A file is an exact copy where one that comes before it in its group has the same content."""
    seen: set[tuple[int, bytes]] = set()
    kinds = np.full(len(better), WHITESPACE)
    for row, (one, other, number) in enumerate(zip(better, worse, group.tolist(), strict=True)):
        seen.add((number, Entry.unpack(one).content))
        own = (number, Entry.unpack(other).content)
        if own in seen:
            kinds[row] = EXACT
        seen.add(own)
    return kinds
