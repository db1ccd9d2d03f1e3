"""The model as a folder in Hugging Face form that transformers (Qwen3ForCausalLM) and vLLM load untouched.

Writes and checks all that is not a tensor, without torch; the ranks leave the weights. The head is the embedding, so
the file has no `lm_head.weight`.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from codekiln.core.errors import FailedPrecondition
from codekiln.trainer.card import model_card
from codekiln.trainer.spec import NORM_EPSILON, ROPE_THETA, ModelShape, TrainerSpec

_WEIGHTS = "model.safetensors"


def write(
    folder: Path,
    spec: TrainerSpec,
    vocab_size: int,
    special_tokens: dict[str, int],
    summary: dict[str, Any],
    licenses: dict[str, int],
) -> None:
    """config.json, generation_config.json and README.md beside the weights."""
    end, pad = special_tokens["<|endoftext|>"], special_tokens.get("<|fim_pad|>", special_tokens["<|endoftext|>"])
    _write_json(folder / "config.json", model_config(spec.shape, vocab_size, end, pad))
    _write_json(folder / "generation_config.json", {"eos_token_id": end, "pad_token_id": pad})
    (folder / "README.md").write_text(model_card(spec, vocab_size, summary, licenses))


def model_config(shape: ModelShape, vocab_size: int, end: int, pad: int) -> dict[str, Any]:
    """Fields of transformers' Qwen3Config; `dtype` is what it called `torch_dtype` before version 5."""
    return {
        "architectures": ["Qwen3ForCausalLM"],
        "model_type": "qwen3",
        "dtype": "float32",
        "vocab_size": vocab_size,
        "hidden_size": shape.hidden_size,
        "intermediate_size": shape.intermediate_size,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.kv_heads,
        "head_dim": shape.head_dim,
        "max_position_embeddings": shape.max_position,
        "hidden_act": "silu",
        "rms_norm_eps": NORM_EPSILON,
        "rope_parameters": {"rope_type": "default", "rope_theta": ROPE_THETA},
        "attention_bias": False,
        "attention_dropout": 0.0,
        "use_sliding_window": False,
        "tie_word_embeddings": True,
        "use_cache": True,
        "bos_token_id": None,
        "eos_token_id": end,
        "pad_token_id": pad,
    }


def tensors(shape: ModelShape, vocab_size: int) -> dict[str, list[int]]:
    """Name and size of every tensor of a model of this shape."""
    width, queries, keys = shape.hidden_size, shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    block = {
        "input_layernorm": [width],
        "self_attn.q_proj": [queries, width],
        "self_attn.k_proj": [keys, width],
        "self_attn.v_proj": [keys, width],
        "self_attn.o_proj": [width, queries],
        "self_attn.q_norm": [shape.head_dim],
        "self_attn.k_norm": [shape.head_dim],
        "post_attention_layernorm": [width],
        "mlp.gate_proj": [shape.intermediate_size, width],
        "mlp.up_proj": [shape.intermediate_size, width],
        "mlp.down_proj": [width, shape.intermediate_size],
    }
    layers = {f"model.layers.{i}.{name}.weight": size for i in range(shape.layers) for name, size in block.items()}
    return {"model.embed_tokens.weight": [vocab_size, width], **layers, "model.norm.weight": [width]}


def parameters(shape: ModelShape, vocab_size: int) -> int:
    """Weights, the tied head counted once."""
    return sum(math.prod(size) for size in tensors(shape, vocab_size).values())


def verify(folder: Path) -> None:
    """Raises FailedPrecondition (MODEL_INCOMPLETE) that names the first file or tensor that is missing or misshapen."""
    for name in ("config.json", _WEIGHTS, "tokenizer.json"):
        if not (folder / name).is_file():
            raise _incomplete(folder, f"the file `{name}` is missing")
    config = json.loads((folder / "config.json").read_text())
    found = header(folder / _WEIGHTS)
    for name, size in tensors(_shape(config), config["vocab_size"]).items():
        if name not in found:
            raise _incomplete(folder, f"the tensor `{name}` is missing from {_WEIGHTS}")
        if found[name]["shape"] != size:
            raise _incomplete(
                folder, f"the tensor `{name}` is {found[name]['shape']} where config.json asks for {size}"
            )


def header(path: Path) -> dict[str, Any]:
    """What a safetensors file says it holds: 8 bytes of length, little-endian, then JSON."""
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if length > path.stat().st_size - 8:
            raise _incomplete(path.parent, f"{path.name} is cut short")
        found: dict[str, Any] = json.loads(file.read(length))
    found.pop("__metadata__", None)
    end = max((tensor["data_offsets"][1] for tensor in found.values()), default=0)
    if path.stat().st_size != 8 + length + end:
        raise _incomplete(path.parent, f"{path.name} is cut short")
    return found


def _shape(config: dict[str, Any]) -> ModelShape:
    return ModelShape(
        layers=config["num_hidden_layers"],
        hidden_size=config["hidden_size"],
        heads=config["num_attention_heads"],
        kv_heads=config["num_key_value_heads"],
        head_dim=config["head_dim"],
        intermediate_size=config["intermediate_size"],
        max_position=config["max_position_embeddings"],
    )


def _incomplete(folder: Path, what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"the model in {folder} is incomplete: {what}. Copy it again whole, or train it again",
        reason="MODEL_INCOMPLETE",
    )


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")
