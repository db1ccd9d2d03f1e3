"""The task of one shard."""

from __future__ import annotations

import gc
from pathlib import Path
from weakref import ref

import pytest

from codekiln.cleaning import filtering
from codekiln.cleaning.anonymize import keys
from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.store import open_store
from tests.cleaning import material
from tests.cleaning.material import row


def test_the_rows_of_a_shard_go_with_its_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = open_store(tmp_path.as_uri(), None)
    corpus = material.corpus(store, [[row(material.FUNCTION, path="trees.py")]])
    held = []
    keep = filtering._Filtering.take
    monkeypatch.setattr(
        filtering._Filtering, "take", lambda work, document: (held.append(ref(work)), keep(work, document))[1]
    )
    task = filtering.FilterTask(
        0, corpus.parts_under("shard-")[0], "made", "work/", CleaningSpec(corpus=corpus.ref), (),
        keys.fingerprint(keys.of_store(store)),
    )  # fmt: skip
    gc.disable()
    try:
        assert filtering.filter_shard(task, store, lambda _: None)["kept"] == 1
        assert held and held[0]() is None, "only a search for cycles would free it"
    finally:
        gc.enable()
