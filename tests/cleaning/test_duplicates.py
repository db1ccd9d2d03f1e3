"""Duplicates: planted ones are found, others are left, and who survives depends on neither order nor partition."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codekiln.cleaning.deduplication import plan as plan_module
from codekiln.cleaning.deduplication.bands import RECALL, band_keys, candidates, rows_per_band
from codekiln.cleaning.deduplication.clusters import CLUSTERS
from codekiln.cleaning.deduplication.entries import INDEXED, WHOLE, Entry, packed, read_entries
from codekiln.cleaning.deduplication.finding import Found, find_duplicates, verdicts
from codekiln.cleaning.deduplication.plan import Plan, Shard
from codekiln.cleaning.deduplication.similarity import alike, jaccard
from codekiln.cleaning.deduplication.sketching import entries, sketch
from codekiln.cleaning.document import Document, Provenance
from codekiln.cleaning.words import ngrams, words
from codekiln.core.errors import DataLoss, NotFound
from tests.cleaning.material import FUNCTION, document, stdlib


class Objects(dict[str, bytes]):
    """A store in memory."""

    def get(self, key: str) -> bytes:  # type: ignore[override]
        if key not in self:
            raise NotFound(key)
        return self[key]

    def get_range(self, key: str, start: int, length: int) -> bytes:
        return self.get(key)[start : start + length]

    def put(self, key: str, data: bytes) -> str:
        self[key] = data
        return ""


class Search:
    """A search for duplicates: what it found and what its files were told."""

    def __init__(self, shards: list[list[Document]], threshold: float = 0.7, parts: int = 1) -> None:
        self.store: Any = Objects()
        self.shards = shards
        made = []
        for number, documents in enumerate(shards):
            table = sketch(documents)
            sink = pa.BufferOutputStream()
            pq.write_table(table.drop_columns("shingles"), sink)
            self.store.put(f"sketch-{number}", bytes(sink.getvalue()))
            self.store.put(f"entries-{number}", packed(entries(table)))
            made.append(Shard(f"sketch-{number}", f"entries-{number}", len(documents)))
        files = sum(map(len, shards))
        self.plan = Plan("work/", tuple(made), threshold, max(1, -(-files // parts)))
        self.stages: list[str] = []
        self.said: dict[str, list[dict[str, Any]]] = {}

    def run(self, stage: Any, tasks: Sequence[Any]) -> list[dict[str, Any]]:
        self.stages.append(stage.__name__)
        self.said[stage.__name__] = [stage(task, self.store, lambda _: None) for task in tasks]
        return self.said[stage.__name__]

    def find(self) -> Found:
        return find_duplicates(self.plan, self.store, self.run)

    def told(self) -> dict[str, dict[str, Any]]:
        """By path, of all files in clusters."""
        self.find()
        return {
            self.shards[shard][row["row"]].path: {k: v for k, v in row.items() if k not in ("row", "survivor")}
            for shard in range(len(self.shards))
            for row in verdicts(self.plan, self.store, shard).to_pylist()
        }

    def gone(self) -> dict[str, str]:
        """By path, why a file goes."""
        return {path: row["reason"] for path, row in self.told().items() if row["reason"]}


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


def families(count: int = 30, each: int = 4) -> list[Document]:
    """Real files, each with copies that differ more and more, so that some are alike only by way of others."""
    data = [path.read_bytes() for path in stdlib("*.py", count)]
    return [document(edited(d, 0.04 * k, k), f"{i}-{k}.py") for i, d in enumerate(data) for k in range(each)]


def test_each_sort_of_duplicate_has_its_reason() -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    search = Search(
        [
            [document(data, "a.py"), document(FUNCTION, "other.py")],
            [
                document(data, "b.py"),
                document(data.replace(b"    ", b"\t"), "c.py"),
                document(edited(data, 0.01, 1), "d.py", licenses=()),
            ],
        ]
    )
    gone = search.gone()
    assert sorted(gone.values()) == ["exact_duplicate", "near_duplicate", "whitespace_duplicate"]
    assert gone["c.py"] == "whitespace_duplicate" and gone["d.py"] == "near_duplicate"
    found = search.find()
    assert found.clusters == 1 and found.largest[0][0] == "near_duplicate"
    assert {reason: amount["files"] for reason, amount in found.dropped.items()} == dict.fromkeys(gone.values(), 1)
    assert sum(found.by_shard.values()) == 3


def test_planted_near_duplicates_are_found_and_no_others() -> None:
    originals = [path.read_bytes() for path in stdlib("*.py", 160) if path.stat().st_size > 3000]
    planted = [document(data, f"o{i}.py") for i, data in enumerate(originals)]
    copies = [document(edited(data, 0.01 * (i % 12), i + 1), f"c{i}.py") for i, data in enumerate(originals)]
    gone = Search([planted, copies]).gone()
    similar = {i for i, data in enumerate(originals) if jaccard(shingles(data), shingles(copies[i].data)) >= 0.7}
    found = {i for i in range(len(originals)) if f"o{i}.py" in gone or f"c{i}.py" in gone}
    assert len(similar) > 60
    assert found == similar


def test_whoever_goes_is_alike_to_one_of_its_cluster_and_those_that_stay_are_not_alike() -> None:
    documents = families()
    search = Search([documents], parts=3)
    told = search.told()
    sets = {f"repo:{d.path}": shingles(d.data) for d in documents}
    gone = {f"repo:{path}": row for path, row in told.items() if row["reason"]}
    clusters: dict[str, list[str]] = {}
    for path, row in told.items():
        clusters.setdefault(row["survivor_name"], []).append(f"repo:{path}")
    for name, row in gone.items():
        real = jaccard(sets[name], sets[row["survivor_name"]])
        assert row["survivor_name"] not in gone
        assert real >= 0.2 and real == pytest.approx(row["similarity"], abs=1e-6)
        others = [other for other in clusters[row["survivor_name"]] if other != name]
        assert max(jaccard(sets[name], sets[other]) for other in others) >= 0.7
    left = sorted(set(sets) - set(gone))
    alive = [(a, b) for i, a in enumerate(left) for b in left[:i] if jaccard(sets[a], sets[b]) >= 0.7]
    assert len(gone) > 30
    assert len(alive) <= 1  # bands miss 1.5 of a hundred right at the threshold


def drifting(steps: int, share: float) -> list[Document]:
    """A file, the same with a share of its words replaced, that with another share replaced, and so on; best first."""
    of = [f"word{i}" for i in range(1000)]
    chain = []
    for step in range(steps):
        width = int(share * len(of))
        of[step * width : (step + 1) * width] = [f"step{step}_{i}" for i in range(width if step else 0)]
        of += [f"more{step}_{i}" for i in range(1000 - len(of))]
        stars = Provenance(stars=steps - step)
        chain.append(document(" ".join(of), f"{step}.py", licenses=(), provenance=stars))
    return chain


@pytest.mark.parametrize("parts", [1, 3])
def test_a_copy_of_a_copy_is_in_the_cluster_and_the_end_of_a_long_chain_is_not(parts: int) -> None:
    chain = drifting(7, 0.15)
    sets = [shingles(d.data) for d in chain]
    to_first = [jaccard(sets[0], found) for found in sets]
    assert [round(value, 1) for value in to_first[1:4]] == [0.7, 0.5, 0.4]
    told = Search([chain], parts=parts).told()
    for number in (1, 2, 3):
        row = told[f"{number}.py"]
        assert (row["reason"], row["survivor_name"]) == ("near_duplicate", "repo:0.py")
        assert row["similarity"] == pytest.approx(to_first[number], abs=1e-6)
    assert {told[f"{number}.py"]["survivor_name"] for number in (4, 5, 6)} == {"repo:4.py"}


def test_copies_of_one_file_are_one_cluster_though_the_best_is_not_alike_to_all() -> None:
    data = [path.read_bytes() for path in stdlib("*.py", 160) if path.stat().st_size > 3000][:60]
    documents = [
        document(edited(one, 0.04 * bool(copy), 7 * copy + i), f"{i}-{copy}.py", provenance=Provenance(stars=copy))
        for i, one in enumerate(data)
        for copy in range(6)
    ]
    random.Random(1).shuffle(documents)
    told = Search([documents[:200], documents[200:]]).told()
    together = apart = 0
    for i in range(len(data)):
        clusters = [told[path]["cluster"] if (path := f"{i}-{copy}.py") in told else path for copy in range(6)]
        pairs = [a == b for at, a in enumerate(clusters) for b in clusters[:at]]
        together, apart = together + sum(pairs), apart + len(pairs) - sum(pairs)
    assert together / (together + apart) > 0.97
    for row in told.values():
        assert len({path.split("-")[0] for path, other in told.items() if other["cluster"] == row["cluster"]}) == 1


def test_order_shards_and_parts_do_not_change_what_files_are_told() -> None:
    documents = families()
    expected = Search([documents]).told()
    assert len(expected) > 60
    for seed, parts in enumerate([1, 2, 5, 16]):
        mixed = documents[:]
        random.Random(seed).shuffle(mixed)
        search = Search([mixed[:17], [], mixed[17:40], mixed[40:41], mixed[41:]], parts=parts)
        assert search.told() == expected
        assert parts == 1 or search.stages.count("settle") > 1


def test_more_parts_of_bands_than_of_files_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    documents = families()
    expected = Search([documents]).told()
    monkeypatch.setattr(plan_module, "_BAND_FILES", 16)
    search = Search([documents[:40], documents[40:]])
    assert (search.plan.parts, search.plan.band_parts) == (1, -(-len(documents) // 16))
    assert search.told() == expected
    assert len(search.said["link_near"]) == search.plan.band_parts


def test_a_search_that_was_stopped_anywhere_goes_on_to_the_same_end() -> None:
    documents = families(12)
    shards = [documents[:20], documents[20:]]
    calm = Search(shards, parts=3)
    expected = calm.told()
    for stop in range(1, len(calm.store) - 4, 7):
        search = Search(shards, parts=3)
        puts = 0
        put = search.store.put

        def stopping(key: str, data: bytes, put: Any = put, stop: int = stop) -> str:
            nonlocal puts
            puts += 1
            if puts > stop:
                raise InterruptedError
            return str(put(key, data))

        search.store.put = stopping
        with pytest.raises(InterruptedError):
            search.find()
        search.store.put = put
        assert search.told() == expected


def test_a_cluster_is_listed_with_its_members_and_keeps_its_id_when_newer_files_come() -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    dated = [
        document(edited(data, 0.02 * i, i), f"{i}.py", provenance=Provenance(date=1000 + i, stars=i)) for i in range(4)
    ]
    few, many = Search([dated[:2]]), Search([dated])
    ids = {row["cluster"] for row in few.told().values()} | {row["cluster"] for row in many.told().values()}
    assert len(ids) == 1
    [listed] = pq.read_table(pa.BufferReader(many.store["work/clusters-00000.parquet"])).to_pylist()
    assert listed["cluster"] in ids and listed["survivor"] == "repo:3.py" and listed["kind"] == "near_duplicate"
    assert [member["file"] for member in listed["members"]] == ["repo:0.py", "repo:1.py", "repo:2.py"]
    assert all(0.7 <= member["similarity"] < 1 for member in listed["members"])
    assert set(listed) == set(CLUSTERS.names)


def test_threshold_one_leaves_near_duplicates_alone() -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    search = Search([[document(data, "a.py"), document(data + b"\nx = 1\n", "b.py"), document(data, "c.py")]], 1.0)
    assert list(search.gone().values()) == ["exact_duplicate"] and "b.py" not in search.gone()


def test_the_survivor_is_permissive_then_licensed_then_starred_then_newer_then_longer() -> None:
    data = FUNCTION.encode() * 3
    ranked = [
        document(data, "permissive.py"),
        document(data, "copyleft.py", licenses=("GPL-3.0-only",), provenance=Provenance(stars=9)),
        document(data, "starred.py", licenses=(), provenance=Provenance(stars=7)),
        document(data, "newer.py", licenses=(), provenance=Provenance(stars=6, date=2_000_000_000)),
        document(data, "older.py", licenses=(), provenance=Provenance(stars=6, date=1_000_000_000)),
        document(data + b"# more words\n", "longer.py", licenses=(), provenance=Provenance(stars=6)),
        document(data, "last.py", licenses=(), provenance=Provenance(stars=6)),
    ]
    for start in range(len(ranked) - 1):
        told = Search([ranked[: start - 1 : -1], []] if start else [ranked[::-1]]).told()
        assert [path for path, row in told.items() if row["reason"] is None] == [ranked[start].path]


def test_a_file_a_thousand_times_is_one_cluster_and_costs_one_link_each() -> None:
    copies = [document(FUNCTION, f"{i}.py") for i in range(1000)]
    nearly = [document(FUNCTION + f"# number {i} of many\n", f"n{i}.py") for i in range(1000)]
    search = Search([copies, nearly], parts=2)
    assert len(search.gone()) == 1999
    [(_, _, named, files)] = search.find().largest
    assert (len(named), files) == (20, 2000)
    assert sum(part["links"] for part in search.said["link_equal"]) == 999
    assert sum(part["pairs"] for part in search.said["link_near"]) < 100 * 1000  # all pairs would be 500,000
    assert search.stages.count("settle") < 10


def test_files_without_words_are_no_duplicates_of_each_other() -> None:
    assert Search([[document("+-*/" * 9, "a.py"), document("()[]" * 9, "b.py")]]).gone() == {}


def test_no_files_no_duplicates() -> None:
    search = Search([[], []])
    assert search.find() == Found(0, {}, {}, [])
    assert verdicts(search.plan, search.store, 1).num_rows == 0


@pytest.mark.parametrize("threshold", [0.5, 0.7, 0.85, 0.95])
def test_bands_catch_pairs_at_the_threshold(threshold: float) -> None:
    rows = rows_per_band(threshold, 128)
    assert 1 - (1 - threshold**rows) ** (128 // rows) >= RECALL
    assert rows >= 3


def test_files_that_agree_in_a_band_are_a_pair_from_the_better_to_the_worse() -> None:
    signatures = np.random.default_rng(1).integers(0, 1 << 32, (6, 128), np.uint32)
    signatures[4, :5] = signatures[1, :5]
    keys = band_keys(signatures, 0.7)
    bands = keys.shape[1]
    order = np.repeat((np.arange(6, dtype=np.uint64)[::-1] + np.uint64(1 << 63)), bands)
    better, worse = candidates(keys.ravel(), (order, order, order))
    assert [(b // bands, w // bands) for b, w in zip(better.tolist(), worse.tolist(), strict=True)] == [(4, 1)]


@given(st.integers(2, 3000))
@settings(deadline=None, max_examples=30)
def test_a_group_pairs_each_file_with_its_best_and_not_all_with_all(size: int) -> None:
    keys = np.full(size, 7, np.uint64)
    place = np.arange(size, dtype=np.uint64) + np.uint64(1 << 63)
    better, worse = candidates(keys, (place, place, place))
    assert set(worse.tolist()) == set(range(1, size)) and (better < worse).all()
    assert len(better) <= max(1 << 15, 8 * size)
    assert len(set(zip(better.tolist(), worse.tolist(), strict=True))) == len(better)


numbers = st.lists(st.integers(0, 60), max_size=40).map(lambda found: np.unique(np.array(found, "<u4")))


@given(st.lists(numbers, min_size=2, max_size=6))
@settings(deadline=None)
def test_similarities_of_many_pairs_are_those_of_each(sets: list[np.ndarray]) -> None:
    files = [Entry("", b"\0" * 16, 0, None, found) for found in sets]
    left, right = np.triu_indices(len(sets), 1)
    found = alike(files, left, right, 0.5)
    for a, b, similarity in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        real = len(np.intersect1d(sets[a], sets[b])) / max(1, len(np.union1d(sets[a], sets[b])))
        assert similarity == pytest.approx(real) if real >= 0.5 else similarity in (0, pytest.approx(real))


def test_what_an_index_keeps_of_a_file_tells_its_similarity_within_a_few_hundredths() -> None:
    draw = np.random.default_rng(3)
    errors = []
    for _ in range(200):
        pool = draw.permutation(np.unique(draw.integers(0, WHOLE, 3000, np.uint32)))
        a, b = np.sort(pool[:2400]), np.sort(pool[600:])
        old = Entry("", b"\0" * 16, 0, None, a).indexed(0)
        assert len(old.shingles) == INDEXED
        [found] = alike([old, Entry("", b"\0" * 16, 0, None, b)], np.array([0]), np.array([1]), 0.5)
        errors.append(found - jaccard(a, b))
    assert abs(np.mean(errors)) < 0.01 and np.std(errors) < 0.03


def test_any_row_of_an_object_of_entries_is_read_alone_and_a_cut_one_is_named() -> None:
    store: Any = Objects()
    made = [
        Entry(f"r:{i}\udcff", bytes([i]) * 16, i, -i if i else None, np.arange(i * 500, dtype="<u4")) for i in range(40)
    ]
    store.put("x", packed([entry.pack() for entry in made]))
    rows = np.array([0, 1, 7, 39])
    for row, entry in zip(rows.tolist(), read_entries(store, "x", rows, 40), strict=True):
        assert (entry.name, entry.content, entry.date) == (made[row].name, made[row].content, made[row].date)
        assert entry.shingles.tolist() == made[row].shingles.tolist()
    with pytest.raises(DataLoss):
        list(read_entries(store, "x", rows, 10**7))
