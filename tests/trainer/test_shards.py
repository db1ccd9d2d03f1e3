from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from codekiln.trainer.shards import Shards, spread


def write(folder: Path, *shards: list[int], dtype: str = "<u2") -> list[Path]:
    paths = [folder / f"{number}.bin" for number in range(len(shards))]
    for path, ids in zip(paths, shards, strict=True):
        path.write_bytes(np.array(ids, dtype).tobytes())
    return paths


def test_windows_overlap_by_one_token_and_do_not_cross_shards(tmp_path: Path) -> None:
    shards = Shards(write(tmp_path, [0, 1, 2, 3, 4, 5, 6], [10, 11], [20, 21, 22, 23]), "uint16", 3)
    assert [list(shards.window(number)) for number in range(shards.windows)] == [
        [0, 1, 2, 3],
        [3, 4, 5, 6],
        [20, 21, 22, 23],
    ]


def test_an_empty_shard_and_no_shards_hold_no_window(tmp_path: Path) -> None:
    assert Shards(write(tmp_path, [], [1, 2, 3]), "uint16", 4).windows == 0
    assert Shards([], "uint16", 4).windows == 0


def test_ids_above_65535_are_read_from_wide_shards(tmp_path: Path) -> None:
    shards = Shards(write(tmp_path, [70000, 1, 70001], dtype="<u4"), "uint32", 2)
    assert list(shards.window(0)) == [70000, 1, 70001]


@given(windows=st.integers(0, 1000), wanted=st.integers(1, 200))
def test_a_spread_is_distinct_and_within_bounds(windows: int, wanted: int) -> None:
    taken = spread(windows, wanted)
    assert len(taken) == len(set(taken)) == min(windows, wanted)
    assert all(0 <= number < windows for number in taken)
