"""What to train, with the defaults and bounds of protos/codekiln/v1/trainer.proto."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.errors import Violation
from codekiln.core.spec import bounded, ref, to_json

CODE_VERSION = 1
"""Changes when the same specification would give another model."""

NORM_EPSILON = 1e-6
ROPE_THETA = 1e6
"""Qwen3's own base; the longest wavelength is far beyond our sequences, which costs nothing."""

_SAME_OUTPUT = ("tokens", "checkpoint_steps", "processes")
"""Fields that do not enter the identity of a model: the reference does so as an input, the others change no update."""


@dataclass(frozen=True)
class ModelShape:
    """Shape of a Qwen3 decoder with a tied head."""

    layers: int = bounded(6, low=1, high=128)
    hidden_size: int = bounded(256, low=8, high=16384)
    heads: int = bounded(4, low=1, high=256)
    kv_heads: int = bounded(2, low=1, high=256)
    head_dim: int = bounded(64, low=8, high=256)
    intermediate_size: int = bounded(704, low=8, high=65536)
    max_position: int = bounded(1024, low=16, high=131072)

    def check(self, path: str) -> list[Violation]:
        violations = []
        if self.heads % self.kv_heads:
            violations.append(
                Violation(f"{path}.kv_heads", f"must divide heads, and {self.kv_heads} does not divide {self.heads}")
            )
        if self.head_dim % 2:
            violations.append(Violation(f"{path}.head_dim", f"must be even for rotary positions, got {self.head_dim}"))
        return violations


@dataclass(frozen=True)
class TrainerSpec:
    """One training run."""

    tokens: Ref = ref("tokens")
    shape: ModelShape = field(default_factory=ModelShape)
    steps: int = bounded(300, low=1, high=10_000_000)
    sequence_length: int = bounded(256, low=16, high=131072)
    batch_size: int = bounded(16, low=1, high=65536)
    learning_rate: float = bounded(0.003, low=0.0, high=10.0)
    warmup_steps: int = bounded(20, low=0, high=1_000_000)
    decay_share: float = bounded(0.4, low=0.0, high=1.0)
    weight_decay: float = bounded(0.1, low=0.0, high=10.0)
    clip_norm: float = bounded(1.0, low=1e-6, high=1e6)
    fim_rate: float = bounded(0.5, low=0.0, high=1.0)
    checkpoint_steps: int = bounded(50, low=1, high=1_000_000)
    seed: int = bounded(0)
    processes: int = bounded(1, low=1, high=1024)

    def check(self, path: str) -> list[Violation]:
        violations = []
        if self.sequence_length > self.shape.max_position:
            violations.append(
                Violation(
                    f"{path}.sequence_length",
                    f"must be at most shape.max_position, {self.shape.max_position}, got {self.sequence_length}",
                )
            )
        if self.batch_size % self.processes:
            violations.append(
                Violation(
                    f"{path}.batch_size",
                    f"must be a multiple of processes, and {self.batch_size} is none of {self.processes}",
                )
            )
        return violations

    def parameters(self) -> dict[str, Any]:
        """What makes one model differ from another made from the same tokens."""
        return {name: value for name, value in to_json(self).items() if name not in _SAME_OUTPUT}
