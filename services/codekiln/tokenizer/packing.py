"""Documents as token ids, in pieces and in shards of even size. Arrays in, arrays out; no store here.

A packed document is its ids and then <|endoftext|>. What looks like a special token in a document is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from codekiln.tokenizer.vocabulary import Vocabulary

Ids = NDArray[Any]
Int64s = NDArray[np.int64]


@dataclass(frozen=True)
class Packed:
    """Documents one after another."""

    ids: Ids
    """uint16 or uint32, little-endian."""
    ends: Int64s
    """Where each document ends in `ids`, its <|endoftext|> included."""
    sizes: Int64s
    """UTF-8 bytes of the text of each."""

    def __len__(self) -> int:
        return len(self.ends)

    def part(self, first: int, last: int) -> Packed:
        """Documents `first` up to, not including, `last`."""
        start = int(self.ends[first - 1]) if first else 0
        end = int(self.ends[last - 1]) if last else 0
        return Packed(self.ids[start:end], self.ends[first:last] - start, self.sizes[first:last])

    def counts(self) -> dict[str, int]:
        return {"tokens": len(self.ids), "documents": len(self), "bytes": int(self.sizes.sum())}


def dtype_of(vocab_size: int) -> np.dtype[Any]:
    """The narrowest of the two types on disk that holds every id."""
    return np.dtype("<u2" if vocab_size <= 1 << 16 else "<u4")


def encode(text: str, vocabulary: Vocabulary) -> Ids:
    """The ids of one document."""
    ids = vocabulary.encoding.encode_to_numpy(text, disallowed_special=())
    return np.append(ids, vocabulary.end_of_text).astype(dtype_of(vocabulary.size))


def join(documents: Sequence[Ids], sizes: Sequence[int], dtype: np.dtype[Any]) -> Packed:
    """Encoded documents as one."""
    ids = np.concatenate(documents) if documents else np.zeros(0, dtype)
    ends = np.cumsum([len(document) for document in documents], dtype=np.int64)
    return Packed(ids, ends, np.array(sizes, np.int64))


def cut(pieces: Iterable[Packed], shard_tokens: int) -> Iterator[Packed]:
    """The documents of all pieces in order, in shards of at most `shard_tokens`; a longer document is one by itself."""
    waiting: list[Packed] = []
    room = shard_tokens
    for piece in pieces:
        first = 0
        while first < len(piece):
            start = int(piece.ends[first - 1]) if first else 0
            last = int(np.searchsorted(piece.ends, start + room, "right"))
            if last <= first and not waiting:
                last = first + 1
            if last > first:
                waiting.append(piece.part(first, last))
                room -= len(waiting[-1].ids)
                first = last
            if first < len(piece):
                yield _merge(waiting)
                waiting, room = [], shard_tokens
    if waiting:
        yield _merge(waiting)


def _merge(parts: Sequence[Packed]) -> Packed:
    starts = np.cumsum([0, *(len(part.ids) for part in parts)])
    return Packed(
        np.concatenate([part.ids for part in parts]),
        np.concatenate([part.ends + start for part, start in zip(parts, starts, strict=False)]),
        np.concatenate([part.sizes for part in parts]),
    )
