"""Whole cleanings on Dask, each in a process tree of its own that is watched: workers, memory, time.

The tree is everything that the job starts: Dask's scheduler and workers with it. Memory is the sum of its proportional
set sizes at the peak, in runs of their own: to ask for it takes time that two workers do not have to spare.
"""

from __future__ import annotations

import json
import statistics
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

UNIT = 25e6
"""Bytes of 1x."""
_FULL = 1.6
"""Times UNIT: from here on tasks hold whole shards of 16 MB, of a corpus and of a dataset."""


def measure(largest: int = 16) -> dict[str, Any]:
    """Of one worker by size, and of two on the largest; every size has the same mix of languages and lengths.

    `rss_growth`: the peak of the largest over that of 40 MB, 10 times less by default; `time_growth`: CPU seconds of
    the largest over what the line through 1x and 4x, each the median of three, says of it; `two_workers`: wall time of
    one over that of two, without the start of processes. The small ones are before, between and after the large: a
    shared machine is slower in one minute than in the next.
    """
    small = [_small(largest)]
    one = clean(1, largest, largest)
    small.append(_small(largest))
    two = clean(2, largest, largest)
    small.append(_small(largest))
    if one["digests"] != two["digests"]:
        raise SystemExit("one worker and two gave other bytes")
    work = {times: statistics.median(run[times]["cpu_seconds"] for run in small) for times in (1, 4)}
    work[largest] = one["cpu_seconds"]
    size = {1: small[0][1]["bytes"], 4: small[0][4]["bytes"], largest: one["bytes"]}
    rate = (work[4] - work[1]) / (size[4] - size[1])
    peaks = {times: clean(1, times, largest, memory=True)["peak_bytes"] for times in (_FULL, largest)}
    return {
        "two_workers": round(one["seconds"] / two["seconds"], 3),
        "rss_growth": round(peaks[largest] / peaks[_FULL], 3),
        "time_growth": round(work[largest] / (work[1] + rate * (size[largest] - size[1])), 3),
        "mb": {times: round(bytes_ / 1e6) for times, bytes_ in size.items()},
        "peak_mb": {round(UNIT * times / 1e6): round(peak / 1e6) for times, peak in peaks.items()},
        "cpu_seconds": {times: round(value, 1) for times, value in work.items()},
        "phases": {"one": one["phases"], "two": two["phases"]},
    }


def _small(largest: int) -> dict[int, dict[str, Any]]:
    """1x and 4x, by one worker."""
    return {times: clean(1, times, largest) for times in (1, 4)}


def clean(workers: int, times: float, largest: int, *, memory: bool = False) -> dict[str, Any]:
    """One cleaning: what the job says, and `cpu_seconds`, `peak_bytes` of its tree, `bytes` of the corpus."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Settings(service="bench", home=Path(folder)).store_url, None)
        corpus = make_corpus(store, UNIT * times, UNIT * largest)
        sampler = Sampler(memory)
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
            "bytes": corpus.summary["bytes"],
            "cpu_seconds": max(sample.cpu for sample in last),
            "peak_bytes": max(sample.pss for sample in last),
        }
