"""Files that are nearly equal: three stages, by shard, by part of the bands, by part of the pairs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from codekiln.cleaning.deduplication.bands import band_keys, candidates
from codekiln.cleaning.deduplication.entries import Entry
from codekiln.cleaning.deduplication.equal import FOLLOWERS, Report
from codekiln.cleaning.deduplication.exchange import gather, numbers, once, scatter
from codekiln.cleaning.deduplication.links import NEAR, Links
from codekiln.cleaning.deduplication.order import COLUMNS
from codekiln.cleaning.deduplication.plan import Plan, Task
from codekiln.cleaning.deduplication.similarity import alike
from codekiln.cleaning.deduplication.sketching import stacked
from codekiln.core.store import ObjectStore

_PLACED = [pa.field(name, pa.uint64()) for name in COLUMNS]
_BANDS = pa.schema([pa.field("key", pa.uint64()), pa.field("file", pa.uint64()), *_PLACED])
PAIRS = pa.schema([pa.field("better", pa.uint64()), pa.field("worse", pa.uint64()), *_PLACED])
_PAIRS_AT_ONCE = 1 << 13


def send_bands(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """A shard's files to the parts that their bands belong to; without those that follow an equal file."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        table = plan.sketch(store, task.number, [*COLUMNS, "words", "signature"])
        files = numbers(table, "file")
        gone = gather(store, plan.keys("followers"), task.number, len(plan.shards), FOLLOWERS)
        left = np.flatnonzero(~np.isin(files, numbers(gone, "file")) & (numbers(table, "words") > 0))
        keys = band_keys(stacked(table.column("signature"))[left], plan.threshold)
        columns = [np.repeat(numbers(table, name)[left], keys.shape[1]) for name in ("file", *COLUMNS)]
        flat = keys.ravel()
        # The high half: the low one decides within a part.
        receivers = (flat >> np.uint64(32)) % np.uint64(plan.band_parts)
        bands = pa.table([flat, *columns], schema=_BANDS)
        scatter(store, plan.key("bands", task.number), bands, receivers, plan.band_parts)
        return {}

    return once(store, f"{task.prefix}bands-{task.number:05d}.json", work)


def send_pairs(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Pairs of files that agree in a band to the parts of their better files."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        table = gather(store, plan.shard_keys("bands"), task.number, plan.band_parts, _BANDS)
        order = tuple(numbers(table, name) for name in COLUMNS)
        files = numbers(table, "file")
        left, right = candidates(numbers(table, "key"), order)
        once_each = _distinct(files[left], files[right])
        left, right = left[once_each], right[once_each]
        pairs = pa.table([files[left], files[right], *(column[left] for column in order)], schema=PAIRS)
        scatter(store, plan.key("pairs", task.number), pairs, plan.band_part_of(files[left]), plan.band_parts)
        return {"pairs": len(left)}

    return once(store, f"{task.prefix}pairs-{task.number:05d}.json", work)


def link_near(task: Task, store: ObjectStore, report: Report) -> dict[str, Any]:
    """Verifies pairs by their real similarity; those at the threshold and above are linked."""

    def work() -> dict[str, Any]:
        plan = task.plan(store)
        pairs = each_once(gather(store, plan.band_keys("pairs"), task.number, plan.band_parts, PAIRS))
        links = linked(plan, store, pairs, plan.threshold)
        links.send(store, plan, "near", task.number)
        return {"pairs": pairs.num_rows, "links": len(links.better)}

    return once(store, f"{task.prefix}near-{task.number:05d}.json", work)


def linked(plan: Plan, store: ObjectStore, pairs: pa.Table, threshold: float) -> Links:
    """Links between those of PAIRS whose real similarity is at least `threshold`."""
    better, worse = numbers(pairs, "better"), numbers(pairs, "worse")
    similarity = np.zeros(len(better))
    cards: dict[int, bytes] = {}
    for some, files, entries, places in _read(plan, store, better, worse):
        similarity[some] = alike(entries, places[0], places[1], threshold)
        for place in np.unique(places[:, similarity[some] >= threshold]).tolist():
            cards[int(files[place])] = entries[place].card
    true = similarity >= threshold
    return Links(
        better[true], worse[true], np.full(true.sum(), NEAR), similarity[true],
        tuple(numbers(pairs, name)[true] for name in COLUMNS),
        [cards[file] for file in better[true].tolist()], [cards[file] for file in worse[true].tolist()],
    )  # fmt: skip


def similarities(plan: Plan, store: ObjectStore, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The real one of each pair of files, whatever it is."""
    found = np.zeros(len(left))
    for some, _, entries, places in _read(plan, store, left, right):
        found[some] = alike(entries, places[0], places[1], 0)
    return found


def each_once(pairs: pa.Table) -> pa.Table:
    """PAIRS without repetitions, in order of pairs."""
    return pairs.take(pa.array(_distinct(numbers(pairs, "better"), numbers(pairs, "worse"))))


def _distinct(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Places of one of each pair, in order of pairs."""
    order = np.lexsort((right, left))
    new = np.ones(len(order), bool)
    new[1:] = (left[order][1:] != left[order][:-1]) | (right[order][1:] != right[order][:-1])
    return order[new]


def _read(
    plan: Plan, store: ObjectStore, left: np.ndarray, right: np.ndarray
) -> Iterator[tuple[slice, np.ndarray, list[Entry], np.ndarray]]:
    """Some pairs at a time: which, their files with an entry each, and where in these a pair's two files are."""
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        some = slice(start, start + _PAIRS_AT_ONCE)
        files, places = np.unique(np.concatenate((left[some], right[some])), return_inverse=True)
        yield some, files, list(plan.entries(store, files)), places.reshape(2, -1)
