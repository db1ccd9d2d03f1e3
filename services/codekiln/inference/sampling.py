"""How tokens are drawn: the proto's `Sampling` with defaults and bounds."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.core.errors import Violation
from codekiln.core.spec import bounded

_MOST_STOPS = 16
_LONGEST_STOP = 256


@dataclass(frozen=True)
class Sampling:
    """A temperature of 0 is greedy. With a seed, completion i of n draws from seed + i."""

    max_tokens: int = bounded(128, low=1, high=1 << 20)
    temperature: float = bounded(0.2, low=0.0, high=2.0)
    top_p: float = bounded(0.95, low=0.0, high=1.0)
    seed: int | None = bounded(None, low=0, high=1 << 62)
    stop: tuple[str, ...] = ()
    n: int = bounded(1, low=1, high=64)

    def check(self, path: str) -> list[Violation]:
        violations = []
        if self.top_p == 0:
            violations.append(Violation(f"{path}.top_p", "must be above 0: use temperature 0 for greedy decoding"))
        if len(self.stop) > _MOST_STOPS:
            violations.append(Violation(f"{path}.stop", f"must have at most {_MOST_STOPS} texts, got {len(self.stop)}"))
        for number, text in enumerate(self.stop):
            # vLLM holds back as many characters of the stream as the longest stop text has.
            if not 1 <= len(text) <= _LONGEST_STOP:
                sentence = f"must have 1 to {_LONGEST_STOP} characters, got {len(text)}"
                violations.append(Violation(f"{path}.stop[{number}]", sentence))
        return violations
