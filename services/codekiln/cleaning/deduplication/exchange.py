"""Tables that go from every task of one stage to every task of the next, through the store.

A task writes one object: the offsets of its pieces, then a piece for each receiver (Arrow streams). A receiver reads
its piece of each object. No object, and no memory of a task, grows with the number of tasks times the number of rows.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa

from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore

_REQUESTS = 16


def scatter(store: ObjectStore, key: str, table: pa.Table, receivers: np.ndarray, count: int) -> None:
    """Writes the table's rows for `count` receivers; `receivers` has the number of each row's."""
    order = np.argsort(receivers, kind="stable")
    bounds = np.searchsorted(receivers[order], np.arange(count + 1))
    ordered = table.take(pa.array(order)) if count > 1 else table
    offsets, pieces = np.zeros(count + 1, "<u8"), []
    for number, (start, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        piece = _stream(ordered.slice(start, end - start)) if end > start else b""
        offsets[number + 1] = offsets[number] + np.uint64(len(piece))
        pieces.append(piece)
    store.put(key, offsets.tobytes() + b"".join(pieces))


def gather(store: ObjectStore, keys: Iterable[str], receiver: int, count: int, schema: pa.Schema) -> pa.Table:
    """What the writers of these keys sent to one of `count` receivers, in the order of keys."""
    body = 8 * (count + 1)

    def read(key: str) -> pa.Table | None:
        start, end = np.frombuffer(store.get_range(key, 8 * receiver, 16), "<u8").tolist()
        if end == start:
            return None
        with pa.ipc.open_stream(store.get_range(key, body + start, end - start)) as stream:
            return stream.read_all()

    # A store answers many small requests at once about as fast as one.
    with ThreadPoolExecutor(_REQUESTS) as pool:
        tables = [table for table in pool.map(read, keys) if table is not None]
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()


def table_of(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """A table of these rows, of which there may be none."""
    return (
        pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema) if rows else schema.empty_table()
    )


def numbers(table: pa.Table, name: str) -> np.ndarray:
    """A column of numbers, as an array."""
    return table.column(name).to_numpy()


def once(store: ObjectStore, mark: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a task says of itself, from the mark of an earlier attempt where there is one. The mark is written last."""
    try:
        return dict(json.loads(store.get(mark)))
    except NotFound:
        said = work()
        store.put(mark, json.dumps(said, sort_keys=True).encode())
        return dict(json.loads(json.dumps(said)))


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())
