"""Tables that go from every task of one stage to every task of the next, through the store.

A task writes one object: the offsets of its pieces, then a piece for each receiver (Arrow streams). A receiver reads
its piece of each object. No object, and no memory of a task, grows with the number of tasks times the number of rows.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa

from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore

_REQUESTS = 16
_ROWS = 1024


def scatter(store: ObjectStore, key: str, table: pa.Table, receivers: np.ndarray, count: int) -> None:
    """Writes the table's rows for `count` receivers; `receivers` has the number of each row's."""
    order = np.argsort(receivers, kind="stable")
    bounds = np.searchsorted(receivers[order], np.arange(count + 1))
    offsets, sink = np.zeros(count + 1, "<u8"), io.BytesIO()
    body = sink.write(bytes(8 * (count + 1)))
    for number, (start, end) in enumerate(zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)):
        if end > start:
            # One piece at a time: the whole is held once, and once more as what is written.
            _stream(table.take(pa.array(order[start:end])) if count > 1 else table, sink)
        offsets[number + 1] = sink.tell() - body
    sink.seek(0)
    sink.write(offsets.tobytes())
    store.put(key, sink.getvalue())


def gather(store: ObjectStore, keys: Iterable[str], receiver: int, count: int, schema: pa.Schema) -> pa.Table:
    """What the writers of these keys sent to one of `count` receivers, in the order of keys."""
    tables = pieces(store, keys, receiver, count)
    return pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()


def pieces(store: ObjectStore, keys: Iterable[str], receiver: int, count: int) -> list[pa.Table]:
    """The same as it was sent, a table of each writer that sent some: nothing is copied."""
    body = 8 * (count + 1)

    def read(key: str) -> pa.Table | None:
        start, end = np.frombuffer(store.get_range(key, 8 * receiver, 16), "<u8").tolist()
        if end == start:
            return None
        with pa.ipc.open_stream(store.get_range(key, body + start, end - start)) as stream:
            return stream.read_all()

    # A store answers many small requests at once about as fast as one.
    with ThreadPoolExecutor(_REQUESTS) as pool:
        return [table for table in pool.map(read, keys) if table is not None]


def table_of(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """A table of these rows, of which there may be none."""
    return (
        pa.table([list(column) for column in zip(*rows, strict=True)], schema=schema) if rows else schema.empty_table()
    )


def each_row(table: pa.Table) -> Iterator[dict[str, Any]]:
    """Its rows, made a few at a time: as Python's objects a table takes ten times the memory."""
    for batch in table.to_batches(max_chunksize=_ROWS):
        yield from batch.to_pylist()


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


def _stream(table: pa.Table, sink: BinaryIO) -> None:
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
