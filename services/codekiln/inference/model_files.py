"""A model artifact on local disk, checked for completeness before an engine spends a minute on it."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekiln.core.artifacts import Ref, fetch_part, open_artifact
from codekiln.core.errors import DataLoss, FailedPrecondition
from codekiln.core.store.interface import ObjectStore
from codekiln.inference.fim import FimTemplate, fim_template
from codekiln.inference.tokenization import PromptTokenizer

_LONGEST_HEADER = 100 << 20
"""The safetensors format's own bound."""


@dataclass(frozen=True)
class ModelFiles:
    """Where the files lie, and what serving must know of them."""

    ref: Ref
    folder: Path
    architectures: tuple[str, ...]
    max_length: int
    stop_ids: tuple[int, ...]
    tokenizer: PromptTokenizer
    fim: FimTemplate | None
    kv_bytes_per_token: int
    """Of key-value cache in fp32; 0 where the configuration does not tell."""
    shape: tuple[int, int, int] = (0, 0, 0)
    """Attention heads, key-value heads, inner size: what GPUs that share the model divide; 0 where not known."""


def fetch_model(store: ObjectStore, ref: Ref, cache: Path) -> ModelFiles:
    """Brings the model to `cache/<digest>`, keeping what is there already, and checks it.

    Raises NotFound, DataLoss, and FailedPrecondition (MODEL_INCOMPLETE, TOKENIZER_UNREADABLE).
    """
    folder = cache / ref.digest
    for part in open_artifact(store, ref).parts:
        fetch_part(store, part, folder / part.name)
    return read_model(ref, folder)


def read_model(ref: Ref, folder: Path) -> ModelFiles:
    """The model in a folder. Raises FailedPrecondition where something is missing, DataLoss where it is unreadable."""
    try:
        return _read(ref, folder)
    except (FailedPrecondition, DataLoss) as error:
        raise type(error)(f"{ref}: {error.message}", reason=error.reason, model=ref) from error


def _read(ref: Ref, folder: Path) -> ModelFiles:
    config = _json(folder / "config.json")
    tensors = dict(_tensors(folder))
    for name, shape in _expected(config):
        if name not in tensors:
            raise _incomplete(f"tensor `{name}` is missing")
        if tensors[name] != shape:
            raise _incomplete(f"tensor `{name}` has shape {tensors[name]}, config.json says {shape}")
    path = folder / "codekiln.json"
    codekiln = _json(path) if path.exists() else {}
    if not (folder / "tokenizer.json").exists():
        raise _incomplete("tokenizer.json is missing")
    tokenizer = PromptTokenizer(folder / "tokenizer.json", codekiln.get("special_tokens", {}))
    if tokenizer.vocab_size > config.get("vocab_size", 0):
        sentence = f"the tokenizer has {tokenizer.vocab_size} entries, the model {config.get('vocab_size')}"
        raise _incomplete(f"{sentence}: they do not belong together")
    max_length = config.get("max_position_embeddings")
    if not isinstance(max_length, int) or max_length < 2:
        raise _incomplete(f"max_position_embeddings in config.json is `{max_length}`")
    stops = tokenizer.special_ids | _eos(config)
    fim = fim_template(codekiln)
    return ModelFiles(
        ref=ref,
        folder=folder,
        architectures=tuple(config.get("architectures") or ()),
        max_length=max_length,
        stop_ids=tuple(sorted(stops)),
        tokenizer=tokenizer,
        fim=fim,
        kv_bytes_per_token=_kv_bytes(config),
        shape=_shape(config),
    )


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise _incomplete(f"{path.name} is missing") from None
    except ValueError as error:
        raise _incomplete(f"{path.name} is not JSON ({error})") from error
    if not isinstance(value, dict):
        raise _incomplete(f"{path.name} is not a JSON object")
    return value


def _tensors(folder: Path) -> Iterator[tuple[str, list[int]]]:
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        raise _incomplete("it has no .safetensors file")
    for path in paths:
        for name, entry in _header(path).items():
            if name != "__metadata__":
                yield name, entry["shape"]


def _header(path: Path) -> dict[str, Any]:
    """The safetensors header: 8 bytes of length, JSON, then the tensors up to the last offset."""
    size = path.stat().st_size
    with path.open("rb") as file:
        length = struct.unpack("<Q", file.read(8))[0] if size >= 8 else size
        if 8 + length > size or length > _LONGEST_HEADER:
            raise _incomplete(f"{path.name} is cut off: {size} bytes do not hold its header")
        try:
            header = json.loads(file.read(length))
            end = max(entry["data_offsets"][1] for name, entry in header.items() if name != "__metadata__")
        except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
            raise _incomplete(f"the header of {path.name} cannot be read ({error})") from error
    if 8 + length + end != size:
        raise _incomplete(f"{path.name} has {size} bytes, its header says {8 + length + end}")
    return dict(header)


def _expected(config: dict[str, Any]) -> Iterator[tuple[str, list[int]]]:
    """Names and shapes of the tensors of a Qwen3 model, which is what our trainer makes.

    Nothing for other architectures: their loader in vLLM says what is missing.
    """
    if config.get("model_type") != "qwen3":
        return
    try:
        hidden, inner, vocabulary = (config[key] for key in ("hidden_size", "intermediate_size", "vocab_size"))
        heads, kv_heads = config["num_attention_heads"], config["num_key_value_heads"]
        layers, size = config["num_hidden_layers"], config.get("head_dim") or hidden // heads
    except (KeyError, TypeError) as error:
        raise _incomplete(f"config.json lacks {error}") from error
    yield "model.embed_tokens.weight", [vocabulary, hidden]
    yield "model.norm.weight", [hidden]
    if not config.get("tie_word_embeddings"):
        yield "lm_head.weight", [vocabulary, hidden]
    for layer in range(layers):
        at = f"model.layers.{layer}."
        yield at + "input_layernorm.weight", [hidden]
        yield at + "post_attention_layernorm.weight", [hidden]
        yield at + "self_attn.q_proj.weight", [heads * size, hidden]
        yield at + "self_attn.k_proj.weight", [kv_heads * size, hidden]
        yield at + "self_attn.v_proj.weight", [kv_heads * size, hidden]
        yield at + "self_attn.o_proj.weight", [hidden, heads * size]
        yield at + "self_attn.q_norm.weight", [size]
        yield at + "self_attn.k_norm.weight", [size]
        yield at + "mlp.gate_proj.weight", [inner, hidden]
        yield at + "mlp.up_proj.weight", [inner, hidden]
        yield at + "mlp.down_proj.weight", [hidden, inner]


def _kv_bytes(config: dict[str, Any]) -> int:
    try:
        heads = config["num_attention_heads"]
        size = config.get("head_dim") or config["hidden_size"] // heads
        return int(config["num_hidden_layers"] * 2 * config.get("num_key_value_heads", heads) * size * 4)
    except (KeyError, TypeError):
        return 0


def _shape(config: dict[str, Any]) -> tuple[int, int, int]:
    heads, kv_heads, inner = (
        int(config.get(key) or 0) for key in ("num_attention_heads", "num_key_value_heads", "intermediate_size")
    )
    return heads, kv_heads, inner


def _eos(config: dict[str, Any]) -> set[int]:
    value = config.get("eos_token_id")
    return {value} if isinstance(value, int) else set(value or ())


def _incomplete(what: str) -> FailedPrecondition:
    return FailedPrecondition(f"{what}. Publish the model again from its training run", reason="MODEL_INCOMPLETE")
