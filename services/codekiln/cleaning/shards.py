"""Parquet shards: rows of a corpus as documents, documents as rows of a dataset. Bytes in, bytes out: no store here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.document import Document, Provenance
from codekiln.core.corpus import CORPUS_SCHEMA, DATASET_SCHEMA
from codekiln.core.errors import DataLoss

_BATCH = 64
_GROUP_BYTES = 2 << 20
_LICENCES = "detected_licenses.list.element"
"""The path of its leaves, as parquet names them."""

PROVENANCE = {
    "source": "source",
    "language_rule": "language_rule",
    "license_score": "license_score",
    "star_events_count": "stars",
    "revision_date": "date",
}
"""Columns of a corpus that may be missing -> fields of Provenance, in order."""

KEPT_SCHEMA = DATASET_SCHEMA.remove(DATASET_SCHEMA.get_field_index("cluster"))
"""What filtering keeps of a file: in which cluster it is is not known before all shards are filtered."""

DROPPED_SCHEMA = pa.schema(
    [
        *(CORPUS_SCHEMA.field(name) for name in ("blob_id", "path", "repo_name", "language")),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("detail", pa.string(), nullable=False),
        CORPUS_SCHEMA.field("length_bytes"),  # of the file as found
    ]
)


def read_documents(data: bytes, name: str) -> Iterator[Document]:
    """The documents of a corpus shard, a few rows at a time.

    Raises DataLoss where the shard is not parquet or has other columns; `name` says which shard that is.
    """
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        _check_columns(file.schema_arrow, name)
        present = [name for name in CORPUS_SCHEMA.names if name in file.schema_arrow.names]
        for batch in file.iter_batches(_BATCH, columns=present):
            yield from _documents(batch)
    except (pa.ArrowException, OSError) as error:
        raise DataLoss(
            f"{name} cannot be read as parquet: {error}. Ingest the corpus again", reason="SHARD_UNREADABLE", part=name
        ) from error


def _check_columns(schema: pa.Schema, name: str) -> None:
    for field in CORPUS_SCHEMA:
        index = schema.get_field_index(field.name)
        found = schema.field(index).type if index >= 0 else None
        if found is None and field.nullable:
            continue
        if found != field.type:
            what = f"is {found}" if found is not None else "is missing"
            raise DataLoss(
                f"column `{field.name}` of {name} {what}, a corpus has {field.type} there. Ingest the corpus again",
                reason="SHARD_COLUMNS", part=name, column=field.name,
            )  # fmt: skip


def _documents(batch: pa.RecordBatch) -> Iterator[Document]:
    needed = [batch.column(f.name).to_pylist() for f in CORPUS_SCHEMA if not f.nullable and f.name != "length_bytes"]
    known = [_known(batch, name) for name in PROVENANCE]
    for values, provenance in zip(zip(*needed, strict=True), zip(*known, strict=True), strict=True):
        blob_id, path, repo_name, revision_id, language, licenses, evidence, content = values
        yield Document(
            blob_id, path, repo_name, revision_id, language, tuple(licenses), evidence, content, len(content),
            provenance=Provenance(*provenance),
        )  # fmt: skip


def _known(batch: pa.RecordBatch, name: str) -> list[Any]:
    """A column that not every corpus has; dates as seconds."""
    if name not in batch.schema.names:
        return [None] * batch.num_rows
    column = batch.column(name)
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    return [None if value is None else value // 1000 for value in column.cast(pa.int64()).to_pylist()]


def _stored(provenance: Provenance, field: str) -> Any:
    value = getattr(provenance, field)
    return value * 1000 if field == "date" and value is not None else value


class ShardWriter:
    """Collects rows and gives the shard's bytes. The same rows give the same bytes."""

    def __init__(self, schema: pa.Schema) -> None:
        self._sink = pa.BufferOutputStream()
        # Of texts, no two of which are alike, a dictionary would be made and thrown away.
        names = [name for name in schema.names if name != "content"]
        self._writer = pq.ParquetWriter(self._sink, schema, compression="zstd", use_dictionary=[*names, _LICENCES])
        self._schema = schema

    def write(self, table: pa.Table) -> None:
        """Adds rows as one row group."""
        if table.num_rows:
            self._writer.write_table(table)

    def finish(self) -> bytes:
        """The whole file."""
        self._writer.close()
        return bytes(self._sink.getvalue())


def dataset_rows(documents: Sequence[Document]) -> pa.Table:
    """Rows of KEPT_SCHEMA."""
    content = pa.array([document.data for document in documents], pa.large_binary()).cast(pa.large_string())
    values: dict[str, Any] = {
        "blob_id": [document.blob_id for document in documents],
        "path": [document.path for document in documents],
        "repo_name": [document.repo_name for document in documents],
        "revision_id": [document.revision_id for document in documents],
        "language": [document.language for document in documents],
        "detected_licenses": [list(document.licenses) for document in documents],
        "license_evidence": [document.license_evidence for document in documents],
        "length_bytes": [len(document.data) for document in documents],
        "content": content,
        **{name: [_stored(document.provenance, field) for document in documents] for name, field in PROVENANCE.items()},
    }
    return pa.table(values, schema=KEPT_SCHEMA)


def groups(lengths: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Cuts rows with so many bytes of text into row groups of about 2 MiB: the first row of each and that after it."""
    start = end = size = 0
    for length in lengths:
        size, end = size + length, end + 1
        if size >= _GROUP_BYTES:
            yield start, end
            start, size = end, 0
    if start < end:
        yield start, end
