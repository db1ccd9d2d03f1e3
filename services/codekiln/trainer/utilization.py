"""Model FLOPs utilization: how much of what the device can multiply a training multiplies, 0 to 1.

Operations of a token, forward and backward, as PaLM counts them (Chowdhery et al., 2022, appendix B): 6 a weight, and
12 x layers x heads x head_dim x sequence_length for attention, though it is causal. A GPU that is known is taken at its
data sheet's dense bfloat16; any other device at what it does with large matrices when training begins.
"""

from __future__ import annotations

import time

import torch

from codekiln.trainer.spec import TrainerSpec
from codekiln.trainer.world import World

_DATA_SHEETS = (
    ("B200", 2250e12),
    ("H200", 989e12),
    ("H100 PCIe", 756e12),
    ("H100", 989e12),
    ("A100", 312e12),
    ("L40S", 362e12),
    ("L4", 121e12),
    ("A10", 125e12),
)
"""Operations a second by a part of the device's name; the first that fits counts."""
_SIDE, _REPEATS = 512, 5


class Utilization:
    """Of one training, over all its processes."""

    def __init__(self, spec: TrainerSpec, parameters: int, world: World) -> None:
        shape = spec.shape
        attention = 12 * shape.layers * shape.heads * shape.head_dim * spec.sequence_length
        self.operations_per_token = 6 * parameters + attention
        self._peak = _peak(world.device) * world.size

    def of(self, tokens_per_second: float) -> float:
        """The share, for tokens of all processes together."""
        return self.operations_per_token * tokens_per_second / self._peak


def _peak(device: torch.device) -> float:
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
        for part, peak in _DATA_SHEETS:
            if part in name:
                return peak
    return _measured(device)


def _measured(device: torch.device) -> float:
    """The best of a few; draws no random numbers, so that training is the same with and without it."""
    dtype = torch.bfloat16 if device.type == "cuda" else torch.float32
    a = torch.ones(_SIDE, _SIDE, device=device, dtype=dtype)
    best = float("inf")
    for _ in range(_REPEATS):
        start = time.perf_counter()
        (a @ a)[0, 0].item()  # waits for the device
        best = min(best, time.perf_counter() - start)
    return 2.0 * _SIDE**3 / best
