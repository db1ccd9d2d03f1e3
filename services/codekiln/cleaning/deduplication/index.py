"""The index of a dataset: sketches and entries of the files that it keeps, so that later corpora are compared with it.

Two parts a shard: `index-00000.parquet`, the sketch, and `index-00000.bin`, the entries with at most INDEXED shingles.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.deduplication.entries import packed, read_entries
from codekiln.cleaning.deduplication.plan import Shard
from codekiln.cleaning.deduplication.sketching import SCHEMA, VERSION
from codekiln.core.artifacts import Manifest, Ref, open_artifact
from codekiln.core.errors import FailedPrecondition
from codekiln.core.store import ObjectStore

_ENTRY = pa.field("entry", pa.large_binary(), nullable=False)
INDEX = SCHEMA.append(_ENTRY)
"""What an index holds of a row of the dataset."""

INDEX_VERSION = f"1.{VERSION}"
"""Of the form and of the signatures. Indexes of another are refused."""


def index_rows(store: ObjectStore, shard: Shard, kept: np.ndarray, clusters: list[int]) -> pa.Table:
    """INDEX of the kept rows of a shard; `clusters` has the id of each one's cluster, or 0."""
    table = pq.read_table(pa.BufferReader(store.get(shard.sketch))).take(pa.array(kept))
    entries = [
        entry.indexed(cluster)
        for entry, cluster in zip(read_entries(store, shard.entries, kept, shard.files), clusters, strict=True)
    ]
    place = table.schema.get_field_index("card")
    table = table.set_column(place, table.schema.field(place), pa.array([entry.card for entry in entries], pa.binary()))
    return table.append_column(_ENTRY, pa.array([entry.pack() for entry in entries], pa.large_binary()))


def index_parts(rows: pa.Table) -> tuple[bytes, bytes]:
    """The two parts of a shard whose rows these are: INDEX, in the shard's order."""
    sink = pa.BufferOutputStream()
    # Hashes and signatures are random bytes: what compression gains lies in the names.
    pq.write_table(rows.select(SCHEMA.names), sink, compression="zstd", use_dictionary=False)
    return bytes(sink.getvalue()), packed(rows.column("entry").to_pylist())


def open_known(store: ObjectStore, refs: Iterable[Ref], profile: str) -> list[Shard]:
    """Shards of these datasets' indexes.

    Raises NotFound for a dataset that is not there, FailedPrecondition for one without an index or with one of another
    version, and for one of another profile: its shingles are others.
    """
    return [shard for ref in sorted(set(refs)) for shard in _shards(store, open_artifact(store, ref), profile)]


def _shards(store: ObjectStore, manifest: Manifest, profile: str) -> list[Shard]:
    version = manifest.summary.get("index", {}).get("version")
    if version != INDEX_VERSION:
        what = f"has an index of version {version}, this codekiln reads {INDEX_VERSION}" if version else "has no index"
        raise FailedPrecondition(
            f"{manifest.ref} {what}: clean its corpus again with this codekiln, and name the new dataset in `known`",
            reason="KNOWN_WITHOUT_INDEX",
            dataset=manifest.ref,
        )
    theirs = manifest.parameters.get("profile", "code")
    if theirs != profile:
        raise FailedPrecondition(
            f"{manifest.ref} was cleaned as {theirs} and cannot be compared with {profile}: leave it out of `known`",
            reason="KNOWN_OF_ANOTHER_PROFILE",
            dataset=manifest.ref,
        )
    shards = []
    for sketch in manifest.parts_under("index-"):
        if sketch.name.endswith(".parquet"):
            entries = manifest.part(sketch.name.replace(".parquet", ".bin"))
            # An object of entries begins with the offset of its first row, which tells how many rows there are.
            first = int.from_bytes(store.get_range(entries.key, 0, 8), "little")
            shards.append(Shard(sketch.key, entries.key, first // 8 - 1, (sketch, entries)))
    return shards
