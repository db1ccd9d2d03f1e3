"""A Dask worker of a cluster: `python -m codekiln.cleaning.dask_worker`. One thread, no nanny: the pod supervises it.

Does tasks of cleaning for the scheduler of CODEKILN_DASK_SCHEDULER, for which it waits as long as it takes, with the
store of its own settings. SIGTERM: it leaves the scheduler first, so that its task counts as moved and not as failed.
Ends with status 1 where it loses the scheduler: it is to be started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import Any

from codekiln.cleaning.dask_process import host_and_port, listening, port_in_use, run_dask
from codekiln.core.errors import FailedPrecondition
from codekiln.core.settings import Settings
from codekiln.core.telemetry.logs import logger

_LEAVE_SECONDS = 10.0
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
"""Read by libraries when they are imported; without them each starts as many threads as the node has cores."""


async def _serve(settings: Settings, stop: asyncio.Event) -> int:
    if not settings.dask_scheduler:
        raise FailedPrecondition(
            "CODEKILN_DASK_SCHEDULER is not set: give the scheduler's address, `tcp://host:8786`", reason="NO_SCHEDULER"
        )
    log = logger("server")
    worker = _worker(settings)
    starting = asyncio.ensure_future(worker)
    stopping = asyncio.ensure_future(stop.wait())
    log.info("waiting", scheduler=settings.dask_scheduler)
    await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
    if stop.is_set():
        return 0
    try:
        await starting
    except (OSError, RuntimeError) as error:
        raise port_in_use(settings.listen, "CODEKILN_LISTEN") from error
    listening(settings, worker)
    ended = asyncio.ensure_future(worker.finished())
    await asyncio.wait([ended, stopping], return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        log.error("lost the scheduler", scheduler=settings.dask_scheduler)
        return 1
    with contextlib.suppress(OSError, TimeoutError):  # a scheduler that has gone needs no farewell
        await asyncio.wait_for(_leave(worker), _LEAVE_SECONDS)
    log.info("stopped")
    return 0


def _worker(settings: Settings) -> Any:
    os.environ.update({name: os.environ.get(name, "1") for name in _ONE_THREAD})
    from distributed import Worker
    from distributed.system import MEMORY_LIMIT

    host, port = host_and_port(settings.listen)
    settings.scratch.mkdir(parents=True, exist_ok=True)
    return Worker(
        settings.dask_scheduler,
        host=host,
        port=port,
        nthreads=1,
        memory_limit=MEMORY_LIMIT,  # the pod's; shown, not enforced: without a nanny only the kernel does that
        local_directory=str(settings.scratch),
        dashboard=False,
        dashboard_address=settings.metrics_listen,
    )


async def _leave(worker: Any) -> None:
    await worker.scheduler.retire_workers(
        workers=[worker.address], close_workers=False, remove=True, stimulus_id="asked-to-stop"
    )


if __name__ == "__main__":
    run_dask("dask-worker", _serve)
