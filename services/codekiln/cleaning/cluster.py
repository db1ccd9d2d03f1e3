"""Dask: runs one function over many tasks, on processes of this machine or on a scheduler that the settings name.

What a worker does for a task is in dask_task.py, what the Deployments of a cluster run in dask_scheduler.py and
dask_worker.py. Imported when there is work: importing it takes a second. Tasks and results are small plain data; rows
stay in the store.
"""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import dask
import distributed
from distributed.client import ClosedClientError
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.utils import CancelledError

from codekiln import __version__
from codekiln.cleaning.dask_process import CONFIG
from codekiln.cleaning.dask_task import Function, Origin, run_task
from codekiln.cleaning.dask_versions import check_versions
from codekiln.core.errors import Unavailable
from codekiln.core.jobs.worker import parent_death_signal
from codekiln.core.machine import cores
from codekiln.core.settings import Settings

T = TypeVar("T")

_CONNECT_SECONDS = 5
_PATIENCE_SECONDS = 120.0
_POLL_SECONDS = 0.5
_RESULT_SECONDS = 30.0
"""For a result to come from its worker: some kilobytes."""
_TOPIC = "codekiln-bytes-done"


class Cluster:
    """Where tasks run."""

    def __init__(self, client: distributed.Client, origin: Origin, patience: float = _PATIENCE_SECONDS) -> None:
        """`patience`: seconds without any worker before tasks are given up."""
        self._client, self._origin, self._patience = client, origin, patience

    def map(
        self,
        function: Function[T],
        tasks: Sequence[T],
        progress: Callable[[int], None],
        finished: Callable[[Any], Any] = lambda result: result,
    ) -> list[Any]:
        """Results in the order of tasks. `progress` gets the bytes done so far, from this thread, about twice a second.

        `finished` gets each result as it comes, before `progress` is told; what it returns is kept in its place, and
        neither worker nor scheduler keeps the result.
        Raises what a task raised, and Unavailable where the cluster fails; a task whose process died is tried three
        times more.
        """
        done: dict[int, int] = {}
        topic = f"{_TOPIC}-{time.monotonic_ns()}"

        def on_event(event: Any) -> None:
            _, (index, amount) = event
            done[index] = max(done.get(index, 0), amount)

        futures: dict[str, Any] = {}
        try:
            self._client.subscribe_topic(topic, on_event)
            # As one graph: Dask then queues on the scheduler what no worker is free for.
            asked = self._client.map(
                run_task,
                range(len(tasks)),
                tasks,
                function=function,
                topic=topic,
                origin=self._origin,
                pure=False,
                retries=0,
            )
            futures |= {future.key: future for future in asked}
            del asked
            return self._results(futures, lambda: progress(sum(done.copy().values())), finished)
        except distributed.KilledWorker as error:
            raise Unavailable(
                f"the process of a cleaning task died {error.allowed_failures + 1} times, at "
                f"{error.last_worker.address} last: most likely for want of memory. Give each worker more memory, or "
                "fewer workers to one machine",
                reason="DASK_WORKER_DIED",
            ) from error
        except (OSError, CancelledError, ClosedClientError) as error:
            # Cancelled is how Dask tells that its scheduler was lost; nobody here cancels while waiting.
            raise Unavailable(f"the Dask cluster went away: {error}", reason="DASK_LOST") from error
        finally:
            with contextlib.suppress(OSError, CancelledError, ClosedClientError):
                self._client.cancel(list(futures.values()))
                self._client.unsubscribe_topic(topic)

    def _results(self, futures: dict[str, Any], tell: Callable[[], None], finished: Callable[[Any], Any]) -> list[Any]:
        """In the order of `futures`, each of which is let go when its result is here.

        Raises what one raised, and Unavailable where nobody works on them any more.
        """
        ended: SimpleQueue[Any] = SimpleQueue()
        keys = list(futures)
        # Asked again and again, distributed.wait would leave a coroutine a future behind each time.
        for future in futures.values():
            future.add_done_callback(ended.put)
        results: dict[str, Any] = {}
        last_worker = last_told = time.monotonic()
        while futures:
            came = _next_result(ended)
            if came is not None:
                key, result = came
                results[key] = finished(result)
                futures.pop(key).release()
                last_worker = time.monotonic()
            elif self._workers():
                last_worker = time.monotonic()
            elif time.monotonic() - last_worker > self._patience:
                raise _no_workers(self._client.scheduler.address, self._patience)
            if time.monotonic() - last_told >= _POLL_SECONDS:
                last_told = time.monotonic()
                tell()
        return [results[key] for key in keys]

    def _workers(self) -> int:
        known = self._client.scheduler_info(n_workers=0)
        if "n_workers" not in known:
            raise OSError("the scheduler was lost")
        return int(known["n_workers"])


def _next_result(ended: SimpleQueue[Any]) -> tuple[str, Any] | None:
    """The key and the result of a future that has ended, None where none has for a while. Raises what a task raised."""
    try:
        future = ended.get(timeout=_POLL_SECONDS)
    except Empty:
        return None
    try:
        return future.key, future.result(_RESULT_SECONDS)
    except TimeoutError:
        if future.status == "error":
            raise
        ended.put(future)  # its worker went before it was asked: another one does the task again
        return None


@contextmanager
def open_cluster(settings: Settings, patience: float = _PATIENCE_SECONDS) -> Iterator[Cluster]:
    """A cluster on this machine, or the one behind `settings.dask_scheduler`.

    Raises Unavailable where the scheduler does not answer, has no workers for `patience` seconds, or another version.
    """
    with dask.config.set(CONFIG):
        if settings.dask_scheduler:
            with _connected(settings.dask_scheduler, patience) as client:
                yield Cluster(client, Origin(__version__, settings.store_url, None), patience)
            return
        workers = settings.workers or cores()
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
            yield Cluster(client, Origin(__version__, settings.store_url, settings), patience)


class _DieWithParent(WorkerPlugin):  # type: ignore[misc]
    """Worker processes of a killed job must not stay behind."""

    name = "codekiln-die-with-parent"

    def __init__(self, parent: int) -> None:
        self._parent = parent

    def setup(self, worker: Any) -> None:
        parent_death_signal(parent=self._parent)


@contextmanager
def _connected(address: str, patience: float) -> Iterator[distributed.Client]:
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
            client.wait_for_workers(1, timeout=patience)
            versions = client.get_versions()
        except TimeoutError as error:
            raise _no_workers(address, patience) from error
        except OSError as error:
            raise Unavailable(f"the Dask cluster went away: {error}", reason="DASK_LOST") from error
        check_versions(versions)
        yield client


def _no_workers(address: str, seconds: float) -> Unavailable:
    return Unavailable(
        f"the Dask scheduler at {address} has had no workers for {seconds:.0f} seconds: start some, or see why their "
        "pods do not run",
        reason="DASK_NO_WORKERS",
        address=address,
    )
