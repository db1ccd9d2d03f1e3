"""Files of the installed packages and of Python itself: as documents in memory, or as a corpus in a store."""

from __future__ import annotations

import fnmatch
import os
import random
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from codekiln.cleaning.anonymize.keys import STORE_KEY
from codekiln.cleaning.document import Document
from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.language import detect
from codekiln.core.store import ObjectStore
from codekiln.ingestion.license_text import Licenses
from codekiln.ingestion.shards import encode
from codekiln.ingestion.sources.source import SourceFile

SHARD_BYTES = 16_000_000
"""As ingestion makes them where nobody says otherwise."""
_LARGEST = 1_000_000


def installed_files(size: float, pattern: str = "*.py") -> list[Document]:
    """Files of the installed packages, in an order that is random but always the same, up to `size` bytes."""
    documents: list[Document] = []
    for root, path in _paths(pattern):
        data, name = path.read_bytes(), path.relative_to(root)
        documents.append(Document("", str(name), name.parts[0], "1", "Python", ("MIT",), "", data, len(data)))
        size -= len(data)
        if size <= 0:
            break
    return documents


def installed_documents(size: float) -> list[Document]:
    """The files of `make_corpus`, in memory."""
    documents: list[Document] = []
    for file in _source_files(size):
        path, data = file.path, file.content
        documents.append(Document("", path, file.repository, "1", file.language, ("MIT",), "", data, len(data)))
    return documents


def make_corpus(store: ObjectStore, size: float, of: float = 0) -> Manifest:
    """Publishes up to `size` bytes of files in every language that we know; each file once.

    Of the first `of` bytes of them, where these are more: then as many of each language and length as in all, so that
    corpora of several sizes differ in nothing else. The store gets a key of substitutes that is always the same, since
    runs in stores of their own are compared.
    """
    store.put(STORE_KEY, bytes(32))
    draft = Draft(store, Key("corpus", 1, {"bench": size}))
    batch: list[SourceFile] = []
    shards = files = total = held = 0
    chosen = _shares(list(_source_files(of)), size / of) if of > size else _source_files(size)
    for file in chosen:
        batch.append(file)
        files, total, held = files + 1, total + len(file.content), held + len(file.content)
        if held >= SHARD_BYTES:
            draft.add_bytes(f"shard-{shards:05d}.parquet", encode(batch))
            batch, shards, held = [], shards + 1, 0
    if batch:
        draft.add_bytes(f"shard-{shards:05d}.parquet", encode(batch))
    return draft.publish(summary={"files": files, "bytes": total})


def _shares(files: list[SourceFile], share: float) -> list[SourceFile]:
    """That share of the files of each language and length, in their order."""
    by_kind = sorted(range(len(files)), key=lambda i: (files[i].language, len(files[i].content), i))
    taken = {i for place, i in enumerate(by_kind) if int((place + 1) * share) > int(place * share)}
    return [file for i, file in enumerate(files) if i in taken]


def _source_files(size: float) -> Iterator[SourceFile]:
    """Up to `size` bytes of them, in an order that is random but always the same."""
    for root, path in _paths("*"):
        if path.stat().st_size > _LARGEST:
            continue
        content, name = path.read_bytes(), path.relative_to(root)
        language = detect(str(name), content).language
        if language:
            yield SourceFile(str(name), name.parts[0], "1", language, Licenses(("MIT",), "metadata"), content)
            size -= len(content)
            if size <= 0:
                return


@cache
def _paths(pattern: str) -> list[tuple[Path, Path]]:
    roots = [Path(sysconfig.get_paths()[name]) for name in ("purelib", "stdlib")]
    found = [
        (root, Path(path))
        for root in roots
        for path in sorted(_names(root, pattern), key=lambda path: path.split(os.sep))
        if not os.path.islink(path) and not (root is roots[1] and "site-packages" in path)
    ]
    random.Random(0).shuffle(found)
    return found


def _names(root: Path, pattern: str) -> Iterator[str]:
    for folder, _, names in os.walk(root):
        yield from (os.path.join(folder, name) for name in fnmatch.filter(names, pattern))
