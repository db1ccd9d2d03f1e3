"""A tiny Qwen3-shaped model as an artifact, and an engine of a few lines that speaks like vLLM's."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any

import numpy as np
from safetensors.numpy import save
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

from codekiln.core.artifacts import Draft, Key, Manifest
from codekiln.core.errors import Unavailable
from codekiln.core.store import ObjectStore
from codekiln.inference.engine import Delta
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.sampling import Sampling

SPECIAL_TOKENS = tuple(
    f"<|{name}|>"
    for name in ("endoftext", "fim_prefix", "fim_middle", "fim_suffix", "fim_pad", "repo_name", "file_sep")
)
CONFIG: dict[str, Any] = {
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "dtype": "float32",
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "hidden_act": "silu",
    "max_position_embeddings": 256,
    "rms_norm_eps": 1e-6,
    "rope_theta": 1e6,
    "tie_word_embeddings": True,
    "attention_bias": False,
    "use_cache": True,
}


def tokenizer() -> Tokenizer:
    """A byte-level BPE of a few merges, special tokens last."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=290, initial_alphabet=alphabet, show_progress=False)
    made.train_from_iterator(["def add(a, b):\n    return a + b\n" for _ in range(9)], trainer)
    made.add_special_tokens(list(SPECIAL_TOKENS))
    return made


def description(made: Tokenizer) -> dict[str, Any]:
    """What the tokenizer stage writes as codekiln.json."""

    def special(name: str) -> dict[str, Any]:
        return {"token": f"<|{name}|>", "id": made.token_to_id(f"<|{name}|>")}

    return {
        "vocab_size": made.get_vocab_size(),
        "special_tokens": {token: made.token_to_id(token) for token in SPECIAL_TOKENS},
        "end_of_text": special("endoftext"),
        "fim": {
            "order": ["prefix", "suffix", "middle"],
            "prefix": special("fim_prefix"),
            "suffix": special("fim_suffix"),
            "middle": special("fim_middle"),
        },
    }


def shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    """Tensors of the model, as transformers' Qwen3ForCausalLM names them."""
    found: dict[str, tuple[int, ...]] = {"model.embed_tokens.weight": (vocabulary, 64), "model.norm.weight": (64,)}
    for layer in range(CONFIG["num_hidden_layers"]):
        at = f"model.layers.{layer}"
        found |= {
            f"{at}.input_layernorm.weight": (64,),
            f"{at}.post_attention_layernorm.weight": (64,),
            f"{at}.self_attn.q_proj.weight": (128, 64),
            f"{at}.self_attn.k_proj.weight": (64, 64),
            f"{at}.self_attn.v_proj.weight": (64, 64),
            f"{at}.self_attn.o_proj.weight": (64, 128),
            f"{at}.self_attn.q_norm.weight": (32,),
            f"{at}.self_attn.k_norm.weight": (32,),
            f"{at}.mlp.gate_proj.weight": (128, 64),
            f"{at}.mlp.up_proj.weight": (128, 64),
            f"{at}.mlp.down_proj.weight": (64, 128),
        }
    return found


def weights(seed: int = 0) -> dict[str, Any]:
    """Random, but wide enough apart that greedy decoding is stable."""
    random = np.random.default_rng(seed)
    vocabulary = tokenizer().get_vocab_size()
    return {
        name: np.ones(shape, np.float32) if len(shape) == 1 else random.normal(0, 0.1, shape).astype(np.float32)
        for name, shape in shapes(vocabulary).items()
    }


def model_parts(seed: int = 0) -> dict[str, bytes]:
    """The parts of a `model` artifact by name."""
    made = tokenizer()
    end = made.token_to_id("<|endoftext|>")
    return {
        "config.json": _json({**CONFIG, "vocab_size": made.get_vocab_size(), "eos_token_id": end}),
        "model.safetensors": save(weights(seed), {"format": "pt"}),
        "generation_config.json": _json({"eos_token_id": end, "temperature": 0.6}),
        "tokenizer.json": made.to_str().encode(),
        "tokenizer_config.json": _json(
            {"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": "<|endoftext|>", "pad_token": "<|fim_pad|>"}
        ),
        "codekiln.json": _json(description(made)),
    }


def publish_model(store: ObjectStore, parts: dict[str, bytes | None] | None = None, *, seed: int = 0) -> Manifest:
    """Publishes the model with some parts replaced; None leaves a part out."""
    changed = sorted((parts or {}).items())
    draft = Draft(store, Key("model", 1, {"seed": seed, "changed": [[name, repr(data)] for name, data in changed]}))
    for name, data in {**model_parts(seed), **dict(changed)}.items():
        if data is not None:
            draft.add_bytes(name, data)
    return draft.publish()


class EchoEngine:
    """Says the prompt's tokens one by one, as their numbers, until max_tokens; a gate holds it back after each.

    Follows the contract that VllmEngine follows: n completions interleaved, stop texts cut off, closing ends it.
    """

    def __init__(self, files: ModelFiles) -> None:
        self.files = files
        self.gate = asyncio.Event()
        self.gate.set()
        self.running = 0
        self.stopped = False
        self.prompts: list[list[int]] = []
        self.samplings: list[Sampling] = []
        self._dead = asyncio.Event()

    async def generate(
        self, prompt: Sequence[int], sampling: Sampling, stop_ids: Sequence[int]
    ) -> AsyncIterator[Delta]:
        self.prompts.append(list(prompt))
        self.samplings.append(sampling)
        self.running += 1
        try:
            for number in range(min(sampling.max_tokens, len(prompt))):
                text = f"{prompt[number]} "
                last = number + 1 == min(sampling.max_tokens, len(prompt))
                for index in range(sampling.n):
                    if self._dead.is_set():
                        raise Unavailable("the engine died", reason="ENGINE_DIED")
                    stopped = any(stop in text for stop in sampling.stop)
                    finish = (
                        "stop" if stopped or (last and len(prompt) < sampling.max_tokens) else "length" if last else ""
                    )
                    yield Delta(index, "" if stopped else text, 1, finish)
                if stopped:
                    return
                await self.gate.wait()
        finally:
            self.running -= 1

    async def died(self) -> None:
        await self._dead.wait()

    async def stop(self) -> None:
        self.stopped = True

    def die(self) -> None:
        self._dead.set()


def _json(value: Any) -> bytes:
    return json.dumps(value).encode()
