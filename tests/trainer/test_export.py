from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from codekiln.core.errors import FailedPrecondition
from codekiln.trainer import export
from codekiln.trainer.card import model_card
from codekiln.trainer.model import Decoder, flops_per_token
from codekiln.trainer.spec import ModelShape, TrainerSpec

from .material import TINY, VOCAB_SIZE, special_tokens, tokenizer

SUMMARY: dict[str, Any] = {
    "parameters": 35040,
    "steps": 12,
    "tokens_seen": 1536,
    "seconds": 1.0,
    "tokens_per_second": 1536.0,
    "loss_start": 6.2,
    "loss_end": 5.0,
    "bits_per_byte_start": 3.9,
    "bits_per_byte_end": 3.1,
    "fim_rate": 0.5,
}


@pytest.fixture
def model() -> Decoder:
    model = Decoder(TINY, VOCAB_SIZE)
    model.initialize(0)
    # Larger weights than a fresh model's, so that attention and rotary positions matter to the logits.
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn(weight.shape, generator=torch.Generator().manual_seed(1)) * 0.2)
    return model


@pytest.fixture
def folder(model: Decoder, tmp_path: Path) -> Path:
    save_file(model.state_dict(), tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "tokenizer.json").write_text(tokenizer().to_str())
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>"}
    (tmp_path / "tokenizer_config.json").write_text(json.dumps(config))
    export.write(tmp_path, TrainerSpec(shape=TINY), VOCAB_SIZE, special_tokens(), SUMMARY, {"MIT": 3})
    return tmp_path


def test_transformers_computes_our_logits(model: Decoder, folder: Path) -> None:
    from transformers import AutoModelForCausalLM

    theirs, loading = AutoModelForCausalLM.from_pretrained(folder, output_loading_info=True)
    assert not any(loading[name] for name in ("missing_keys", "unexpected_keys", "mismatched_keys"))
    assert type(theirs).__name__ == "Qwen3ForCausalLM" and theirs.dtype == torch.float32
    ids = torch.randint(0, VOCAB_SIZE, (3, 50), generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        ours, reference = model(ids), theirs(ids).logits
    assert (ours - reference).abs().max() <= 1e-5
    assert reference.std() > 0.5
    assert theirs.generation_config.eos_token_id == special_tokens()["<|endoftext|>"]


def test_transformers_reads_text_as_our_tokenizer_does(folder: Path) -> None:
    from transformers import AutoTokenizer

    theirs = AutoTokenizer.from_pretrained(folder)
    text = "def f(x):\n    return x + 1<|endoftext|>"
    assert theirs(text).input_ids == tokenizer().encode(text).ids
    assert theirs.eos_token_id == special_tokens()["<|endoftext|>"]


def test_an_export_is_complete_and_has_the_head_once(model: Decoder, folder: Path) -> None:
    export.verify(folder)
    header = export.header(folder / "model.safetensors")
    assert {name: tensor["shape"] for name, tensor in header.items()} == export.tensors(TINY, VOCAB_SIZE)
    assert export.parameters(TINY, VOCAB_SIZE) == sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize("name", ["model.embed_tokens.weight", "model.layers.1.self_attn.k_norm.weight"])
def test_a_missing_tensor_is_named(folder: Path, name: str) -> None:
    tensors = load_file(folder / "model.safetensors")
    del tensors[name]
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(FailedPrecondition, match=f"the tensor `{name}` is missing") as caught:
        export.verify(folder)
    assert caught.value.reason == "MODEL_INCOMPLETE"


def test_a_misshapen_tensor_is_named(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    tensors["model.norm.weight"] = torch.ones(7)
    save_file(tensors, folder / "model.safetensors")
    with pytest.raises(FailedPrecondition, match=r"`model.norm.weight` is \[7\] where config.json asks for \[32\]"):
        export.verify(folder)


@pytest.mark.parametrize("kept", [0, 4, 100, -1])
def test_weights_that_are_cut_short_are_noticed(folder: Path, kept: int) -> None:
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:kept])
    with pytest.raises(FailedPrecondition, match="cut short"):
        export.verify(folder)


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "config.json").unlink()
    with pytest.raises(FailedPrecondition, match=r"the file `config.json` is missing"):
        export.verify(folder)


def test_the_card_says_what_it_was_made_from_and_what_it_is_not_good_for() -> None:
    licenses = {"MIT": 20, "Apache-2.0": 10} | {f"LicenseRef-{number:02d}": 1 for number in range(30)}
    card = model_card(TrainerSpec(), VOCAB_SIZE, SUMMARY, licenses)
    assert "Do not use it for work" in card and "| MIT | 20 |" in card and "| 12 more | 12 |" in card
    assert "| 3.9000 | 3.1000 |" in card and "12 steps of 16 x 256 tokens" in card
    assert "came without licences" in model_card(TrainerSpec(), VOCAB_SIZE, SUMMARY, {})


def test_flops_of_the_published_shapes_are_those_of_the_published_table() -> None:
    """12 layers of 768 with 8 d^2 of MLP at 2,048 positions: 887 MFLOP a token, as computed by hand."""
    shape = ModelShape(12, 768, 12, 12, 64, 2048, 2048)
    assert round(flops_per_token(shape, 32768, 2048) / 1e6) == 887
