"""Dask: runs one function over many tasks, on processes of this machine or on a scheduler that the settings name.

The only file of cleaning that knows Dask, imported when there is work: importing it takes a second. Tasks and results
are small plain data; rows stay in the store.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import dask
import distributed
from distributed.diagnostics.plugin import WorkerPlugin

from codekiln.core.errors import Unavailable
from codekiln.core.jobs.worker import parent_death_signal
from codekiln.core.settings import Settings

T = TypeVar("T")

_CONNECT_SECONDS = 5
_WORKERS_SECONDS = 120
_POLL_SECONDS = 0.5
_TOPIC = "codekiln-bytes-done"
_CONFIG = {
    "distributed.worker.memory.target": False,  # tasks hold their own memory; there is nothing for Dask to spill
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.worker.daemon": True,
    "distributed.admin.log-length": 0,
    "distributed.scheduler.allowed-failures": 3,
}


class Cluster:
    """Where tasks run."""

    def __init__(self, client: distributed.Client) -> None:
        self._client = client

    def map(
        self, function: Callable[[T, Callable[[int], None]], Any], tasks: Sequence[T], progress: Callable[[int], None]
    ) -> list[Any]:
        """Results in the order of tasks. `progress` gets the bytes done so far, from this thread, about twice a second.

        Raises what a task raised; a task whose process died is tried three times more.
        """
        done: dict[int, int] = {}
        topic = f"{_TOPIC}-{time.monotonic_ns()}"

        def on_event(event: Any) -> None:
            _, (index, amount) = event
            done[index] = max(done.get(index, 0), amount)

        self._client.subscribe_topic(topic, on_event)
        futures = [
            self._client.submit(_run, function, task, index, topic, pure=False, retries=0)
            for index, task in enumerate(tasks)
        ]
        try:
            _wait(futures, lambda: progress(sum(done.copy().values())))
            return list(self._client.gather(futures))
        except distributed.KilledWorker as error:
            raise Unavailable(
                f"the process of a cleaning task died several times, most likely for want of memory: {error}. "
                "Give workers more memory or the job fewer workers",
                reason="DASK_WORKER_DIED",
            ) from error
        except OSError as error:
            raise Unavailable(f"the Dask cluster went away: {error}", reason="DASK_LOST") from error
        finally:
            self._client.cancel(futures)
            self._client.unsubscribe_topic(topic)


@contextmanager
def open_cluster(settings: Settings) -> Iterator[Cluster]:
    """A cluster on this machine, or the one behind `settings.dask_scheduler`.

    Raises Unavailable where the scheduler does not answer or has no workers.
    """
    with dask.config.set(_CONFIG):
        if settings.dask_scheduler:
            with _connected(settings.dask_scheduler) as client:
                yield Cluster(client)
            return
        workers = settings.workers or len(os.sched_getaffinity(0))
        with (
            distributed.LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",  # None would take port 8787
                memory_limit=0,
                silence_logs=logging.CRITICAL,
            ) as local,
            distributed.Client(local) as client,
        ):
            client.register_plugin(_DieWithParent(os.getpid()))
            yield Cluster(client)


class _DieWithParent(WorkerPlugin):  # type: ignore[misc]
    """Worker processes of a killed job must not stay behind."""

    name = "codekiln-die-with-parent"

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def setup(self, worker: Any) -> None:
        parent_death_signal(parent=self._parent)


@contextmanager
def _connected(address: str) -> Iterator[distributed.Client]:
    try:
        client = distributed.Client(address, timeout=_CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise Unavailable(
            f"the Dask scheduler at {address} does not answer: start it, or set CODEKILN_DASK_SCHEDULER to where it is "
            "(empty for a cluster on this machine)",
            reason="DASK_UNREACHABLE",
            address=address,
        ) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=_WORKERS_SECONDS)
        except TimeoutError as error:
            raise Unavailable(
                f"the Dask scheduler at {address} has no workers after {_WORKERS_SECONDS} seconds: start some",
                reason="DASK_NO_WORKERS",
                address=address,
            ) from error
        yield client


def _wait(futures: list[Any], tell: Callable[[], None]) -> None:
    """Until all have ended, or one has failed."""
    left = set(futures)
    while left:
        try:
            ended, left = distributed.wait(left, timeout=_POLL_SECONDS, return_when="FIRST_COMPLETED")
        except TimeoutError:
            ended = set()
        if any(future.status == "error" for future in ended):
            return
        tell()


def _run(function: Callable[[T, Callable[[int], None]], Any], task: T, index: int, topic: str) -> Any:
    """Runs in a worker process."""
    worker = distributed.get_worker()
    done, last = 0, time.monotonic()

    def report(amount: int) -> None:
        nonlocal done, last
        done += amount
        now = time.monotonic()
        if now - last >= _POLL_SECONDS:
            last = now
            worker.log_event(topic, (index, done))

    result = function(task, report)
    worker.log_event(topic, (index, done))
    return result
