"""Duplicates: planted ones are found, others are left, and who survives does not depend on order."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.deduplication.bands import RECALL, groups, rows_per_band
from codekiln.cleaning.deduplication.clusters import UnionFind, choose
from codekiln.cleaning.deduplication.finding import Found, find_duplicates, jaccard
from codekiln.cleaning.deduplication.sketching import sketch
from codekiln.cleaning.document import Document
from codekiln.cleaning.words import ngrams, words
from tests.cleaning.material import FUNCTION, document, stdlib


def find(shards: list[list[Document]], threshold: float = 0.7) -> tuple[Found, dict[str, str]]:
    """What is found, and by path why a file goes."""
    sketches: list[pa.Table] = [sketch(documents) for documents in shards]

    def read(shard: int, rows: Sequence[int]) -> list[bytes]:
        return [sketches[shard].column("shingles")[row].as_py() for row in rows]

    found = find_duplicates(sketches, threshold, read)
    gone = {shards[i][row].path: drop.reason for i, shard in enumerate(found.drops) for row, drop in shard.items()}
    return found, gone


def shingles(data: bytes) -> np.ndarray:
    return np.unique((ngrams(words(data).hashes, 5) >> np.uint64(32)).astype("<u4"))


def edited(data: bytes, share: float, seed: int) -> bytes:
    """A copy with this share of its lines changed."""
    draw = random.Random(seed)
    lines = [
        b"changed_%d = compute(%d)" % (i, seed) if draw.random() < share else line
        for i, line in enumerate(data.split(b"\n"))
    ]
    return b"\n".join(lines)


def test_each_sort_of_duplicate_has_its_reason() -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    found, gone = find(
        [
            [document(data, "a.py"), document(FUNCTION, "other.py")],
            [
                document(data, "b.py"),
                document(data.replace(b"    ", b"\t"), "c.py"),
                document(edited(data, 0.01, 1), "d.py"),
            ],
        ]
    )
    assert gone.pop("b.py") == "exact_duplicate"
    assert sorted(gone.values()) == ["near_duplicate", "whitespace_duplicate"]
    assert "other.py" not in gone
    assert {reason for reason, _, _ in found.clusters} == {"exact_duplicate", "whitespace_duplicate", "near_duplicate"}


def test_planted_near_duplicates_are_found_and_no_others() -> None:
    originals = [path.read_bytes() for path in stdlib("*.py", 160) if path.stat().st_size > 3000]
    planted = [document(data, f"o{i}.py") for i, data in enumerate(originals)]
    copies = [document(edited(data, 0.01 * (i % 12), i + 1), f"c{i}.py") for i, data in enumerate(originals)]
    _, gone = find([planted, copies])
    alike = {i for i, data in enumerate(originals) if jaccard(shingles(data), shingles(copies[i].data)) >= 0.7}
    found = {i for i in range(len(originals)) if f"o{i}.py" in gone or f"c{i}.py" in gone}
    assert len(alike) > 60
    assert found == alike


def test_threshold_one_leaves_near_duplicates_alone() -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    _, gone = find([[document(data, "a.py"), document(data + b"\nx = 1\n", "b.py"), document(data, "c.py")]], 1.0)
    assert gone == {"c.py": "exact_duplicate"}


def test_the_survivor_is_licensed_then_longer_then_first_by_name() -> None:
    data = FUNCTION.encode() * 3
    shards = [
        [document(data, "a.py", licenses=()), document(data, "c.py", repo_name="zeta")],
        [document(data, "b.py", repo_name="alpha"), document(data, "d.py", licenses=(), repo_name="alpha")],
    ]
    _, gone = find(shards)
    assert set(gone) == {"a.py", "c.py", "d.py"}
    longer = data + b"# more words at the end of it\n"
    _, gone = find([[document(data, "a.py"), document(longer, "b.py")]])
    assert set(gone) == {"a.py"}


def test_order_and_partition_do_not_change_who_survives() -> None:
    data = [path.read_bytes() for path in stdlib("*.py", 30)]
    documents = [document(edited(d, 0.02 * k, k), f"{i}-{k}.py") for i, d in enumerate(data) for k in range(3)]
    _, expected = find([documents])
    for seed in range(3):
        mixed = documents[:]
        random.Random(seed).shuffle(mixed)
        _, gone = find([mixed[:17], [], mixed[17:40], mixed[40:]])
        assert gone == expected


def test_files_without_words_are_no_duplicates_of_each_other() -> None:
    _, gone = find([[document("+-*/" * 9, "a.py"), document("()[]" * 9, "b.py")]])
    assert gone == {}


def test_no_files_no_duplicates() -> None:
    found, gone = find([[], []])
    assert gone == {} and found.drops == [{}, {}]


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.85, 0.95])
def test_bands_catch_pairs_at_the_threshold(threshold: float) -> None:
    rows = rows_per_band(threshold, 128)
    assert 1 - (1 - threshold**rows) ** (128 // rows) >= RECALL
    assert rows >= 3


def test_groups_are_files_that_agree_in_a_band() -> None:
    signatures = np.random.default_rng(1).integers(0, 1 << 32, (6, 128), np.uint32)
    signatures[4, :5] = signatures[1, :5]
    assert [group.tolist() for group in groups(signatures, 0.7)] == [[1, 4]]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=60))
@settings(deadline=None)
def test_union_find_gives_the_connected_components(edges: list[tuple[int, int]]) -> None:
    union = UnionFind()
    for one, other in edges:
        union.union(one, other)
    slow = {i: {i} for i in range(31)}
    for one, other in edges:
        merged = slow[one] | slow[other]
        for item in merged:
            slow[item] = merged
    expected = sorted({tuple(sorted(s)) for s in slow.values() if len(s) > 1})
    assert sorted(tuple(group) for group in union.sets()) == expected
    assert [c.survivor for c in choose(union.sets(), lambda item: (item,))] == [group[0] for group in union.sets()]
