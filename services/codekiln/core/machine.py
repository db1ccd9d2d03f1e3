"""How much of this machine this process may use: cores and memory, by its cgroups.

A container sees all cores of its machine and all its memory; what it may use is in its cgroups, version 1 or 2.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")


def cores(cgroups: Path = _CGROUPS, own: Path = Path("/proc/self/cgroup")) -> int:
    """Those that this process may run on, and that its quota lets it keep busy, rounded up."""
    quotas = [_share(*_read(folder / "cpu.max")) for folder in _folders("", cgroups, own)]
    for folder in _folders("cpu", cgroups, own):
        quotas.append(_share(*_read(folder / "cpu.cfs_quota_us"), *_read(folder / "cpu.cfs_period_us")))
    return max(1, math.ceil(min(len(os.sched_getaffinity(0)), *quotas)))


def memory_bytes(cgroups: Path = _CGROUPS, own: Path = Path("/proc/self/cgroup")) -> float:
    """The limit of this process's cgroup; infinite where there is none."""
    words = [_read(folder / "memory.max") for folder in _folders("", cgroups, own)]
    words += [_read(folder / "memory.limit_in_bytes") for folder in _folders("memory", cgroups, own)]
    return min((float(word) for (word, *_) in filter(None, words) if word.isdecimal()), default=math.inf)


def _folders(controller: str, cgroups: Path, own: Path) -> Iterator[Path]:
    """Where limits of this process may be. Version 2 has no controller in its lines, and one tree for all.

    Inside a container the path may be as its machine sees it; the limits are then those of the mounted root.
    """
    tree = cgroups / controller
    yield tree
    for line in _lines(own):
        _, controllers, path = line.split(":", 2)
        if controller in controllers.split(","):
            yield tree / path.lstrip("/")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except OSError:
        return []


def _read(file: Path) -> list[str]:
    """Its words; none where there is no such limit."""
    return [word for line in _lines(file) for word in line.split()]


def _share(quota: str = "max", period: str = "") -> float:
    """Cores, of a quota of microseconds in each period. `max` and -1 are no limit."""
    return int(quota) / int(period) if quota.isdecimal() and period.isdecimal() else math.inf
