"""Corpora against the index of a dataset: what is there already goes, and the old data is not read for it."""

from __future__ import annotations

import io
import random
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from codekiln.cleaning.deduplication.index import INDEX_VERSION
from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Draft, Key, Manifest, Ref, read_part
from codekiln.core.errors import DataLoss, FailedPrecondition, NotFound
from codekiln.core.jobs.worker import Context
from tests.cleaning import material
from tests.cleaning.material import FUNCTION, row, stdlib


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return material.context(tmp_path)[0]


def clean(context: Context, **spec: Any) -> Manifest:
    made = CleaningSpec(require_parse=False, anonymize=False, **spec)
    return work(made, identify(made, context), context)


def rows_of(context: Context, manifest: Manifest, prefix: str) -> list[dict[str, Any]]:
    parts = [part for part in manifest.parts_under(prefix) if part.name.endswith(".parquet")]
    return [r for part in parts for r in pq.read_table(io.BytesIO(read_part(context.store, part))).to_pylist()]


def near(data: bytes, seed: int) -> bytes:
    draw = random.Random(seed)
    return b"\n".join(line for line in data.split(b"\n") if draw.random() > 0.02)


def test_what_a_dataset_has_is_dropped_without_reading_it_again(context: Context) -> None:
    files = [path.read_bytes() for path in stdlib("*.py", 30) if path.stat().st_size > 2000]
    old_rows = [row(data, f"{i}.py", repo_name="old") for i, data in enumerate(files)]
    old = clean(context, corpus=material.corpus(context.store, [old_rows[::2], old_rows[1::2]], "old").ref)
    one, other = sorted((r["path"] for r in rows_of(context, old, "shard-")), key=lambda p: int(p[:-3]))[:2]
    for part in old.parts_under("shard-"):
        context.store.delete(part.key)
    news = [
        row(files[int(one[:-3])], "copy.py", repo_name="new", star_events_count=10**6),
        row(near(files[int(other[:-3])], 1), "near.py", repo_name="new", star_events_count=10**6),
        row(FUNCTION, "fresh.py", repo_name="new"),
        row(FUNCTION, "fresh_copy.py", repo_name="new"),
    ]
    corpus = material.corpus(context.store, [news], "new")
    new = clean(context, corpus=corpus.ref, known=(old.ref,))
    dropped = {r["path"]: r for r in rows_of(context, new, "dropped")}
    assert dropped["copy.py"]["reason"] == dropped["near.py"]["reason"] == "known_duplicate"
    assert dropped["copy.py"]["detail"] == f"of old:{one} (1.00)"
    assert dropped["near.py"]["detail"].startswith(f"of old:{other} (0.")
    [left] = rows_of(context, new, "shard-")
    assert {left["path"], *dropped} == {"copy.py", "near.py", "fresh.py", "fresh_copy.py"}
    assert left["cluster"] == next(r for r in dropped.values() if r["reason"] == "exact_duplicate")["cluster"]
    clusters = rows_of(context, new, "clusters-")
    assert [c["kind"] for c in clusters].count("known_duplicate") == 2
    assert new.inputs == (corpus.ref, old.ref)
    assert new.ref != clean(context, corpus=corpus.ref).ref


def test_a_cluster_that_grows_over_datasets_keeps_its_id(context: Context) -> None:
    data = stdlib("argparse.py")[0].read_bytes()
    first = clean(context, corpus=material.corpus(context.store, [[row(data, "a.py"), row(data, "b.py")]], "1").ref)
    [kept] = rows_of(context, first, "shard-")
    rows = [row(near(data, 2), "c.py"), row(FUNCTION, "other.py")]
    second = clean(context, corpus=material.corpus(context.store, [rows], "2").ref, known=(first.ref,))
    gone = next(r for r in rows_of(context, second, "dropped") if r["path"] == "c.py")
    assert kept["cluster"] and gone["cluster"] == kept["cluster"]


def test_the_index_is_small(context: Context) -> None:
    rows = [row(path.read_bytes(), path.name) for path in stdlib("*.py", 60)]
    manifest = clean(context, corpus=material.corpus(context.store, [rows]).ref)
    size = sum(part.bytes for part in manifest.parts_under("index-"))
    assert size == manifest.summary["index"]["bytes"]
    assert size / manifest.summary["files_kept"] < 3500


def test_a_dataset_without_an_index_is_refused_before_any_work(context: Context) -> None:
    corpus = material.corpus(context.store, [[row(FUNCTION, "a.py")]])
    old = Draft(context.store, Key("dataset", 1, {})).publish(summary={"files_kept": 1})
    with pytest.raises(FailedPrecondition) as caught:
        clean(context, corpus=corpus.ref, known=(old.ref,))
    assert caught.value.reason == "KNOWN_WITHOUT_INDEX"
    assert str(old.ref) in caught.value.message and "again" in caught.value.message
    with pytest.raises(NotFound):
        clean(context, corpus=corpus.ref, known=(Ref("dataset", "0" * 32),))


def test_a_dataset_of_another_profile_is_refused(context: Context) -> None:
    corpus = material.corpus(context.store, [[row(FUNCTION, "a.py")]])
    text = Draft(context.store, Key("dataset", 1, {"profile": "text"}))
    old = text.publish(summary={"index": {"version": INDEX_VERSION, "bytes": 0}})
    with pytest.raises(FailedPrecondition) as caught:
        clean(context, corpus=corpus.ref, known=(old.ref,))
    assert caught.value.reason == "KNOWN_OF_ANOTHER_PROFILE"


def test_an_index_that_was_changed_is_named(context: Context) -> None:
    old = clean(context, corpus=material.corpus(context.store, [[row(FUNCTION, "a.py")]], "old").ref)
    context.store.put(old.part("index-00000.bin").key, context.store.get(old.part("index-00000.bin").key) + b"x")
    corpus = material.corpus(context.store, [[row(FUNCTION, "b.py")]], "new")
    with pytest.raises(DataLoss) as caught:
        clean(context, corpus=corpus.ref, known=(old.ref,))
    assert caught.value.reason == "PART_CHANGED"
