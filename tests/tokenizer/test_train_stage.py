"""The whole stage `tokenizer`: what it publishes, that it trains on the dataset only, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from codekiln.core.artifacts import Manifest, Ref, find, read_part
from codekiln.core.errors import DataLoss, FailedPrecondition, NotFound
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore
from codekiln.tokenizer.documents import Catalogue, Documents
from codekiln.tokenizer.spec import TokenizerSpec
from codekiln.tokenizer.train_stage import select
from codekiln.tokenizer.worker import identify_tokenizer, work_on_tokenizer

from .material import Document, new_context, publish


def run(spec: TokenizerSpec, context: Context) -> Manifest:
    return work_on_tokenizer(spec, identify_tokenizer(spec, context), context)


def test_what_is_published_and_said(
    store: ObjectStore, context: Context, library: Manifest, reports: list[Progress]
) -> None:
    manifest = run(TokenizerSpec(library.ref, 1500), context)
    names = ["tokenizer.json", "tokenizer_config.json", "ranks.tiktoken", "codekiln.json", "report.json"]
    assert [part.name for part in manifest.parts] == names
    assert manifest.inputs == (library.ref,) and manifest.licenses == library.licenses
    summary = manifest.summary
    assert summary["vocab_size"] == 1500
    assert summary["bytes_per_token"] == summary["languages"]["Python"] > 2
    assert summary["train_bytes"] > 20 * summary["held_out_bytes"] > 0
    report = json.loads(read_part(store, manifest.part("report.json")))
    assert report["measured_on"]["whole_repositories"]
    assert report["all"]["bytes"] == summary["held_out_bytes"]
    assert {progress.phase for progress in reports} == {"looking through", "counting", "merging", "measuring"}
    assert all(progress.done <= progress.total for progress in reports)


def test_the_same_dataset_gives_the_same_bytes(
    library: Manifest, store: ObjectStore, context: Context, tmp_path: Path
) -> None:
    spec = TokenizerSpec(library.ref, 600, max_bytes=300_000)
    first = run(spec, context)
    store.delete(f"artifacts/tokenizer/{first.ref.digest}/manifest.json")
    second = run(spec, new_context(store, tmp_path))
    assert [(part.name, part.sha256) for part in first.parts] == [(part.name, part.sha256) for part in second.parts]
    assert first.parts[0].key != second.parts[0].key


def test_held_out_documents_are_not_trained_on_and_a_sample_is_bounded(library: Manifest, context: Context) -> None:
    catalogue = Documents(context.store, library, context.scratch).catalogue(0)
    selection = select(catalogue, TokenizerSpec(library.ref, max_bytes=200_000))
    assert not (selection.training & selection.measured).any()
    assert 150_000 < catalogue.bytes_of(selection.training) <= 200_000


def test_a_dataset_of_one_document_is_measured_on_that(store: ObjectStore, context: Context) -> None:
    dataset = publish(store, [[Document("r", "a.py", "def f():\n    return f\n" * 20)]])
    manifest = run(TokenizerSpec(dataset.ref, 270), context)
    assert manifest.summary["held_out_bytes"] == 0 and manifest.summary["bytes_per_token"] > 1
    assert not json.loads(read_part(store, manifest.part("report.json")))["measured_on"]["held_out"]


def test_a_vocabulary_larger_than_the_data_supports_is_refused(store: ObjectStore, context: Context) -> None:
    dataset = publish(store, [[Document("r", "a.py", "x = 1\n"), Document("r", "b.py", "x = 2\n")]])
    spec = TokenizerSpec(dataset.ref, 32768)
    with pytest.raises(FailedPrecondition, match="not the 32768 asked for: set `vocab_size` to at most") as caught:
        run(spec, context)
    assert caught.value.reason == "VOCAB_TOO_LARGE"
    assert find(store, identify_tokenizer(spec, context).ref) is None


def test_an_empty_dataset_is_refused(store: ObjectStore, context: Context) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        run(TokenizerSpec(publish(store, [[]]).ref), context)
    assert caught.value.reason == "EMPTY_DATASET"


def test_a_dataset_that_is_not_there_is_refused(context: Context) -> None:
    with pytest.raises(NotFound, match="there is no dataset:"):
        run(TokenizerSpec(Ref("dataset", "f" * 32)), context)


def test_a_shard_that_is_gone_is_named_and_nothing_is_published(
    store: ObjectStore, context: Context, library: Manifest
) -> None:
    store.delete(library.parts[1].key)
    spec = TokenizerSpec(library.ref, 300)
    with pytest.raises(DataLoss, match=r"shard-00001\.parquet"):
        run(spec, context)
    assert find(store, identify_tokenizer(spec, context).ref) is None


def test_more_text_than_can_be_counted_is_refused_and_names_the_way_out() -> None:
    sizes = np.full(10, 1_000_000_000, np.int64)
    catalogue = Catalogue(np.arange(10, dtype=np.uint64), sizes, np.zeros(10, np.int32), ("r",), (), ())
    dataset = Ref("dataset", "a" * 32)
    with pytest.raises(FailedPrecondition, match="set `max_bytes`") as caught:
        select(catalogue, TokenizerSpec(dataset))
    assert caught.value.reason == "TOO_MUCH_TRAINING_TEXT"
    assert (
        catalogue.bytes_of(select(catalogue, TokenizerSpec(dataset, max_bytes=4_000_000_000)).training) == 4_000_000_000
    )
