"""A toy job. It travels as a codekiln.v1.BenchmarkSpec and makes a `benchmark`."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.core.errors import Violation


@dataclass(frozen=True)
class ToySpec:
    """`path` is the job's folder; `name` tells jobs of one folder apart; `sha256` is not used."""

    name: str = ""
    path: str = ""
    sha256: str = ""

    def check(self, path: str) -> list[Violation]:
        return [] if self.name else [Violation(f"{path}.name", "is required")]
