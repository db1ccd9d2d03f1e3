"""The wall around jailed processes: resource limits, Landlock, seccomp.

A zygote goes in first, and its children inherit what it cannot leave: a filter installed once instead of per run saves
a third of a millisecond each. What would stop the zygote from forking is left to `enter`, which each child calls.
Works without privileges; root gives its own up first (linux.py).
"""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Iterator

from codekiln.evaluation.sandbox import landlock
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.seccomp import forbid_fork, install_filter

_OPEN_FILES = 32
_FOREIGN = ("site-packages", "dist-packages")
"""Inside the standard library's folder on some systems; what is installed there may hold a benchmark's solutions."""


class Jail:
    """`cpu_seconds` is where the kernel steps in, should the runner not have."""

    def __init__(self, cpu_seconds: float) -> None:
        self._cpu_seconds = math.ceil(cpu_seconds) + 1

    def close(self, limits: Limits, scratch: str | None) -> None:
        """Shuts the calling zygote in, for good. Only `scratch` may be written to. Raises OSError."""
        for kind, most in _inherited_limits(limits):
            resource.setrlimit(kind, (most, most))
        landlock.restrict_self(_readable(), scratch)
        install_filter()

    def enter(self) -> None:
        """Completes the wall in the calling child. Raises OSError."""
        resource.setrlimit(resource.RLIMIT_CPU, (self._cpu_seconds, self._cpu_seconds))
        resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        if os.getuid() == 0:  # whom that limit does not bind
            forbid_fork()


def _inherited_limits(limits: Limits) -> list[tuple[int, int]]:
    with open("/proc/self/statm") as file:
        warm = int(file.read().split()[0]) * resource.getpagesize()
    return [
        (resource.RLIMIT_AS, warm + limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ]


def standard_library() -> list[str]:
    """Folders of this interpreter's own modules; in a runner's process nothing else is on the path."""
    return [folder for folder in sys.path if os.path.isdir(folder)]


def _readable() -> Iterator[str]:
    for folder in standard_library():
        names = os.listdir(folder)
        if any(name in names for name in _FOREIGN):
            yield from (os.path.join(folder, name) for name in sorted(names) if name not in _FOREIGN)
        else:
            yield folder
