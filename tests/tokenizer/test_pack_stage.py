"""The whole stage `tokens`: every document once, readable from the shards alone, whatever kills it on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from codekiln.core.artifacts import Draft, Key, Manifest, find, open_artifact, read_part
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context, Stopped
from codekiln.core.store import ObjectStore
from codekiln.tokenizer import export
from codekiln.tokenizer.spec import TokensSpec
from codekiln.tokenizer.worker import identify_tokens, work_on_tokens

from .material import Document, Trained, new_context, publish, standard_library

DTYPES = {"uint16": "<u2", "uint32": "<u4"}


@pytest.fixture
def tokenizer(store: ObjectStore, trained: Trained) -> Manifest:
    draft = Draft(store, Key("tokenizer", 1, {}))
    for name, content in export.files(trained.tokenizer, trained.vocabulary).items():
        draft.add_bytes(name, content)
    return draft.publish()


def run(spec: TokensSpec, context: Context) -> Manifest:
    return work_on_tokens(spec, identify_tokens(spec, context), context)


def texts_of(store: ObjectStore, manifest: Manifest, trained: Trained, split: str) -> list[str]:
    """What a reader sees that knows index.json and the files beside it."""
    index = json.loads(read_part(store, manifest.part("index.json")))
    texts = []
    for shard in index["shards"][split]:
        ids = np.frombuffer(read_part(store, manifest.part(f"{shard['name']}.bin")), DTYPES[index["dtype"]])
        ends = np.frombuffer(read_part(store, manifest.part(f"{shard['name']}.idx")), "<i8")
        assert len(ids) == shard["tokens"] == ends[-1] and len(ends) == shard["documents"]
        assert (ids[ends - 1] == index["eos_id"]).all() and np.count_nonzero(ids == index["eos_id"]) == len(ends)
        found = [trained.vocabulary.encoding.decode(document[:-1].tolist()) for document in np.split(ids, ends[:-1])]
        assert sum(len(text.encode()) for text in found) == shard["bytes"]
        texts += found
    return texts


def test_every_document_is_packed_once_and_read_back(
    store: ObjectStore,
    context: Context,
    library: Manifest,
    tokenizer: Manifest,
    trained: Trained,
    reports: list[Progress],
) -> None:
    manifest = run(TokensSpec(library.ref, tokenizer.ref, shard_tokens=100_000), context)
    training, validation = (texts_of(store, manifest, trained, split) for split in ("train", "validation"))
    assert Counter(training + validation) == Counter(document.text for document in standard_library(1_500_000))
    index = json.loads(read_part(store, manifest.part("index.json")))
    assert len(index["shards"]["train"]) > 3 and len(index["shards"]["validation"]) == 1
    assert index["tokenizer"] == str(tokenizer.ref) and index["vocab_size"] == 2000
    assert index["special_tokens"] == trained.vocabulary.special_ids
    summary = manifest.summary
    assert summary["train"]["documents"] == len(training) and summary["validation"]["documents"] == len(validation)
    assert 0 < summary["validation"]["bytes"] <= 0.02 * 1_550_000
    assert manifest.licenses == library.licenses and manifest.inputs == (library.ref, tokenizer.ref)
    assert reports[-1].done == reports[-1].total


def test_held_out_repositories_are_in_validation_only(
    store: ObjectStore, context: Context, library: Manifest, tokenizer: Manifest, trained: Trained
) -> None:
    manifest = run(TokensSpec(library.ref, tokenizer.ref, held_out_share=0.1), context)
    repository = {document.text: document.repository for document in standard_library(1_500_000)}
    sides = [
        {repository[text] for text in texts_of(store, manifest, trained, split)} for split in ("train", "validation")
    ]
    assert sides[1] and sides[0].isdisjoint(sides[1])


def test_the_order_is_seeded_and_not_that_of_the_dataset(
    store: ObjectStore, context: Context, library: Manifest, tokenizer: Manifest, trained: Trained
) -> None:
    first, second = (
        texts_of(store, run(TokensSpec(library.ref, tokenizer.ref, seed=seed), context), trained, "train")
        for seed in (0, 1)
    )
    of_the_dataset = [document.text for document in standard_library(1_500_000) if document.text in set(first)]
    assert first != second and first != of_the_dataset


@pytest.mark.parametrize("reports_before_death", [1, 3, 5, 7])
def test_a_stopped_worker_loses_and_doubles_nothing(
    store: ObjectStore, library: Manifest, tokenizer: Manifest, tmp_path: Path, reports_before_death: int
) -> None:
    spec = TokensSpec(library.ref, tokenizer.ref, shard_tokens=100_000)
    undisturbed = run(spec, new_context(store, tmp_path))
    for info in [*store.list("work/"), *store.list(f"artifacts/tokens/{undisturbed.ref.digest}/")]:
        store.delete(info.key)
    left = reports_before_death

    def report(progress: Progress) -> None:
        nonlocal left
        left -= 1
        if not left:
            raise Stopped

    with pytest.raises(Stopped):
        run(spec, new_context(store, tmp_path, report))
    assert find(store, undisturbed.ref) is None
    again = run(spec, new_context(store, tmp_path))
    assert [(part.name, part.sha256) for part in again.parts] == [
        (part.name, part.sha256) for part in undisturbed.parts
    ]
    assert again.summary == undisturbed.summary


KILLED = """
import os, signal, sys
from pathlib import Path
from codekiln.core.artifacts import Ref
from codekiln.core.store import open_store
from codekiln.tokenizer.pieces import Pieces
from codekiln.tokenizer.spec import TokensSpec
from codekiln.tokenizer.worker import identify_tokens, work_on_tokens
from tests.tokenizer.material import new_context

write = Pieces.write
def write_and_die(self, number, splits):
    write(self, number, splits)
    os.kill(os.getpid(), signal.SIGKILL)
Pieces.write = write_and_die
url, folder, dataset, tokenizer = sys.argv[1:]
context = new_context(open_store(url), Path(folder))
spec = TokensSpec(Ref.parse(dataset), Ref.parse(tokenizer), shard_tokens=100_000)
work_on_tokens(spec, identify_tokens(spec, context), context)
"""


def test_a_killed_worker_goes_on_from_the_pieces_it_finished(
    store: ObjectStore, library: Manifest, tokenizer: Manifest, trained: Trained, tmp_path: Path
) -> None:
    """Killed after each piece of three, it ends at the fourth start, having encoded none twice."""
    command = [sys.executable, "-c", KILLED, store.url, str(tmp_path), str(library.ref), str(tokenizer.ref)]
    ends = [
        subprocess.run(command, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}).returncode
        for _ in range(4)
    ]
    assert ends == [-signal.SIGKILL, -signal.SIGKILL, -signal.SIGKILL, 0]
    spec = TokensSpec(library.ref, tokenizer.ref, shard_tokens=100_000)
    manifest = open_artifact(store, identify_tokens(spec, new_context(store, tmp_path)).ref)
    texts = texts_of(store, manifest, trained, "train") + texts_of(store, manifest, trained, "validation")
    assert Counter(texts) == Counter(document.text for document in standard_library(1_500_000))


def test_a_damaged_piece_is_made_again(
    store: ObjectStore, context: Context, library: Manifest, tokenizer: Manifest, tmp_path: Path
) -> None:
    spec = TokensSpec(library.ref, tokenizer.ref)
    first = run(spec, context)
    store.put(f"{context.work_prefix(identify_tokens(spec, context))}piece-00001/train.ids", b"damaged")
    store.delete(f"artifacts/tokens/{first.ref.digest}/manifest.json")
    assert [part.sha256 for part in run(spec, context).parts] == [part.sha256 for part in first.parts]


def test_row_groups_and_empty_documents_change_nothing_in_what_is_packed(
    store: ObjectStore, context: Context, tokenizer: Manifest, trained: Trained
) -> None:
    documents = [Document(f"r{n % 7}", f"{n}.py", f"value_{n} = {n}\n" if n % 5 else "") for n in range(60)]
    for row_group in (1, 7, 1000):
        dataset = publish(store, [documents[:20], documents[20:], []], row_group=row_group)
        manifest = run(TokensSpec(dataset.ref, tokenizer.ref, shard_tokens=1024, seed=row_group), context)
        texts = texts_of(store, manifest, trained, "train") + texts_of(store, manifest, trained, "validation")
        assert sorted(texts) == sorted(document.text for document in documents if document.text)


def test_two_documents_of_one_repository_give_one_to_each_side(
    store: ObjectStore, context: Context, tokenizer: Manifest
) -> None:
    dataset = publish(store, [[Document("r", "a.py", "a = 1\n" * 9), Document("r", "b.py", "b = 2\n")]])
    summary = run(TokensSpec(dataset.ref, tokenizer.ref), context).summary
    assert summary["train"]["documents"] == summary["validation"]["documents"] == 1


def test_an_empty_dataset_is_refused(store: ObjectStore, context: Context, tokenizer: Manifest) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        run(TokensSpec(publish(store, [[]]).ref, tokenizer.ref), context)
    assert caught.value.reason == "EMPTY_DATASET"


def test_a_tokenizer_without_its_ranks_is_refused(
    store: ObjectStore, context: Context, library: Manifest, tokenizer: Manifest
) -> None:
    store.delete(tokenizer.part("ranks.tiktoken").key)
    with pytest.raises(DataLoss, match=r"ranks\.tiktoken"):
        run(TokensSpec(library.ref, tokenizer.ref), context)
