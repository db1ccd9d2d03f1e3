"""Finds what the store holds of withdrawn sources: files in corpora and datasets, and all that was made from those.

Rows are read without their contents, one shard at a time; contents only where a SHA-256 was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from codekiln.core.artifacts import Manifest, Ref, list_refs, open_artifact, read_part
from codekiln.core.names import list_names
from codekiln.core.opt_outs import OptOuts
from codekiln.core.store import ObjectStore

_HOLDS_FILES = ("corpus", "dataset")
_MADE_FROM_FILES = ("tokenizer", "tokens", "checkpoint", "model")


@dataclass(frozen=True)
class Holding:
    """An artifact that holds withdrawn files, or was made from one that does."""

    ref: Ref
    files: int
    """Of a corpus or dataset; 0 of what was made from one."""
    through: tuple[Ref, ...]
    """Inputs that hold or learned from withdrawn files."""
    names: tuple[str, ...]
    """Names that point at it now."""


def find_withdrawn(store: ObjectStore, entries: Iterable[str]) -> list[Holding]:
    """Corpora, datasets, tokenizers, tokens, checkpoints and models, what others were made from first."""
    manifests = {ref: open_artifact(store, ref) for ref in list_refs(store)}
    names: dict[Ref, list[str]] = {}
    for name, ref in list_names(store).items():
        names.setdefault(ref, []).append(name)
    files = _files(store, manifests, set(entries))
    found: dict[Ref, Holding] = {}
    for manifest in _parents_first(manifests):
        ref = manifest.ref
        through = tuple(parent for parent in manifest.inputs if parent in found)
        # A dataset is made from a corpus and may yet have dropped every such file; what learned from it cannot.
        if files.get(ref) or (through and ref.kind in _MADE_FROM_FILES):
            found[ref] = Holding(ref, files.get(ref, 0), through, tuple(sorted(names.get(ref, ()))))
    return list(found.values())


def _files(store: ObjectStore, manifests: dict[Ref, Manifest], entries: set[str]) -> dict[Ref, int]:
    """Withdrawn files of each corpus and dataset.

    A dataset's contents are changed, so a SHA-256 of the source is none of theirs: git's hash of the original is, which
    rows keep. It comes from the corpora.
    """
    by_content = {entry for entry in entries if entry.startswith("sha256:")}
    corpora = [manifest for ref, manifest in manifests.items() if ref.kind == "corpus"]
    if by_content:
        sums = OptOuts(by_content)
        blobs = {blob for manifest in corpora for blob in _covered(store, manifest, sums)}
        entries = entries - by_content | {f"blob:{blob}" for blob in blobs}
    opt_outs = OptOuts(entries)
    return {
        ref: sum(1 for _ in _covered(store, manifest, opt_outs))
        for ref, manifest in manifests.items()
        if ref.kind in _HOLDS_FILES
    }


def _covered(store: ObjectStore, manifest: Manifest, opt_outs: OptOuts) -> Iterator[str]:
    """Git's hash of every row that is covered. Contents are read only where one has to be hashed."""
    columns = ["repo_name", "path", "blob_id", *(["content"] if opt_outs.needs_content else [])]
    for part in manifest.parts_under("shard-") if opt_outs else ():
        file = pq.ParquetFile(pa.BufferReader(read_part(store, part)))
        for batch in file.iter_batches(256 if opt_outs.needs_content else 4096, columns=columns, use_threads=False):
            for row in batch.to_pylist():
                if _covers(opt_outs, row):
                    yield row["blob_id"]


def _covers(opt_outs: OptOuts, row: dict[str, Any]) -> bool:
    return opt_outs.cover(row["repo_name"], row["path"], lambda: row["blob_id"], lambda: row["content"])


def _parents_first(manifests: dict[Ref, Manifest]) -> Iterator[Manifest]:
    """Every manifest after those of its inputs; inputs that are gone are passed over."""
    done: set[Ref] = set()
    for ref in manifests:
        stack = [ref]
        while stack:
            waiting = [parent for parent in manifests[stack[-1]].inputs if parent in manifests and parent not in done]
            if waiting and stack[-1] not in done:
                stack.extend(waiting)
                continue
            ref = stack.pop()
            if ref not in done:
                done.add(ref)
                yield manifests[ref]
