"""How many programs fit here at once: by the cores and the memory that this process may use."""

from __future__ import annotations

from codekiln.evaluation.sandbox.program import Limits

_OWN_BYTES = 256 << 20
"""Of the process that starts the runners."""
_RUN_BYTES = 256 << 20
"""Beside what a program may take: runner, zygotes, the test, files in memory."""


def programs_at_once(limits: Limits, cores: int, memory: float) -> int:
    """At least one."""
    by_memory = (memory - _OWN_BYTES) // (limits.memory_bytes + _RUN_BYTES)
    # One more than there are cores: the processes of a run wait for each other, and another run fills the gaps.
    return int(max(1, min(cores + 1, by_memory)))
