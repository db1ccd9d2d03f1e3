"""A published vocabulary is read back as it was, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import tiktoken.load

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import DataLoss
from codekiln.core.store import ObjectStore
from codekiln.tokenizer import export
from codekiln.tokenizer.vocabulary import load

from .material import Trained


def publish_files(store: ObjectStore, files: dict[str, bytes]) -> Manifest:
    draft = Draft(store, Key("tokenizer", 1, {}))
    for name, content in files.items():
        draft.add_bytes(name, content)
    return draft.publish()


def test_what_was_published_is_loaded(store: ObjectStore, trained: Trained) -> None:
    manifest = publish_files(store, export.files(trained.tokenizer, trained.vocabulary))
    assert load(store, manifest) == trained.vocabulary


def test_tiktoken_reads_our_rank_file(trained: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", "")
    (tmp_path / "ranks.tiktoken").write_bytes(trained.vocabulary.ranks())
    ranks = tiktoken.load.load_tiktoken_bpe(str(tmp_path / "ranks.tiktoken"))
    assert ranks == {token: id for id, token in enumerate(trained.vocabulary.tokens)}


@pytest.mark.parametrize("missing", ["ranks.tiktoken", "codekiln.json"])
def test_a_missing_part_is_named(store: ObjectStore, trained: Trained, missing: str) -> None:
    files = export.files(trained.tokenizer, trained.vocabulary)
    del files[missing]
    with pytest.raises(DataLoss, match=missing) as caught:
        load(store, publish_files(store, files))
    assert caught.value.reason == "PART_MISSING"


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("ranks.tiktoken", b"IQ== 1\n"),
        ("ranks.tiktoken", b"not base64 0\n"),
        ("ranks.tiktoken", b""),
        ("codekiln.json", b"{"),
        ("codekiln.json", b"{}"),
        ("codekiln.json", b"[]"),
    ],
)
def test_a_part_that_cannot_be_read_is_data_loss(
    store: ObjectStore, trained: Trained, part: str, content: bytes
) -> None:
    files = {**export.files(trained.tokenizer, trained.vocabulary), part: content}
    with pytest.raises(DataLoss, match="cannot be read") as caught:
        load(store, publish_files(store, files))
    assert caught.value.reason == "TOKENIZER_UNREADABLE"
