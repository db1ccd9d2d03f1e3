"""Clusters that belong together are joined: the files that stay for two files that are alike, if not too far apart.

A family of copies, each changed on its own, falls into several clusters where one copy is the better of some and not
alike to the rest. A chain, where each file is alike to the next and the ends are strangers, must not become one. So of
each link the files that stay for its two ends are compared, and linked where they are as similar as two files that are
alike to the same third one must be; settling over these links says which of them stay after all. Members follow.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.equal import Report
from codekiln.cleaning.deduplication.exchange import gather, numbers, once, scatter
from codekiln.cleaning.deduplication.links import answering
from codekiln.cleaning.deduplication.near import PAIRS, each_once, linked, similarities
from codekiln.cleaning.deduplication.order import COLUMNS, is_known
from codekiln.cleaning.deduplication.plan import Plan, Task
from codekiln.cleaning.deduplication.settling import GONE, gone
from codekiln.core.store import ObjectStore

_SENT = pa.schema([pa.field(name, pa.uint64()) for name in ("file", "survivor", *COLUMNS)])


def members(plan: Plan) -> str:
    """Where GONE lies in the end, by the part of the survivor."""
    return "moved" if plan.threshold < 1 else "members"


def least_similarity(threshold: float) -> float:
    """Of two files that are each `threshold` similar to a third: 1 - Jaccard is a metric (Levandowsky, Winter 1971)."""
    return max(0.0, 2 * threshold - 1)


def send_survivors(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """A part's files that go, to the part of the survivor; and along each link, who stays for its better file."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        goes = gone(plan, store, "settle", task)
        receivers = plan.part_of(numbers(goes, "survivor"))
        scatter(store, plan.key("members", task.number), goes, receivers, plan.parts)
        if plan.threshold < 1:
            links = answering(store, plan, ["near"], task.number)
            _, stays = _stands_for(goes, links, "better", [numbers(links, name) for name in ("better", *COLUMNS)])
            worse = numbers(links, "worse")
            sent = pa.table([worse, *stays], schema=_SENT)
            scatter(store, plan.key("survivors", task.number), sent, plan.part_of(worse), plan.parts)
        return {}

    return once(store, f"{task.prefix}survivors-{task.number:05d}.json", work)


def pair_survivors(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Pairs of files that stay for the two ends of a link, to the part that verifies them."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        sent = gather(store, plan.keys("survivors"), task.number, plan.parts, _SENT)
        theirs = [numbers(sent, name) for name in ("survivor", *COLUMNS)]
        # A worse file that stays comes after its better file, so after who stays for that: its order is not asked.
        last = np.full(sent.num_rows, np.iinfo(np.uint64).max, np.uint64)
        goes, ours = _stands_for(
            gone(plan, store, "settle", task), sent, "file", [numbers(sent, "file"), *(last for _ in COLUMNS)]
        )
        known = goes & is_known(ours[1]) & is_known(theirs[1])
        pairs = np.flatnonzero((ours[0] != theirs[0]) & ~known)
        first = _before([column[pairs] for column in ours[1:]], [column[pairs] for column in theirs[1:]])
        better = [np.where(first, one[pairs], other[pairs]) for one, other in zip(ours, theirs, strict=True)]
        worse = np.where(first, theirs[0][pairs], ours[0][pairs])
        table = each_once(pa.table([better[0], worse, *better[1:]], schema=PAIRS))
        receivers = plan.band_part_of(numbers(table, "better"))
        scatter(store, plan.key("survivor-pairs", task.number), table, receivers, plan.band_parts)
        return {"pairs": table.num_rows}

    return once(store, f"{task.prefix}survivor-pairs-{task.number:05d}.json", work)


def link_survivors(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Verifies these pairs by their real similarity."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        pairs = each_once(gather(store, plan.keys("survivor-pairs"), task.number, plan.band_parts, PAIRS))
        links = linked(plan, store, pairs, least_similarity(plan.threshold))
        links.send(store, plan, "joined", task.number)
        return {"pairs": pairs.num_rows, "links": len(links.better)}

    return once(store, f"{task.prefix}joined-{task.number:05d}.json", work)


def move(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Who went for a file that does not stay after all goes where that one goes, with its real similarity to it."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        rows = gather(store, plan.keys("members"), task.number, plan.parts, GONE)
        goes = gone(plan, store, "joined", task)
        at, found = _find(goes, numbers(rows, "survivor"))
        moved = rows.filter(pa.array(found))
        to = goes.take(pa.array(at[found]))
        for name in ("survivor", *COLUMNS, "survivor_card"):
            moved = moved.set_column(moved.schema.get_field_index(name), GONE.field(name), to.column(name))
        real = similarities(plan, store, numbers(moved, "survivor"), numbers(moved, "file"))
        moved = moved.set_column(moved.schema.get_field_index("similarity"), GONE.field("similarity"), pa.array(real))
        table = pa.concat_tables([rows.filter(pa.array(~found)), moved, goes])
        receivers = plan.part_of(numbers(table, "survivor"))
        scatter(store, plan.key("moved", task.number), table, receivers, plan.parts)
        return {"moved": moved.num_rows}

    return once(store, f"{task.prefix}moved-{task.number:05d}.json", work)


def _find(goes: pa.Table, files: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows of GONE, which is by file, of these files; and which of them are there."""
    ascending = numbers(goes, "file")
    at = np.searchsorted(ascending, files)
    found = np.zeros(len(files), bool)
    inside = at < len(ascending)
    found[inside] = ascending[at[inside]] == files[inside]
    return at, found


def _stands_for(
    goes: pa.Table, table: pa.Table, name: str, itself: list[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Which of the files in this column go; who stays for each, and its order: `itself` for those that do not go."""
    at, found = _find(goes, numbers(table, name))
    stays = [column.copy() for column in itself]
    for column, other in zip(stays, ("survivor", *COLUMNS), strict=True):
        column[found] = numbers(goes, other)[at[found]]
    return found, stays


def _before(one: list[np.ndarray], other: list[np.ndarray]) -> np.ndarray:
    """Where the first comes before the second in the order of files."""
    before = np.zeros(len(one[0]), bool)
    for a, b in zip(reversed(one), reversed(other), strict=True):
        before = (a < b) | ((a == b) & before)
    return before
