"""What a cleaning of terabytes would take: `python -m bench.scale --terabytes 6 --workers 64 256 1024`.

Measures a real cleaning here first (a phase at a time, one worker), and what Dask's scheduler needs for a task; then
plays every stage task by task on N workers, with sizes that differ, a store that answers after a while and gives so
much a second to all together, and workers that are taken away. docs/scale.md has what it printed and what follows.
"""

from __future__ import annotations

import argparse
import heapq
import json
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.cleaning.corpus import installed_documents
from bench.cleaning.costs import by_step
from bench.cleaning.scaling import UNIT, clean
from codekiln.cleaning.cluster import open_cluster
from codekiln.core.settings import Settings

FILE_BYTES = 8_200
"""The mean file of The Stack v2's deduplicated set: 6.46 TB in 784 million files (paper, section 3)."""
FILES_PER_PART = 1 << 18
LATENCY = 0.02
"""Seconds until the first byte of a small read."""
AT_ONCE = 16
WORKER_BYTES = 200e6
STORE_BYTES = 20e9
"""Bytes a second: of one worker's network, of the store together."""
SPREAD = 0.3
"""Standard deviation of the logarithm of a task's size."""
LOST_AN_HOUR = 0.02
"""Share of workers that are taken away in an hour; what they were at is done again."""


@dataclass(frozen=True)
class Stage:
    """Tasks alike but for their size: CPU seconds, bytes and small reads of the mean one."""

    name: str
    tasks: int
    cpu: float
    bytes: float
    requests: float = 0.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--terabytes", type=float, default=6.0, help="of the corpus; 6 by default")
    parser.add_argument("--shard-bytes", type=float, default=1e9, help="of the corpus; 1 GB by default")
    parser.add_argument("--workers", type=int, nargs="+", default=[16, 64, 256, 1024])
    parser.add_argument("--units", type=float, default=4, help="times 25 MB that are cleaned to measure; 4 by default")
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    arguments = parser.parse_args()
    costs = measure(arguments.units)
    print("measured here, CPU seconds a GB: " + ", ".join(f"{k} {v:.0f}" for k, v in costs["phases"].items()))
    print(f"and {1000 * costs['task']:.1f} ms of the scheduler for a task")
    print("of filter, by step: " + ", ".join(f"{k} {v:.1f}" for k, v in costs["steps"].items()) + "\n")
    stages = plan(arguments.terabytes * 1e12, arguments.shard_bytes, costs["phases"])
    print(f"{'hours with workers':<28}" + "".join(f"{n:>10}" for n in arguments.workers))
    hours: dict[int, dict[str, float]] = {n: {} for n in arguments.workers}
    for stage in stages:
        for n in arguments.workers:
            hours[n][stage.name] = simulate(stage, n, costs["task"]) / 3600
        row = "".join(f"{hours[n][stage.name]:>10.2f}" for n in arguments.workers)
        print(f"{stage.name:<14}{stage.tasks:>8} tasks{row}")
    print(f"{'all':<28}" + "".join(f"{sum(hours[n].values()):>10.2f}" for n in arguments.workers))
    requests = sum(stage.tasks * stage.requests for stage in stages)
    print(f"\n{requests / 1e6:,.0f} million small reads")
    if arguments.json:
        print(json.dumps({**costs, "hours": hours, "requests": requests}))


def measure(units: float) -> dict[str, Any]:
    """CPU seconds a GB of each phase of a cleaning and of each step of `filter`; seconds of the scheduler a task."""
    done = clean(1, units, units)
    wall, phases = sum(done["phases"].values()), done["phases"]
    # With one worker, phases share the CPU seconds as they share the time.
    share = done["cpu_seconds"] / max(wall, done["seconds_with_start"])
    gigabytes = units * UNIT / 1e9
    return {
        "phases": {name: share * s / gigabytes for name, s in phases.items()},
        "steps": by_step(installed_documents(units * UNIT)),
        "task": _task_seconds(),
    }


def _task_seconds(count: int = 2000) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(service="cleaning", home=Path(folder), workers=1)
        with open_cluster(settings) as cluster:
            cluster.map(_nothing, [0], lambda _: None)
            start = time.monotonic()
            cluster.map(_nothing, range(count), lambda _: None)
            return (time.monotonic() - start) / count


def _nothing(number: int, store: Any, report: Any) -> dict[str, Any]:
    return {}


def plan(size: float, shard: float, phases: dict[str, float]) -> list[Stage]:
    """The stages of a cleaning of `size` bytes. Of the phase `duplicates` half is by shard, half by part."""
    shards, parts = max(1, round(size / shard)), max(1, round(size / FILE_BYTES / FILES_PER_PART))
    gigabytes, out = size / 1e9, max(1, round(size * 0.7 / (256 << 20)))
    duplicates = phases["duplicates"] * gigabytes / 2
    per_file = size / FILE_BYTES
    return [
        Stage("filter", shards, phases["filter"] * gigabytes / shards, 0.8 * shard),
        Stage("send", 2 * shards, duplicates / 2 / shards, 1100 * per_file / shards),
        Stage("link", 3 * parts, duplicates / 2 / parts / 3, 1000 * per_file / parts, 2 * shards),
        Stage("settle", 6 * parts, 0.1 * duplicates / parts / 6, 200 * per_file / parts, 2 * parts),
        Stage("join", 8 * parts, 0.1 * duplicates / parts / 8, 200 * per_file / parts, 2 * parts),
        Stage("arrange", shards, phases["arrange"] * gigabytes / shards, 1.5 * shard, 2 * parts),
        Stage("write", out, phases["write"] * gigabytes / out, 400e6, 4 * shards),
    ]


def simulate(stage: Stage, workers: int, task_seconds: float) -> float:
    """Seconds until the last task is done, each given to the worker that is free first."""
    chance = random.Random(stage.name)
    speed = min(WORKER_BYTES, STORE_BYTES / workers)
    free = [0.0] * min(workers, stage.tasks)
    started = 0.0
    for _ in range(stage.tasks):
        started += task_seconds  # the scheduler hands out one after the other
        size = chance.lognormvariate(-SPREAD * SPREAD / 2, SPREAD)
        seconds = size * (stage.cpu + stage.bytes / speed) + stage.requests * LATENCY / AT_ONCE
        while chance.random() < LOST_AN_HOUR * seconds / 3600:
            seconds += chance.random() * seconds
        heapq.heapreplace(free, max(free[0], started) + seconds)
    return max(free)


if __name__ == "__main__":
    main()
