"""What Dask's own processes, scheduler and worker, have in common: configuration, logs, a clean end.

Their settings come from CODEKILN_* alone, and they answer /metrics and /health on the metrics address, nothing else.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any, NoReturn

import dask

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.settings import Settings, load_settings
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import configure_logs, logger

ENVIRONMENT = {
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "262144",
    "OMP_NUM_THREADS": "1",  # this and the next two as Dask sets them: a worker has a core
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""Of a worker. Its memory is that of one task where what is large goes back when it is freed.

Arrow's own allocator keeps 50 MB and more, and glibc's keeps holes: its threshold grows to 32 MB unless it is set.
"""

CONFIG: dict[str, Any] = {
    "distributed.nanny.pre-spawn-environ": ENVIRONMENT,
    "distributed.worker.memory.target": False,  # tasks hold their own memory; there is nothing for Dask to spill
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    "distributed.worker.daemon": True,
    "distributed.worker.profile.enabled": False,  # looks at every task a hundred times a second
    "distributed.admin.tick.interval": "500ms",  # of each process's own health; fifty a second are 5 % of a core
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.log-length": 0,
    "distributed.scheduler.allowed-failures": 3,
    "distributed.scheduler.worker-saturation": 1.0,  # what waits, waits on the scheduler: late workers find it there
}
_PAGES = {
    f"distributed.{kind}.http.routes": [f"distributed.http.{kind}.prometheus", "distributed.http.health"]
    for kind in ("scheduler", "worker")
}

Serve = Callable[[Settings, asyncio.Event], Coroutine[Any, Any, int]]
"""Runs until the event is set or it cannot go on, and returns the exit status."""


def run_dask(name: str, serve: Serve) -> NoReturn:
    """Runs `serve` until SIGTERM or SIGINT; exits 2 with one sentence where it cannot start."""
    if ENVIRONMENT.items() - os.environ.items():
        # Read when a process starts, so this one starts again, as the same process.
        os.execve(sys.executable, sys.orig_argv, {**os.environ, **ENVIRONMENT})
    try:
        settings = load_settings(name)
        configure_logs(settings)
        with dask.config.set({**CONFIG, **_PAGES}):
            asyncio.run(_until_signal(settings, serve))
    except CodekilnError as error:
        print(f"codekiln {name}: {error.message}", file=sys.stderr)
    _exit(2)


async def _until_signal(settings: Settings, serve: Serve) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    import distributed  # noqa: F401  # sets the levels of its loggers when it is imported

    logging.getLogger("distributed").setLevel(logging.WARNING)
    metrics.show_build(settings.service)
    # asyncio.run would wait for a task's thread. It cannot be stopped, and another worker does the task again.
    _exit(await serve(settings, stop))


def _exit(status: int) -> NoReturn:
    sys.stderr.flush()
    os._exit(status)


def host_and_port(address: str) -> tuple[str, int]:
    """Of a setting's host:port."""
    host, _, port = address.rpartition(":")
    return host.strip("[]"), int(port)


def listening(settings: Settings, server: Any) -> None:
    """Tells where a started scheduler or worker listens. Raises FailedPrecondition where its pages had to move."""
    host, wanted = host_and_port(settings.metrics_listen)
    port = server.services["dashboard"].port
    if wanted not in (0, port):
        raise port_in_use(settings.metrics_listen, "CODEKILN_METRICS_LISTEN")
    addresses = {"dask": str(server.address), "metrics": f"{host}:{port}"}
    logger("server").info("listening", **addresses)
    if settings.address_file is not None:
        settings.address_file.parent.mkdir(parents=True, exist_ok=True)
        temporary = settings.address_file.with_suffix(".tmp")
        temporary.write_text(json.dumps({"service": settings.service, "pid": os.getpid(), **addresses}))
        temporary.replace(settings.address_file)


def port_in_use(address: str, variable: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"{address} is in use or not an address of this machine: stop what listens there, or choose another with "
        f"{variable}",
        reason="PORT_IN_USE",
    )
