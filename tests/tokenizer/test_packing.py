"""Shards hold the documents of all pieces, whole, in order, within the limit."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codekiln.tokenizer.packing import Packed, cut, dtype_of, encode, join

from .material import Trained

U2 = np.dtype("<u2")


def packed(lengths: list[int], first: int) -> Packed:
    return join([np.full(length, first + number, U2) for number, length in enumerate(lengths)], lengths, U2)


def documents(shard: Packed) -> list[list[int]]:
    return [part.tolist() for part in np.split(shard.ids, shard.ends[:-1])] if len(shard) else []


@given(st.lists(st.lists(st.integers(1, 30), max_size=12), max_size=6), st.integers(1, 50))
def test_no_document_is_lost_doubled_or_split(lengths: list[list[int]], limit: int) -> None:
    pieces = [packed(piece, 100 * number) for number, piece in enumerate(lengths)]
    shards = list(cut(pieces, limit))
    assert [d for shard in shards for d in documents(shard)] == [d for piece in pieces for d in documents(piece)]
    assert [size for shard in shards for size in shard.sizes] == [size for piece in lengths for size in piece]
    assert all(len(shard.ids) <= limit or len(shard) == 1 for shard in shards)
    assert all(len(a.ids) + len(documents(b)[0]) > limit for a, b in itertools.pairwise(shards))


def test_ids_are_two_bytes_up_to_65536_entries() -> None:
    assert dtype_of(65536) == np.dtype("<u2")
    assert dtype_of(65537) == np.dtype("<u4")


def test_a_document_ends_with_end_of_text_and_text_is_never_a_special_token(trained: Trained) -> None:
    ids = encode("x <|endoftext|> y <|fim_middle|>", trained.vocabulary)
    specials = set(trained.vocabulary.special_ids.values())
    assert ids[-1] == trained.vocabulary.end_of_text
    assert specials.isdisjoint(ids[:-1].tolist())
    assert trained.vocabulary.encoding.decode(ids[:-1].tolist()) == "x <|endoftext|> y <|fim_middle|>"
