"""Checkpoints in the store: published whole, found by pointer, kept by twos. What is in them is the loop's business.

A checkpoint is an artifact, its key made of the training's digest and the step. The pointer `<prefix><step>.json` is
written after it and removed after it, so a pointer may dangle, and a checkpoint is never half there.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from codekiln.core.artifacts import Draft, Key, Manifest, Ref, fetch_part, manifest_key, open_artifact
from codekiln.core.errors import DataLoss, NotFound
from codekiln.core.store import ObjectStore
from codekiln.core.telemetry.logs import logger

PARTS = ("model.safetensors", "optimizer.safetensors", "state.json", "metrics.jsonl")
_KEPT = 2
"""The newest may turn out unreadable; the one before it costs little."""


def publish(store: ObjectStore, prefix: str, key: Key, step: int, folder: Path, summary: dict[str, float]) -> Manifest:
    """Publishes the parts in a folder, points to them, and removes all but the newest two."""
    draft = Draft(store, key)
    for name in PARTS:
        draft.add_file(name, folder / name)
    manifest = draft.publish(summary=summary)
    store.put(f"{prefix}{step:010d}.json", json.dumps({"step": step, "checkpoint": str(manifest.ref)}).encode())
    for pointer, ref in list(_pointers(store, prefix))[_KEPT:]:
        _remove(store, pointer, ref)
    return manifest


def fetch_newest(store: ObjectStore, prefix: str, folder: Path) -> Ref | None:
    """Brings the newest checkpoint that is complete and unchanged to a local folder; None where there is none."""
    for pointer, ref in _pointers(store, prefix):
        try:
            fetch(store, ref, folder)
            return ref
        except (NotFound, DataLoss) as error:
            logger("trainer").warning("checkpoint skipped", pointer=pointer, reason=error.reason, error=error.message)
            shutil.rmtree(folder, ignore_errors=True)
    return None


def fetch(store: ObjectStore, ref: Ref, folder: Path) -> Path:
    """Brings a checkpoint to a local folder. Raises NotFound or DataLoss where it is not there whole."""
    manifest = open_artifact(store, ref)
    for name in PARTS:
        fetch_part(store, manifest.part(name), folder / name)
    return folder


def _pointers(store: ObjectStore, prefix: str) -> Iterator[tuple[str, Ref]]:
    """Newest first."""
    for info in sorted(store.list(prefix), key=lambda info: info.key, reverse=True):
        yield info.key, Ref.parse(json.loads(store.get(info.key))["checkpoint"])


def _remove(store: ObjectStore, pointer: str, ref: Ref) -> None:
    """Manifest first, so that nobody opens it any more; pointer last, so that an interrupted removal is found."""
    store.delete(manifest_key(ref))
    for info in list(store.list(f"artifacts/{ref.kind}/{ref.digest}/")):
        store.delete(info.key)
    store.delete(pointer)
