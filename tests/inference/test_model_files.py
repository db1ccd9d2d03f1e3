"""A model that is not complete is refused by one sentence, before an engine is started for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from codekiln.core.artifacts import Manifest, Ref
from codekiln.core.errors import CodekilnError, DataLoss, FailedPrecondition, NotFound
from codekiln.core.store import ObjectStore
from codekiln.inference.model_files import fetch_model, read_model

from .material import CONFIG, model_parts, publish_model, tokenizer, weights

PARTS = model_parts()


def refusal(store: ObjectStore, tmp_path: Path, parts: dict[str, bytes | None]) -> FailedPrecondition:
    manifest = publish_model(store, parts)
    with pytest.raises(FailedPrecondition) as caught:
        fetch_model(store, manifest.ref, tmp_path / "cache")
    assert str(manifest.ref) in caught.value.message
    return caught.value


def test_a_complete_model_is_read(store: ObjectStore, model: Manifest, tmp_path: Path) -> None:
    files = fetch_model(store, model.ref, tmp_path / "cache")
    assert files.folder == tmp_path / "cache" / model.ref.digest
    assert {path.name for path in files.folder.iterdir()} == {part.name for part in model.parts}
    assert files.max_length == 256
    assert files.architectures == ("Qwen3ForCausalLM",)
    assert set(files.stop_ids) == files.tokenizer.special_ids
    assert files.kv_bytes_per_token == 2 * 2 * 2 * 32 * 4


def test_what_is_in_the_cache_is_kept_and_what_is_damaged_is_fetched_again(
    store: ObjectStore, model: Manifest, tmp_path: Path
) -> None:
    files = fetch_model(store, model.ref, tmp_path / "cache")
    before = (files.folder / "tokenizer.json").stat().st_ino
    (files.folder / "model.safetensors").write_bytes(b"damaged")
    fetch_model(store, model.ref, tmp_path / "cache")
    assert (files.folder / "tokenizer.json").stat().st_ino == before
    assert (files.folder / "model.safetensors").stat().st_size == model.part("model.safetensors").bytes


def test_a_model_that_was_never_published_is_not_found(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        fetch_model(store, Ref("model", "0" * 32), tmp_path)


def test_bytes_that_changed_after_publishing_are_refused(store: ObjectStore, model: Manifest, tmp_path: Path) -> None:
    store.put(model.part("config.json").key, b"{}")
    with pytest.raises(DataLoss):
        fetch_model(store, model.ref, tmp_path)


@pytest.mark.parametrize(
    "name", ["model.embed_tokens.weight", "model.layers.1.mlp.up_proj.weight", "model.norm.weight"]
)
def test_a_missing_tensor_is_named(store: ObjectStore, tmp_path: Path, name: str) -> None:
    kept = {key: value for key, value in weights().items() if key != name}
    error = refusal(store, tmp_path, {"model.safetensors": save(kept)})
    assert error.reason == "MODEL_INCOMPLETE"
    assert f"`{name}` is missing" in error.message


def test_a_tensor_of_another_shape_is_named(store: ObjectStore, tmp_path: Path) -> None:
    error = refusal(store, tmp_path, {"config.json": json.dumps({**CONFIG, "vocab_size": 999}).encode()})
    assert "`model.embed_tokens.weight` has shape" in error.message


def test_an_untied_head_is_expected_where_the_configuration_says_so(store: ObjectStore, tmp_path: Path) -> None:
    config = {**json.loads(PARTS["config.json"]), "tie_word_embeddings": False}
    error = refusal(store, tmp_path, {"config.json": json.dumps(config).encode()})
    assert "`lm_head.weight` is missing" in error.message


@pytest.mark.parametrize("cut", [0, 4, 100, -1])
def test_weights_that_are_cut_off_are_refused(store: ObjectStore, tmp_path: Path, cut: int) -> None:
    error = refusal(store, tmp_path, {"model.safetensors": PARTS["model.safetensors"][:cut]})
    assert error.reason == "MODEL_INCOMPLETE"
    assert "model.safetensors" in error.message


@pytest.mark.parametrize("name", ["config.json", "model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(store: ObjectStore, tmp_path: Path, name: str) -> None:
    error = refusal(store, tmp_path, {name: None})
    assert error.reason == "MODEL_INCOMPLETE"
    assert name.rpartition(".")[2] in error.message


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"model_type": "qwen3"}'])
def test_a_configuration_that_cannot_be_read_is_refused(store: ObjectStore, tmp_path: Path, content: bytes) -> None:
    assert refusal(store, tmp_path, {"config.json": content}).reason == "MODEL_INCOMPLETE"


def test_a_tokenizer_of_another_model_is_refused(store: ObjectStore, tmp_path: Path) -> None:
    other = tokenizer()
    other.add_special_tokens(["<|one_too_many|>"])
    error = refusal(store, tmp_path, {"tokenizer.json": other.to_str().encode()})
    assert "do not belong together" in error.message


def test_a_model_without_codekiln_json_is_served_without_infill(store: ObjectStore, tmp_path: Path) -> None:
    files = fetch_model(store, publish_model(store, {"codekiln.json": None}).ref, tmp_path)
    assert files.fim is None
    assert files.stop_ids


@given(data=st.binary(max_size=64), length=st.integers(0, 80))
def test_no_bytes_at_all_make_the_header_s_reader_fail_otherwise(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, length: int
) -> None:
    folder = tmp_path_factory.mktemp("model")
    for name, content in PARTS.items():
        (folder / name).write_bytes(content)
    (folder / "model.safetensors").write_bytes(length.to_bytes(8, "little") + data)
    with pytest.raises(CodekilnError) as caught:
        read_model(Ref("model", "0" * 32), folder)
    assert caught.value.reason == "MODEL_INCOMPLETE"
