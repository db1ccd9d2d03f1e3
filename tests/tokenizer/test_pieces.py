"""A piece is whole or not there."""

from __future__ import annotations

import numpy as np
import pytest

from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.packing import join
from codekiln.tokenizer.pieces import Pieces

U2 = np.dtype("<u2")
SPLITS = {"train": join([np.array([1, 2, 3], U2), np.array([4], U2)], [7, 1], U2), "validation": join([], [], U2)}


@pytest.fixture
def pieces(store: ObjectStore) -> Pieces:
    return Pieces(store, "work/tokens/x/", U2)


def test_a_written_piece_is_finished_and_read_back(pieces: Pieces) -> None:
    pieces.write(3, SPLITS)
    assert pieces.finished(3) and not pieces.finished(2)
    assert pieces.read(3, "train").ids.tolist() == [1, 2, 3, 4]
    assert pieces.read(3, "train").ends.tolist() == [3, 4]
    assert pieces.read(3, "train").sizes.tolist() == [7, 1]
    assert len(pieces.read(3, "validation")) == 0


@pytest.mark.parametrize("damage", ["train.ids", "train.documents", "done.json"])
def test_a_piece_that_is_damaged_or_not_all_there_is_not_finished(
    store: ObjectStore, pieces: Pieces, damage: str
) -> None:
    pieces.write(0, SPLITS)
    store.put(f"work/tokens/x/piece-00000/{damage}", b"\x01\x00")
    assert not pieces.finished(0)
    store.delete(f"work/tokens/x/piece-00000/{damage}")
    assert not pieces.finished(0)


def test_reading_a_piece_that_is_not_there_says_so(pieces: Pieces) -> None:
    with pytest.raises(NotFound):
        pieces.read(9, "train")
