from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.store import ObjectStore
from codekiln.trainer import inputs

from .material import new_spec, publish_tokenizer, publish_tokens


def fetch(store: ObjectStore, cache: Path, tokens: Manifest, **fields: object) -> inputs.Inputs:
    return inputs.fetch(new_spec(tokens, **fields), store, cache, lambda done, total: None)


def test_a_second_training_reads_from_the_cache(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    first = fetch(store, tmp_path / "cache", tokens)
    before = [path.stat().st_ino for path in first.train]
    second = fetch(store, tmp_path / "cache", tokens)
    assert first == second and [path.stat().st_ino for path in second.train] == before


def test_a_damaged_file_in_the_cache_is_fetched_again(store: ObjectStore, tokens: Manifest, tmp_path: Path) -> None:
    first = fetch(store, tmp_path / "cache", tokens)
    good = first.train[0].read_bytes()
    first.train[0].write_bytes(good[:-1] + b"x")
    fetch(store, tmp_path / "cache", tokens)
    assert first.train[0].read_bytes() == good


def test_a_changed_shard_is_refused_and_leaves_nothing_behind(
    store: ObjectStore, tokens: Manifest, tmp_path: Path
) -> None:
    store.put(tokens.part("train/shard-00000.bin").key, b"xx")
    with pytest.raises(DataLoss) as caught:
        fetch(store, tmp_path / "cache", tokens)
    assert caught.value.reason == "PART_CHANGED"
    assert not [path for path in (tmp_path / "cache").rglob("*") if "shard" in path.name]


@pytest.mark.parametrize(
    ("documents", "split"), [(("a = 1",), "training"), (("a = 1", "b" * 9999), "validation"), (("",), "training")]
)
def test_too_few_tokens_for_one_window_say_what_to_do(
    store: ObjectStore, tmp_path: Path, documents: tuple[str, ...], split: str
) -> None:
    tokens = publish_tokens(store, documents)
    with pytest.raises(FailedPrecondition) as caught:
        fetch(store, tmp_path / "cache", tokens)
    assert caught.value.reason == "TOO_FEW_TOKENS"
    assert split in caught.value.message and "ingest more code, or lower sequence_length" in caught.value.message


def test_a_vocabulary_without_our_special_tokens_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    draft = Draft(store, Key("tokens", 1, {}, (publish_tokenizer(store).ref,)))
    draft.add_json("index.json", {"dtype": "uint16", "vocab_size": 512, "special_tokens": {"<|endoftext|>": 505}})
    with pytest.raises(FailedPrecondition, match=r"has no `<\|fim_prefix\|>`"):
        fetch(store, tmp_path / "cache", draft.publish())


def test_tokens_that_name_no_tokenizer_are_refused(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(DataLoss, match="does not name the tokenizer"):
        fetch(store, tmp_path / "cache", Draft(store, Key("tokens", 1, {})).publish())
