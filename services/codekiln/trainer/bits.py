"""Bits per byte: how many bits the model needs for a byte of held-out source text; comparable between vocabularies.

The negative log-likelihood of tokens, in bits, divided by the bytes that those same tokens spell. Special tokens spell
none and are left out on both sides.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from codekiln.trainer.model import Decoder
from codekiln.trainer.shards import Shards
from codekiln.trainer.world import World

_WINDOWS_AT_ONCE = 8


@dataclass(frozen=True)
class Score:
    """Nats a token (`loss`) and bits a byte, over `tokens` tokens that spell `bytes` bytes."""

    loss: float
    bits_per_byte: float
    tokens: int
    bytes: int


def byte_lengths(ranks: Path, vocab_size: int) -> NDArray[np.int64]:
    """Bytes that each token spells, from tiktoken ranks: a line `base64 id` a token. Special tokens are not listed."""
    lengths = np.zeros(vocab_size, np.int64)
    for line in ranks.read_text().splitlines():
        if line:
            spelled, id = line.split()
            lengths[int(id)] = len(base64.b64decode(spelled))
    return lengths


def evaluate(model: Decoder, shards: Shards, windows: list[int], lengths: Tensor, world: World) -> Score:
    """Scores the model on windows, shared out over the processes."""
    with torch.no_grad():
        nats, tokens, spelled = world.sum(_totals(model, shards, windows, lengths, world)).tolist()
    return Score(nats / tokens, nats / math.log(2) / spelled, int(tokens), int(spelled))


def _totals(model: Decoder, shards: Shards, windows: list[int], lengths: Tensor, world: World) -> Tensor:
    """Nats, tokens and bytes of this process's share."""
    totals = torch.zeros(3, dtype=torch.float64, device=world.device)
    mine = windows[world.rank :: world.size]
    for first in range(0, len(mine), _WINDOWS_AT_ONCE):
        ids = np.stack([shards.window(number) for number in mine[first : first + _WINDOWS_AT_ONCE]])
        batch = torch.from_numpy(ids).to(world.device)
        targets = batch[:, 1:].flatten()
        with world.precision():
            logits = model(batch[:, :-1])
        each = F.cross_entropy(logits.flatten(0, 1).float(), targets, reduction="none")
        spelled = lengths[targets]
        counted = spelled > 0
        totals += torch.stack([each[counted].double().sum(), counted.sum(), spelled.sum()])
    return totals
