"""serve(): one codekiln service as a process.

    def main() -> None:
        serve("tokenizer", lambda server, backend: [...names of the services registered...])

Listens, offers health and reflection, serves metrics, reconciles jobs, and on SIGTERM or SIGINT says NOT_SERVING, lets
calls in flight finish and exits 0. Jobs do not notice. How a process listens is listening.py; this adds store and jobs.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

import grpc

from codekiln.core.errors import Unavailable
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.choosing import choose_launcher
from codekiln.core.rpc.artifact_service import Artifacts
from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.job_service import Jobs
from codekiln.core.rpc.listening import Listener, run, stop_event
from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore, open_store
from codekiln.core.telemetry.logs import logger
from codekiln.v1 import artifact_pb2_grpc, job_pb2_grpc

_STORE_SECONDS = 20.0

Register = Callable[[grpc.aio.Server, Backend], list[str]]
"""Adds a service's own servicers and returns their full names."""


class Beside(Protocol):
    """What a process serves beside gRPC, such as an HTTP endpoint."""

    async def start(self, backend: Backend) -> dict[str, str]:
        """Returns its addresses by name."""
        ...

    def drain(self) -> None:
        """Take nothing new; what is in flight goes on."""
        ...

    async def stop(self) -> None:
        """Calls in flight have ended, or their time is up."""
        ...


def serve(
    name: str,
    register: Register,
    *,
    jobs: bool = True,
    worker: str = "",
    beside: Beside | None = None,
) -> None:
    """Runs until SIGTERM or SIGINT, then exits 0; exits 2 with one sentence where it cannot start.

    `jobs` adds JobService and a reconciler; their workers run the module `worker`, `codekiln.<name>.worker` when empty.
    `beside` is what else the process serves.
    """
    run(name, partial(_serve, register=register, with_jobs=jobs, worker=worker, beside=beside))


async def _serve(settings: Settings, register: Register, with_jobs: bool, worker: str, beside: Beside | None) -> None:
    log, stop = logger("server"), stop_event()
    store = open_store(settings.store_url, settings.store_credentials())
    await _probe(store, settings)
    repository = JobRepository(store, settings.service)
    reconciler = Reconciler(repository, choose_launcher(settings), settings, worker)
    listener = Listener(settings)
    backend = Backend(settings, store, repository, reconciler, listener)
    jobs = Jobs(backend) if with_jobs else None
    await listener.start(_add_servicers(listener.server, backend, register, jobs))
    if beside is not None:
        listener.addresses |= await beside.start(backend)
    if jobs is not None:
        reconciler.start()
    listener.write_addresses()
    log.info("listening", **listener.addresses)
    await stop.wait()
    await listener.drain()
    if jobs is not None:
        jobs.drain()
    if beside is not None:
        beside.drain()
    await listener.stop()
    if beside is not None:
        await beside.stop()
    if jobs is not None:
        await asyncio.to_thread(reconciler.stop)
    log.info("stopped")


async def _probe(store: ObjectStore, settings: Settings) -> None:
    """A pod may begin before the network's policies know it: there a store that does not answer is asked again."""
    deadline = time.monotonic() + (_STORE_SECONDS if settings.namespace else 0.0)
    while True:
        try:
            return await asyncio.to_thread(store.probe)
        except Unavailable:
            if time.monotonic() >= deadline:
                raise
            await asyncio.sleep(1.0)


def _add_servicers(server: grpc.aio.Server, backend: Backend, register: Register, jobs: Jobs | None) -> list[str]:
    names = register(server, backend)
    artifact_pb2_grpc.add_ArtifactServiceServicer_to_server(Artifacts(backend.store), server)
    names.append("codekiln.v1.ArtifactService")
    if jobs is not None:
        job_pb2_grpc.add_JobServiceServicer_to_server(jobs, server)
        names.append("codekiln.v1.JobService")
    return names
