"""What to train and how to pack, with the defaults and bounds of protos/codekiln/v1/tokenizer.proto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.spec import bounded, ref, to_json

SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|fim_pad|>",
    "<|repo_name|>",
    "<|file_sep|>",
)
"""The last ids of every vocabulary, in this order."""

MAX_TRAINING_BYTES = 8_000_000_000
"""The trainer of `tokenizers` counts pairs in 32 signed bits (huggingface/tokenizers#2058): above some 11 GB of code
the pair of two spaces overflows and is silently never merged."""

_BYTES = 256


@dataclass(frozen=True)
class TokenizerSpec:
    """One vocabulary."""

    dataset: Ref = ref("dataset")
    vocab_size: int = bounded(32768, low=_BYTES + len(SPECIAL_TOKENS), high=262144)
    max_bytes: int = bounded(0, low=0, high=MAX_TRAINING_BYTES)
    seed: int = bounded(0)

    def parameters(self) -> dict[str, Any]:
        """What makes one vocabulary differ from another of the same dataset."""
        return {name: value for name, value in to_json(self).items() if name != "dataset"}


@dataclass(frozen=True)
class TokensSpec:
    """One packed dataset."""

    dataset: Ref = ref("dataset")
    tokenizer: Ref = ref("tokenizer")
    held_out_share: float = bounded(0.02, low=0.0001, high=0.5)
    shard_tokens: int = bounded(8388608, low=1024, high=1 << 30)
    seed: int = bounded(0)

    def parameters(self) -> dict[str, Any]:
        """What makes one packing differ from another of the same dataset and vocabulary."""
        return {name: value for name, value in to_json(self).items() if name not in ("dataset", "tokenizer")}
