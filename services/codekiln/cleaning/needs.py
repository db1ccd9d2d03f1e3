"""What steps need beside the spec."""

from __future__ import annotations

from dataclasses import dataclass

from codekiln.cleaning.contamination.problems import Problems


@dataclass(frozen=True)
class Needs:
    """The benchmarks' problems, and the secret key of the substitutes."""

    problems: Problems
    key: bytes
