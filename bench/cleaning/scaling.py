"""Whole cleanings on Dask, each in a process tree of its own that is watched: workers, memory, time.

The tree is everything that the job starts: Dask's scheduler and workers with it. Memory is the sum of its proportional
set sizes at the peak. CPU seconds leave out those of a cleaning of almost nothing: the start of the processes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from bench.cleaning.corpus import make_corpus
from bench.sampling import Sampler
from codekiln.core.settings import Settings
from codekiln.core.store import open_store

UNIT = 24e6
"""Bytes of 1x."""


def measure(largest: int = 16, workers_on: int = 4) -> dict[str, Any]:
    """`two_workers`, `rss_growth` (10x over 1x), `time_growth` (CPU seconds a byte, the largest over 1x)."""
    tenfold = min(10, largest)
    start = clean(1, 0.002)
    sizes = {times: clean(1, times) for times in sorted({1, 4, tenfold, largest})}
    one, two = sizes.get(workers_on) or clean(1, workers_on), clean(2, workers_on)
    if one["digests"] != two["digests"]:
        raise SystemExit("one worker and two gave other bytes")
    work = {times: run["cpu_seconds"] - start["cpu_seconds"] for times, run in sizes.items()}
    return {
        "two_workers": round(one["seconds"] / two["seconds"], 3),
        "rss_growth": round(sizes[tenfold]["peak_bytes"] / sizes[1]["peak_bytes"], 3),
        "time_growth": round(work[largest] / largest / work[1], 3),
        "peak_mb": {times: round(run["peak_bytes"] / 1e6) for times, run in sizes.items()},
        "cpu_seconds": {times: round(value, 1) for times, value in work.items()},
        "unit_mb": UNIT / 1e6,
    }


def clean(workers: int, times: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(service="bench", home=Path(folder)).store_url, None)
        corpus = make_corpus(store, UNIT * times)
        sampler = Sampler()
        thread = threading.Thread(target=sampler.run, daemon=True)
        thread.start()
        command = [sys.executable, "-m", "bench.cleaning.job", folder, str(corpus.ref), str(workers)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        sampler.stop()
        thread.join()
        if done.returncode:
            raise SystemExit(f"a cleaning failed:\n{done.stderr[-2000:]}")
        last = sampler.samples
        return {
            **json.loads(done.stdout.strip().splitlines()[-1]),
            "cpu_seconds": max(sample.cpu for sample in last),
            "peak_bytes": max(sample.pss for sample in last),
        }
