"""A sample of a corpus or a folder to try rules on: random, but the same files for the same seed.

Each file draws a number from the seed and its identity; those with the least numbers are taken, as in the report. Of a
corpus too large to be looked through, some whole shards are drawn first.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.cleaning.document import Document
from codekiln.cleaning.samples import draw
from codekiln.cleaning.shards import read_documents
from codekiln.cleaning.standalone.files import below
from codekiln.cleaning.steps.size import MAX_BYTES
from codekiln.core.artifacts import Manifest, Part, open_artifact, read_part
from codekiln.core.errors import DataLoss, FailedPrecondition, InvalidArgument
from codekiln.core.language import detect
from codekiln.core.names import resolve
from codekiln.core.settings import load_settings
from codekiln.core.store import ObjectStore, open_store

LOOKED_THROUGH = 256 << 20
"""Bytes of shards, as stored, that are read at most."""


@dataclass(frozen=True)
class Drawn:
    """The sampled files, and all that there are."""

    source: str
    documents: list[Document]
    files: int
    bytes: int
    shards: int = 1
    of_shards: int = 1


def from_corpus(store: ObjectStore, corpus: Manifest, size: int, seed: int) -> Drawn:
    """`size` files of the corpus, or all where it has no more. Raises FailedPrecondition for an empty corpus."""
    parts = corpus.parts_under("shard-")
    chosen = _shards(parts, seed)
    least: list[tuple[str, int, int]] = []
    shards = [read_part(store, part) for part in chosen]
    for shard, data in enumerate(shards):
        found = [(number, shard, place) for place, number in enumerate(_draws(data, chosen[shard].name, seed))]
        least = heapq.nsmallest(size, [*least, *found])
    if not least:
        raise FailedPrecondition(
            f"{corpus.ref} has no files: check the sources of its ingestion", reason="CORPUS_EMPTY", corpus=corpus.ref
        )
    wanted = {(shard, place) for _, shard, place in least}
    documents = [
        document
        for shard, data in enumerate(shards)
        for place, document in enumerate(read_documents(data, f"{chosen[shard].name} of {corpus.ref}"))
        if (shard, place) in wanted
    ]
    summary = corpus.summary
    return Drawn(str(corpus.ref), documents, int(summary["files"]), int(summary["bytes"]), len(chosen), len(parts))


def from_name(name: str, size: int, seed: int) -> Drawn:
    """The same of a corpus in the store that the settings name. Raises InvalidArgument for another artifact."""
    settings = load_settings("cleaning")
    store = open_store(settings.store_url, settings.store_credentials())
    ref = resolve(store, name)
    if ref.kind != "corpus":
        raise InvalidArgument(
            f"`{name}` is a {ref.kind}: rules are tried on a corpus or a folder", reason="NOT_A_CORPUS"
        )
    return from_corpus(store, open_artifact(store, ref), size, seed)


def from_folder(folder: Path, size: int, seed: int) -> Drawn:
    """`size` files below the folder; links are not followed. Raises FailedPrecondition where there is none."""
    found = [(draw(seed, "", path.relative_to(folder).as_posix(), ""), path) for path in below(folder)]
    if not found:
        raise FailedPrecondition(f"there is no file in {folder}", reason="FOLDER_EMPTY")
    sample = sorted(heapq.nsmallest(size, found), key=lambda pair: pair[1])
    total = sum(path.stat().st_size for _, path in found)
    return Drawn(str(folder), [_document(path, folder) for _, path in sample], len(found), total)


def _shards(parts: list[Part], seed: int) -> list[Part]:
    """All of them, or as many as may be looked through, drawn as files are."""
    if sum(part.bytes for part in parts) <= LOOKED_THROUGH:
        return parts
    left = LOOKED_THROUGH
    chosen: list[Part] = []
    for part in sorted(parts, key=lambda part: draw(seed, "", part.name, "")):
        if chosen and part.bytes > left:
            break
        chosen.append(part)
        left -= part.bytes
    return sorted(chosen, key=lambda part: part.name)


def _draws(data: bytes, name: str, seed: int) -> Iterator[str]:
    try:
        table = pq.read_table(pa.BufferReader(data), columns=["repo_name", "path", "blob_id"])
    except (pa.ArrowException, OSError, KeyError) as error:
        raise DataLoss(
            f"{name} cannot be read as a shard: {error}. Ingest the corpus again", reason="SHARD_UNREADABLE"
        ) from error
    for row in table.to_pylist():
        yield draw(seed, row["repo_name"], row["path"], row["blob_id"])


def _document(path: Path, folder: Path) -> Document:
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    name = path.relative_to(folder).as_posix()
    return Document("", name, folder.name, "", detect(name, data).language, (), "", data, len(data))
