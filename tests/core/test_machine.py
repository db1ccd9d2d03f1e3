"""Cgroups are files: these tests lay them out as kernels and container runtimes do."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from codekiln.core.machine import cores, memory_bytes

HERE = len(os.sched_getaffinity(0))


def lay_out(root: Path, files: dict[str, str]) -> tuple[Path, Path]:
    """The folder where cgroups are mounted, and the file that says which are ours."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    return root / "cgroup", root / "own"


def quota(folder: str, microseconds: str) -> dict[str, str]:
    """Version 1's."""
    return {f"{folder}/cpu.cfs_quota_us": microseconds, f"{folder}/cpu.cfs_period_us": "100000"}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, HERE),
        ({"own": "0::/\n", "cgroup/cpu.max": "max 100000\n"}, HERE),
        ({"own": "0::/\n", "cgroup/cpu.max": "100000 100000\n"}, 1),
        ({"own": "0::/\n", "cgroup/cpu.max": "10000 100000\n"}, 1),
        ({"own": "0::/\n", "cgroup/cpu.max": f"{HERE - 1}50000 100000\n"}, HERE),
        ({"own": "0::/a/b\n", "cgroup/a/b/cpu.max": "100000 100000\n"}, 1),
        ({"own": "2:cpu,cpuacct:/\n", **quota("cgroup/cpu", "-1")}, HERE),
        ({"own": "2:cpu:/pod/as/its/machine/sees/it\n", **quota("cgroup/cpu", "50000")}, 1),
        ({"own": "2:cpu:/x\n", **quota("cgroup/cpu/x", "50000")}, 1),
    ],
)  # fmt: skip
def test_a_quota_of_cores_counts_and_not_what_the_machine_has(
    files: dict[str, str], expected: int, tmp_path: Path
) -> None:
    assert cores(*lay_out(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, math.inf),
        ({"own": "0::/\n", "cgroup/memory.max": "max\n"}, math.inf),
        ({"own": "0::/\n", "cgroup/memory.max": "1073741824\n"}, 1 << 30),
        ({"own": "4:memory:/pod/x\n", "cgroup/memory/memory.limit_in_bytes": "2147483648\n"}, 2 << 30),
        ({"own": "4:memory:/x\n", "cgroup/memory/x/memory.limit_in_bytes": "1073741824\n"}, 1 << 30),
    ],
)
def test_a_limit_of_memory_counts(files: dict[str, str], expected: float, tmp_path: Path) -> None:
    assert memory_bytes(*lay_out(tmp_path, files)) == expected
