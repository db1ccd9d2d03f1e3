"""What may be asked of an evaluation, with the defaults and bounds of protos/codekiln/v1/evaluation.proto."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.errors import Violation
from codekiln.core.spec import bounded, ref, to_json

_MOST_K = 16
_ELSEWHERE = ("model", "benchmark", "inference_endpoint")
"""References are inputs of the key; where the model is served does not change what it says."""
_CANONICAL = ("timeout_seconds", "canonical")


@dataclass(frozen=True)
class EvaluationSpec:
    """One model on one benchmark, or with `canonical` the benchmark's own solutions."""

    model: Ref | None = ref("model", required=False)
    benchmark: Ref = ref("benchmark")
    inference_endpoint: str = ""
    samples_per_problem: int = bounded(1, low=1, high=1000)
    k: tuple[int, ...] = (1,)
    temperature: float = bounded(0.0, low=0.0, high=2.0)
    top_p: float = bounded(0.95, low=0.0, high=1.0)
    max_tokens: int = bounded(256, low=1, high=8192)
    timeout_seconds: float = bounded(3.0, low=0.1, high=600.0)
    seed: int = bounded(0, low=0, high=1 << 31)
    canonical: bool = False

    def check(self, path: str) -> list[Violation]:
        violations = []
        if self.model is None and not self.canonical:
            sentence = (
                "is required: a reference such as `model:<digest>`. Only with `canonical` there is no model to ask"
            )
            violations.append(Violation(f"{path}.model", sentence))
        if len(self.k) > _MOST_K:
            violations.append(Violation(f"{path}.k", f"must have at most {_MOST_K} sizes, got {len(self.k)}"))
        for i, k in enumerate(self.k):
            if not 1 <= k <= self.samples:
                sentence = f"must be between 1 and samples_per_problem ({self.samples}), got {k}"
                violations.append(Violation(f"{path}.k[{i}]", sentence))
        if self.top_p == 0:
            sentence = "must be above 0: use temperature 0 for greedy decoding"
            violations.append(Violation(f"{path}.top_p", sentence))
        return violations

    @property
    def samples(self) -> int:
        """Solutions of a problem; its own one is all there is with `canonical`."""
        return 1 if self.canonical else self.samples_per_problem

    @property
    def inputs(self) -> tuple[Ref, ...]:
        """What the report is made from."""
        return (self.benchmark,) if self.model is None or self.canonical else (self.model, self.benchmark)

    @property
    def parameters(self) -> dict[str, Any]:
        """What makes one report differ from another of the same inputs."""
        values = to_json(self)
        if self.canonical:
            return {name: values[name] for name in _CANONICAL}
        return {name: value for name, value in values.items() if name not in _ELSEWHERE}
