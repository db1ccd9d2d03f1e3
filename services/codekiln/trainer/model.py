"""The decoder: Qwen3's shape (RMSNorm, QK-norm, SwiGLU, rotary positions, grouped-query attention, tied head).

Names in the state dict are those of transformers' Qwen3ForCausalLM, so that an export is a plain save and both
transformers and vLLM load it untouched. Forward only returns logits; it keeps no cache: serving is vLLM's work.
"""

# The type checker does not follow torch, so nn.Module is Any to it.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from codekiln.trainer.spec import NORM_EPSILON, ROPE_THETA, ModelShape

_INIT_STD = 0.02


class RMSNorm(nn.Module):
    """Scales to unit root mean square, then by a learned weight; over the last dimension."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        return F.rms_norm(x, self.weight.shape, self.weight.to(x.dtype), NORM_EPSILON)


class Attention(nn.Module):
    """Causal attention in which `heads / kv_heads` query heads share a key and value head."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.head_dim = shape.head_dim
        self.q_proj = nn.Linear(shape.hidden_size, shape.heads * shape.head_dim, bias=False)
        self.k_proj = nn.Linear(shape.hidden_size, shape.kv_heads * shape.head_dim, bias=False)
        self.v_proj = nn.Linear(shape.hidden_size, shape.kv_heads * shape.head_dim, bias=False)
        self.o_proj = nn.Linear(shape.heads * shape.head_dim, shape.hidden_size, bias=False)
        self.q_norm = RMSNorm(shape.head_dim)
        self.k_norm = RMSNorm(shape.head_dim)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        q, k, v = (self._heads(project(x)) for project in (self.q_proj, self.k_proj, self.v_proj))
        q, k = rotate(self.q_norm(q), cos, sin), rotate(self.k_norm(k), cos, sin)
        q, k, v = (heads.transpose(1, 2) for heads in (q, k, v))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=q.shape[1] != k.shape[1])
        return self.o_proj(mixed.transpose(1, 2).flatten(2))

    def _heads(self, x: Tensor) -> Tensor:
        """(batch, time, heads * head_dim) to (batch, time, heads, head_dim)."""
        return x.unflatten(-1, (-1, self.head_dim))


class MLP(nn.Module):
    """SwiGLU."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.gate_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.up_proj = nn.Linear(shape.hidden_size, shape.intermediate_size, bias=False)
        self.down_proj = nn.Linear(shape.intermediate_size, shape.hidden_size, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Block(nn.Module):
    """Attention and MLP, each on a normalised copy and added back."""

    def __init__(self, shape: ModelShape) -> None:
        super().__init__()
        self.input_layernorm = RMSNorm(shape.hidden_size)
        self.self_attn = Attention(shape)
        self.post_attention_layernorm = RMSNorm(shape.hidden_size)
        self.mlp = MLP(shape)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        x = x + self.self_attn(self.input_layernorm(x), cos, sin)
        return x + self.mlp(self.post_attention_layernorm(x))


class Body(nn.Module):
    """Embedding, blocks, last norm: what a Qwen3 checkpoint calls `model`."""

    def __init__(self, shape: ModelShape, vocab_size: int) -> None:
        super().__init__()
        self.embed_tokens = nn.Embedding(vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = RMSNorm(shape.hidden_size)


class Decoder(nn.Module):
    """Token ids in, logits out."""

    cos: Tensor
    sin: Tensor

    def __init__(self, shape: ModelShape, vocab_size: int) -> None:
        super().__init__()
        self.model = Body(shape, vocab_size)
        cos, sin = rotary(shape.max_position, shape.head_dim)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, time) ids to (batch, time, vocabulary) logits."""
        x = self.model.embed_tokens(ids)
        time = ids.shape[1]
        cos, sin = self.cos[:time].to(x.dtype), self.sin[:time].to(x.dtype)
        for block in self.model.layers:
            x = block(x, cos, sin)
        return F.linear(self.model.norm(x), self.model.embed_tokens.weight)

    def initialize(self, seed: int) -> None:
        """Weights that depend on the seed only. What writes to the residual stream starts smaller, as in GPT-2."""
        generator = torch.Generator().manual_seed(seed)
        small = _INIT_STD / math.sqrt(2 * len(self.model.layers))
        for name, weight in self.named_parameters():
            if weight.ndim == 2:
                std = small if name.endswith(("o_proj.weight", "down_proj.weight")) else _INIT_STD
                nn.init.normal_(weight, std=std, generator=generator)

    def matrices(self) -> Iterator[tuple[str, nn.Parameter]]:
        """The weights of the blocks that multiply: all but embedding and norms."""
        return ((n, p) for n, p in self.named_parameters() if p.ndim == 2 and "embed_tokens" not in n)


def rotary(positions: int, head_dim: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines, (positions, 1, head_dim / 2): they are equal for all heads."""
    frequencies = 1.0 / ROPE_THETA ** (torch.arange(0, head_dim, 2, dtype=torch.float32) / head_dim)
    angles = torch.outer(torch.arange(positions, dtype=torch.float32), frequencies)[:, None]
    return angles.cos(), angles.sin()


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions on (batch, time, heads, head_dim), first half against second half as Qwen3 pairs them."""
    first, second = x.chunk(2, dim=-1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), dim=-1)


def flops_per_token(shape: ModelShape, vocab_size: int, sequence_length: int) -> int:
    """Of forward and backward: 6 per weight that multiplies (the head too) and 12 per layer, width and position."""
    attention = (2 * shape.heads + 2 * shape.kv_heads) * shape.head_dim * shape.hidden_size
    multiplied = (
        shape.layers * (attention + 3 * shape.hidden_size * shape.intermediate_size) + vocab_size * shape.hidden_size
    )
    return 6 * multiplied + 12 * shape.layers * shape.heads * shape.head_dim * sequence_length
