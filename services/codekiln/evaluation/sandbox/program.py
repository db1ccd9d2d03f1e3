"""A program to judge, and the limits it runs under."""

from __future__ import annotations

from typing import NamedTuple

# Named tuples here and in outcome.py: dataclasses imports a library's worth of modules, and every fork copies them.


class Program(NamedTuple):
    """A candidate's whole source, and what judges it.

    `test` defines `check(candidate)`, as HumanEval's problems do. `prompt` is the problem's own text: functions that it
    defines beside the entry point can be used by the test.
    """

    source: str
    prompt: str
    test: str
    entry_point: str


class Limits(NamedTuple):
    """What one program may use."""

    cpu_seconds: float = 3.0
    """Decides a timeout: CPU time hardly depends on what else the machine does."""
    wall_factor: float = 5.0
    """Wall time is this many times the CPU time; for programs that sleep or wait."""
    memory_bytes: int = 512 << 20
    """Address space beyond the warm interpreter's."""
    output_bytes: int = 1 << 20
    """To stdout and stderr together."""
    file_bytes: int = 1 << 20
    """Of one file."""
    scratch_bytes: int = 16 << 20
    """Of all files."""
    scratch_files: int = 64

    @property
    def wall_seconds(self) -> float:
        return self.cpu_seconds * self.wall_factor
