"""Finished pieces of a packing, one for each shard of the dataset, kept under the job's work prefix.

A piece's `done.json` is written last and names the digests of the rest, so a piece is either whole or not there; it is
a pure function of its inputs, so two attempts that write the same piece do no harm.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from codekiln.core.errors import NotFound
from codekiln.core.hashing import sha256_hex
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.packing import Packed

SPLITS = ("train", "validation")


class Pieces:
    """Pieces under one prefix."""

    def __init__(self, store: ObjectStore, prefix: str, dtype: np.dtype[Any]) -> None:
        self._store, self._prefix, self._dtype = store, prefix, dtype

    def finished(self, number: int) -> bool:
        """Whether the piece is there and whole. A damaged one counts as not there: it is simply made again."""
        try:
            done = json.loads(self._store.get(f"{self._folder(number)}/done.json"))
            return all(sha256_hex(self._store.get(f"{self._folder(number)}/{name}")) == done[name] for name in done)
        except (NotFound, ValueError):
            return False

    def write(self, number: int, splits: dict[str, Packed]) -> None:
        digests = {}
        for split, packed in splits.items():
            documents = np.stack([packed.ends, packed.sizes]).astype("<i8")
            for name, content in ((f"{split}.ids", packed.ids.tobytes()), (f"{split}.documents", documents.tobytes())):
                self._store.put(f"{self._folder(number)}/{name}", content)
                digests[name] = sha256_hex(content)
        self._store.put(f"{self._folder(number)}/done.json", json.dumps(digests).encode())

    def read(self, number: int, split: str) -> Packed:
        """Raises NotFound where the piece is not finished."""
        ids = np.frombuffer(self._store.get(f"{self._folder(number)}/{split}.ids"), self._dtype)
        documents = np.frombuffer(self._store.get(f"{self._folder(number)}/{split}.documents"), "<i8").reshape(2, -1)
        return Packed(ids, documents[0], documents[1])

    def _folder(self, number: int) -> str:
        return f"{self._prefix}piece-{number:05d}"
