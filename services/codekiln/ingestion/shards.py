"""Writes a corpus as parquet shards that survive the death of the worker.

A shard that is full goes to the store together with a record of how far the stream had come and what was counted; the
next attempt takes over the finished shards and goes on behind the last one. Holds one shard in memory, no more.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.core.artifacts import Part
from codekiln.core.corpus import CORPUS_SCHEMA
from codekiln.core.errors import NotFound
from codekiln.core.hashing import sha256_hex
from codekiln.core.store import ObjectStore
from codekiln.ingestion.blob import git_blob_id
from codekiln.ingestion.sources.source import Cursor, SourceFile

UNLICENSED = "NOASSERTION"
"""SPDX's word for a file of which no licence is known."""


@dataclass(frozen=True)
class Position:
    """Where in the plan the stream stands: which repository, and where in it."""

    unit: int = 0
    cursor: Cursor = field(default_factory=Cursor)


@dataclass
class Totals:
    """What was counted up to a position."""

    files: int = 0
    bytes: int = 0
    language_files: Counter[str] = field(default_factory=Counter)
    language_bytes: Counter[str] = field(default_factory=Counter)
    licenses: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)

    def count(self, file: SourceFile) -> None:
        self.files += 1
        self.bytes += len(file.content)
        self.language_files[file.language] += 1
        self.language_bytes[file.language] += len(file.content)
        self.licenses.update(file.licenses.ids or (UNLICENSED,))

    def to_json(self) -> dict[str, Any]:
        return dict(vars(self))

    @staticmethod
    def from_json(data: dict[str, Any]) -> Totals:
        values: dict[str, Any] = {name: Counter(v) if isinstance(v, dict) else v for name, v in data.items()}
        return Totals(**values)


class ShardWriter:
    """Collects files and stores a shard whenever the next file would make it larger than `shard_bytes`."""

    def __init__(self, store: ObjectStore, prefix: str, shard_bytes: int) -> None:
        """Goes on from what lies under `prefix`: `parts`, `position`, `totals` and `repositories` are as they were."""
        self._store, self._prefix, self._limit = store, prefix, shard_bytes
        self.parts: list[Part] = []
        self.position = Position()
        self.totals = Totals()
        self.repositories: set[tuple[str, str]] = set()
        self._pending: list[SourceFile] = []
        self._pending_bytes = 0
        self._recover()

    def add(self, file: SourceFile) -> None:
        """Takes a file. `position` and `totals` must be those before it."""
        if self._pending and self._pending_bytes + len(file.content) > self._limit:
            self.flush()
        self._pending.append(file)
        self._pending_bytes += len(file.content)
        self.totals.count(file)

    def flush(self) -> None:
        """Stores the shard at hand and a record of where the stream stands."""
        if not self._pending:
            return
        data = encode(self._pending)
        name = f"shard-{len(self.parts):05d}.parquet"
        part = Part(name, f"{self._prefix}{name}", len(data), sha256_hex(data))
        repositories = {(file.repository, file.revision) for file in self._pending}
        self._store.put(part.key, data)
        # The record comes second: where it is, its shard is whole.
        self._store.put(self._record_key(len(self.parts)), self._record(part, repositories))
        self._adopt(part, repositories)
        self._pending, self._pending_bytes = [], 0

    def _record(self, part: Part, repositories: set[tuple[str, str]]) -> bytes:
        cursor = self.position.cursor
        record = {
            "part": vars(part),
            "position": [self.position.unit, cursor.items, cursor.bytes],
            "totals": self.totals.to_json(),
            "repositories": sorted(repositories),
        }
        return json.dumps(record, sort_keys=True).encode()

    def _recover(self) -> None:
        while True:
            try:
                record = json.loads(self._store.get(self._record_key(len(self.parts))))
            except NotFound:
                return
            unit, items, bytes_ = record["position"]
            self.position = Position(unit, Cursor(items, bytes_))
            self.totals = Totals.from_json(record["totals"])
            self._adopt(Part(**record["part"]), {(name, revision) for name, revision in record["repositories"]})

    def _adopt(self, part: Part, repositories: set[tuple[str, str]]) -> None:
        self.parts.append(part)
        self.repositories |= repositories

    def _record_key(self, number: int) -> str:
        return f"{self._prefix}shard-{number:05d}.json"


def encode(files: list[SourceFile]) -> bytes:
    """One shard in parquet. The same files give the same bytes."""
    columns = {
        "blob_id": [git_blob_id(file.content) for file in files],
        "path": [file.path for file in files],
        "repo_name": [file.repository for file in files],
        "revision_id": [file.revision for file in files],
        "language": [file.language for file in files],
        "detected_licenses": [list(file.licenses.ids) for file in files],
        "license_evidence": [file.licenses.evidence for file in files],
        "length_bytes": [len(file.content) for file in files],
        "content": [file.content for file in files],
        "source": [file.source or None for file in files],
        "language_rule": [file.language_rule or None for file in files],
        "license_score": [file.licenses.score for file in files],
        "star_events_count": [file.stars for file in files],
        "revision_date": [None if file.date is None else 1000 * file.date for file in files],
    }
    table = pa.table({field.name: pa.array(columns[field.name], field.type) for field in CORPUS_SCHEMA}, CORPUS_SCHEMA)
    buffer = io.BytesIO()
    names = ["repo_name", "revision_id", "language", "license_evidence", "source", "language_rule"]
    pq.write_table(
        table, buffer, compression="zstd", compression_level=3, use_dictionary=names, write_statistics=[*names, "path"]
    )
    return buffer.getvalue()
