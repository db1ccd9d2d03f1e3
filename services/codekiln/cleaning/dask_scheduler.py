"""The Dask scheduler of a cluster: `python -m codekiln.cleaning.dask_scheduler`. Holds no rows and no secret.

Whoever reaches its port runs code on the workers: only cleaning's job pods and the workers may.
"""

from __future__ import annotations

import asyncio

from codekiln.cleaning.dask_process import host_and_port, listening, port_in_use, run_dask
from codekiln.core.settings import Settings
from codekiln.core.telemetry.logs import logger


async def _serve(settings: Settings, stop: asyncio.Event) -> int:
    from distributed import Scheduler

    host, port = host_and_port(settings.listen)
    scheduler = Scheduler(host=host, port=port, dashboard=False, dashboard_address=settings.metrics_listen)
    try:
        await scheduler
    except (OSError, RuntimeError) as error:
        raise port_in_use(settings.listen, "CODEKILN_LISTEN") from error
    listening(settings, scheduler)
    await stop.wait()
    await scheduler.close(reason="asked to stop")
    logger("server").info("stopped")
    return 0


if __name__ == "__main__":
    run_dask("dask-scheduler", _serve)
