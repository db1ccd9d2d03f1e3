"""Columns of corpus and dataset shards: The Stack v2's names, where it has the column.

Parquet with zstd. A corpus holds bytes as they were found; a dataset holds text. Columns that may be null are the
provenance that not every source has; a reader takes a shard without them for one that has null there.
"""

from __future__ import annotations

import pyarrow as pa

CORPUS_SCHEMA = pa.schema(
    [
        pa.field("blob_id", pa.string(), nullable=False),  # git blob SHA-1 of the content
        pa.field("path", pa.string(), nullable=False),  # inside the repository
        pa.field("repo_name", pa.string(), nullable=False),  # package or repository
        pa.field("revision_id", pa.string(), nullable=False),  # version or commit
        pa.field("language", pa.string(), nullable=False),  # linguist's name
        pa.field(
            "detected_licenses", pa.list_(pa.string()), nullable=False
        ),  # SPDX identifiers and choices (`A OR B`), all of which bind; empty where unknown
        pa.field(
            "license_evidence", pa.string(), nullable=False
        ),  # what said so: `metadata`, `classifier`, `file`, `header`, `source spec`; empty where unknown
        pa.field("length_bytes", pa.int64(), nullable=False),
        pa.field("content", pa.large_binary(), nullable=False),
        pa.field("source", pa.string()),  # kind of the source and what it was opened at: `git <url>`
        pa.field("language_rule", pa.string()),  # what named the language: a rule of core.language, or `source`
        pa.field("license_score", pa.float32()),  # of a licence file: its likeness to the licence's text, 0 to 1
        pa.field("star_events_count", pa.int64()),  # stars of the repository
        pa.field("revision_date", pa.timestamp("ms", "UTC")),  # of the commit, or of the package's version
    ]
)

DATASET_SCHEMA = CORPUS_SCHEMA.set(
    CORPUS_SCHEMA.get_field_index("content"), pa.field("content", pa.large_string(), nullable=False)
).append(pa.field("cluster", pa.string()))
"""`length_bytes` is then that of the cleaned text in UTF-8. `cluster`: of files that others were dropped for."""
