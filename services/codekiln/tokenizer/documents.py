"""The documents of a dataset: first a catalogue without their text, then the text, one shard at a time.

A document is known by its row: its number over all shards in order. Who reads decides by row what to take, so the text
of one batch is all that is ever in memory.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from codekiln.core.artifacts import Manifest, Part, Ref, fetch_part
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.store import ObjectStore

Mask = NDArray[np.bool_]

_KNOWN_BY = ["repo_name", "path", "blob_id"]
_COLUMNS = [*_KNOWN_BY, "length_bytes", "language", "content"]
_BATCH = 128
"""Documents whose text is held at once."""


@dataclass(frozen=True)
class Catalogue:
    """What is known of every document, by row."""

    draws: NDArray[np.uint64]
    """A number for each document, drawn from the seed and what it is: the seeded order sorts by it."""
    bytes: NDArray[np.int64]
    repositories: NDArray[np.int32]
    """Index into `names`."""
    names: tuple[str, ...]
    shards: tuple[Part, ...]
    first_rows: tuple[int, ...]
    """Row of each shard's first document."""

    def bytes_of(self, mask: Mask) -> int:
        return int(self.bytes[mask].sum())

    def rows_of(self, shard: int) -> slice:
        end = self.first_rows[shard + 1] if shard + 1 < len(self.first_rows) else len(self.bytes)
        return slice(self.first_rows[shard], end)


def draw(seed: int, *names: str) -> int:
    """64 random bits that depend on the seed and the names only."""
    return int.from_bytes(hashlib.blake2b("\0".join([str(seed), *names]).encode(), digest_size=8).digest(), "little")


class Documents:
    """Reads one dataset. Raises DataLoss where a shard is missing, changed or unreadable."""

    def __init__(self, store: ObjectStore, dataset: Manifest, scratch: Path) -> None:
        self._store, self._ref, self._scratch = store, dataset.ref, scratch
        self.shards = tuple(dataset.parts_under("shard-"))

    def catalogue(self, seed: int, progress: Callable[[int, int], None] = lambda done, total: None) -> Catalogue:
        """Reads all but the text; progress is in bytes of shards. Raises FailedPrecondition where there is nothing."""
        draws: list[int] = []
        sizes: list[NDArray[np.int64]] = []
        repositories: list[int] = []
        numbers: dict[str, int] = {}
        first_rows = []
        total, done = sum(part.bytes for part in self.shards), 0
        for part in self.shards:
            first_rows.append(len(draws))
            with self.open_shard(part) as file:
                for batch in file.iter_batches(4096, columns=[*_KNOWN_BY, "length_bytes"]):
                    known = [batch.column(name).to_pylist() for name in _KNOWN_BY]
                    draws.extend(draw(seed, *names) for names in zip(*known, strict=True))
                    repositories.extend(numbers.setdefault(name, len(numbers)) for name in known[0])
                    sizes.append(batch.column("length_bytes").to_numpy())
            done += part.bytes
            progress(done, total)
        bytes = np.concatenate(sizes) if sizes else np.zeros(0, np.int64)
        if not bytes.sum():
            raise FailedPrecondition(
                f"{self._ref} has no text to work on: ingest more sources or loosen the cleaning policy",
                reason="EMPTY_DATASET",
                dataset=self._ref,
            )
        return Catalogue(
            np.array(draws, np.uint64), bytes, np.array(repositories, np.int32), tuple(numbers), self.shards,
            tuple(first_rows),
        )  # fmt: skip

    def read(self, catalogue: Catalogue, mask: Mask) -> Iterator[tuple[str, str]]:
        """Language and text of the documents in the mask, by row."""
        for shard, part in enumerate(catalogue.shards):
            row = catalogue.rows_of(shard).start
            if not mask[catalogue.rows_of(shard)].any():
                continue
            with self.open_shard(part) as file:
                for batch in file.iter_batches(_BATCH, columns=["language", "content"]):
                    taken = batch.filter(pa.array(mask[row : row + len(batch)]))
                    row += len(batch)
                    yield from zip(
                        taken.column("language").to_pylist(), taken.column("content").to_pylist(), strict=True
                    )

    @contextmanager
    def open_shard(self, part: Part) -> Iterator[pq.ParquetFile]:
        """The shard as a local file with the columns we need, its digest checked; gone afterwards."""
        path = fetch_part(self._store, part, self._scratch / part.name)
        try:
            with pq.ParquetFile(path) as file:
                missing = [name for name in _COLUMNS if name not in file.schema_arrow.names]
                if missing:
                    raise _unreadable(self._ref, part, f"it has no column {', '.join(missing)}")
                yield file
        except pa.ArrowException as error:
            raise _unreadable(self._ref, part, str(error)) from error
        finally:
            path.unlink(missing_ok=True)


def _unreadable(ref: Ref, part: Part, why: str) -> DataLoss:
    return DataLoss(
        f"`{part.name}` of {ref} cannot be read as a dataset shard: {why}. Clean the corpus again",
        reason="DATASET_UNREADABLE",
        dataset=ref,
        part=part.name,
    )
