"""Datasets made of the standard library's own files, and a worker's context."""

from __future__ import annotations

import hashlib
import io
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.corpus import DATASET_SCHEMA
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.vocabulary import Vocabulary


class Document(NamedTuple):
    repository: str
    path: str
    text: str
    language: str = "Python"


def new_context(
    store: ObjectStore, folder: Path, report: Callable[[Progress], None] = lambda progress: None
) -> Context:
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    return Context(store, Settings(home=folder / "home", workers=2), scratch, report)


def publish(store: ObjectStore, shards: Sequence[Sequence[Document]], *, row_group: int = 64) -> Manifest:
    """A `dataset` artifact with these documents, one inner list a shard."""
    key = Key("dataset", 1, {"of": hashlib.sha256(repr(shards).encode()).hexdigest()})
    draft = Draft(store, key)
    for number, documents in enumerate(shards):
        rows = [_row(document) for document in documents]
        sink = io.BytesIO()
        table = pa.Table.from_pylist(rows, schema=DATASET_SCHEMA)
        pq.write_table(table, sink, compression="zstd", row_group_size=row_group)
        draft.add_bytes(f"shard-{number:05d}.parquet", sink.getvalue())
    return draft.publish(licenses={"Python-2.0": sum(map(len, shards))})


def _row(document: Document) -> dict[str, object]:
    data = document.text.encode()
    return {
        "blob_id": hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(),
        "path": document.path,
        "repo_name": document.repository,
        "revision_id": "1",
        "language": document.language,
        "detected_licenses": ["Python-2.0"],
        "license_evidence": "metadata",
        "length_bytes": len(data),
        "content": document.text,
    }


@cache
def standard_library(limit: int) -> tuple[Document, ...]:
    """Real files, some `limit` bytes of them; every folder counts as a repository."""
    return tuple(_standard_library(limit))


def _standard_library(limit: int) -> Iterator[Document]:
    root = Path(sysconfig.get_paths()["stdlib"])
    for path in sorted(root.rglob("*.py")):
        name = path.relative_to(root)
        if "site-packages" in name.parts or limit <= 0:
            continue
        try:
            text = path.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        if text:
            limit -= len(text.encode())
            yield Document(name.parts[0] if len(name.parts) > 1 else name.stem, str(name), text)


class Trained(NamedTuple):
    tokenizer: Tokenizer
    vocabulary: Vocabulary
