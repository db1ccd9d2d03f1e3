"""What a worker's process does for one task of a job: opens the job's store, runs the function, tells how far it is."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import distributed
import pyarrow as pa

from codekiln import __version__
from codekiln.core.errors import FailedPrecondition, Unavailable
from codekiln.core.settings import Settings, load_settings
from codekiln.core.store import ObjectStore, open_store

T = TypeVar("T")
Report = Callable[[int], None]
"""Called with the bytes done since the last call."""
Function = Callable[[T, ObjectStore, Report], Any]

_REPORT_SECONDS = 0.5


@dataclass(frozen=True)
class Origin:
    """The job that a task comes from. `settings` are for workers of the job's own machine; others have theirs."""

    version: str
    store_url: str
    settings: Settings | None

    def open_store(self) -> ObjectStore:
        """In a worker's process. Raises Unavailable and FailedPrecondition where it cannot work for this job."""
        if self.settings is not None:
            return open_store(self.store_url, self.settings.store_credentials())
        own = load_settings("dask-worker")
        if __version__ != self.version:
            # While versions roll over, the next attempt is started by the new one.
            raise Unavailable(
                f"a Dask worker has codekiln {__version__}, the job {self.version}: run both from one version",
                reason="DASK_VERSION_MISMATCH",
            )
        if own.store_url != self.store_url:
            raise FailedPrecondition(
                f"a Dask worker has the store {own.store_url}, the job {self.store_url}: set CODEKILN_STORE of the "
                "workers to the job's",
                reason="DASK_STORE_MISMATCH",
            )
        return open_store(own.store_url, own.store_credentials())


def run_task(index: int, task: T, *, function: Function[T], topic: str, origin: Origin) -> Any:
    """Reports on `topic` pairs of `index` and the bytes done so far."""
    store = origin.open_store()
    worker = distributed.get_worker()
    done, last = 0, time.monotonic()

    def report(amount: int) -> None:
        nonlocal done, last
        done += amount
        now = time.monotonic()
        if now - last >= _REPORT_SECONDS:
            last = now
            worker.log_event(topic, (index, done))

    result = function(task, store, report)
    pa.default_memory_pool().release_unused()  # and so the heap's free end, since its pool is the system's
    worker.log_event(topic, (index, done))
    return result
