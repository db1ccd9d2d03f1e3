"""Reading a dataset: every document once, in rows that both passes agree on; bad shards are named."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.documents import Documents

from .material import Document, publish


def shards_of(store: ObjectStore, *contents: bytes) -> Manifest:
    draft = Draft(store, Key("dataset", 1, {"number": len(contents)}))
    for number, content in enumerate(contents):
        draft.add_bytes(f"shard-{number:05d}.parquet", content)
    return draft.publish()


def test_a_mask_by_row_gives_those_documents(store: ObjectStore, tmp_path: Path) -> None:
    shards = [[Document(f"repo{n % 3}", f"{s}/{n}", f"text {s} {n}", "Go") for n in range(200)] for s in range(2)]
    documents = Documents(store, publish(store, shards), tmp_path)
    catalogue = documents.catalogue(0)
    mask = np.arange(400) % 7 == 3
    texts = [document.text for shard in shards for document in shard]
    assert list(documents.read(catalogue, mask)) == [("Go", texts[row]) for row in range(400) if row % 7 == 3]
    assert catalogue.bytes_of(mask) == sum(len(texts[row]) for row in range(3, 400, 7))
    assert not list(tmp_path.glob("shard-*"))


def test_draws_depend_on_the_seed_and_not_on_the_place(store: ObjectStore, tmp_path: Path) -> None:
    one, two = Document("r", "a", "x"), Document("r", "b", "x")
    first = Documents(store, publish(store, [[one, two]]), tmp_path).catalogue(0)
    second = Documents(store, publish(store, [[two], [one]]), tmp_path).catalogue(0)
    other = Documents(store, publish(store, [[one, two]]), tmp_path).catalogue(1)
    assert list(first.draws) == list(second.draws)[::-1]
    assert set(first.draws).isdisjoint(other.draws)


@pytest.mark.parametrize("shards", [[], [[]], [[Document("r", "empty.py", "")]]])
def test_an_empty_dataset_is_refused(store: ObjectStore, tmp_path: Path, shards: list[list[Document]]) -> None:
    with pytest.raises(FailedPrecondition, match="no text") as caught:
        Documents(store, publish(store, shards), tmp_path).catalogue(0)
    assert caught.value.reason == "EMPTY_DATASET"


def test_a_shard_that_is_no_parquet_is_named(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(DataLoss, match=r"shard-00000\.parquet") as caught:
        Documents(store, shards_of(store, b"not parquet"), tmp_path).catalogue(0)
    assert caught.value.reason == "DATASET_UNREADABLE"


def test_a_missing_column_is_named(store: ObjectStore, tmp_path: Path) -> None:
    sink = io.BytesIO()
    pq.write_table(pa.table({"repo_name": ["r"], "path": ["p"], "blob_id": ["b"], "content": ["x"]}), sink)
    with pytest.raises(DataLoss, match="no column length_bytes, language"):
        Documents(store, shards_of(store, sink.getvalue()), tmp_path).catalogue(0)


def test_a_shard_that_is_gone_or_changed_is_data_loss(store: ObjectStore, tmp_path: Path) -> None:
    manifest = publish(store, [[Document("r", "a", "x")]])
    store.put(manifest.parts[0].key, b"other")
    with pytest.raises(DataLoss) as caught:
        Documents(store, manifest, tmp_path).catalogue(0)
    assert caught.value.reason == "PART_CHANGED"
    store.delete(manifest.parts[0].key)
    with pytest.raises(DataLoss) as caught:
        Documents(store, manifest, tmp_path).catalogue(0)
    assert caught.value.reason == "PART_MISSING"
