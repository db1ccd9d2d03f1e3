"""serve(): one codekiln service as a process.

    def main() -> None:
        serve("tokenizer", lambda server, backend: [...names of the services registered...])

Listens, offers health and reflection, serves metrics, reconciles jobs, and on SIGTERM or SIGINT says NOT_SERVING, lets
calls in flight finish and exits 0. Jobs do not notice.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health_aio  # type: ignore[attr-defined]  # not in its stubs
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from grpc_reflection.v1alpha import reflection

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.choosing import choose_launcher
from codekiln.core.rpc.artifact_service import Artifacts
from codekiln.core.rpc.auth import TokenCheck
from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.certificates import certificates, renewed_certificates
from codekiln.core.rpc.edge import Edge
from codekiln.core.rpc.job_service import Jobs
from codekiln.core.settings import Settings, load_settings
from codekiln.core.store import open_store
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import configure_logs, logger
from codekiln.v1 import artifact_pb2_grpc, job_pb2_grpc

Register = Callable[[grpc.aio.Server, Backend], list[str]]
"""Adds a service's own servicers and returns their full names."""

_OPTIONS = [
    ("grpc.so_reuseport", 0),  # a port in use is an error, not a lottery between two servers
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_connection_age_ms", 30 * 60_000),
    ("grpc.max_connection_age_grace_ms", 15 * 60_000),
]


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


@dataclass
class Running:
    """A started server: its addresses, and what must be told before it stops."""

    server: grpc.aio.Server
    health: health_aio.HealthServicer
    jobs: Jobs | None
    addresses: dict[str, str]


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
    try:
        settings = load_settings(name)
        configure_logs(settings)
        asyncio.run(_serve(settings, register, jobs, worker, beside))
    except CodekilnError as error:
        print(f"codekiln {name}: {error.message}", file=sys.stderr)
        # Threads of libraries that are still about must not keep a process alive that could not start.
        sys.stderr.flush()
        os._exit(2)


async def _serve(settings: Settings, register: Register, jobs: bool, worker: str, beside: Beside | None) -> None:
    log = logger("server")
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    store = open_store(settings.store_url, settings.store_credentials())
    await asyncio.to_thread(store.probe)
    repository = JobRepository(store, settings.service)
    reconciler = Reconciler(repository, choose_launcher(settings), settings, worker)
    backend = Backend(settings, store, repository, reconciler)
    running = await _listen(settings, backend, register, jobs)
    if beside is not None:
        running.addresses |= await beside.start(backend)
    if jobs:
        reconciler.start()
    _write_addresses(settings, running.addresses)
    log.info("listening", **running.addresses)
    await stop.wait()
    log.info("draining", seconds=settings.drain_seconds)
    await running.health.enter_graceful_shutdown()
    if running.jobs is not None:
        running.jobs.drain()
    if beside is not None:
        beside.drain()
    await running.server.stop(settings.drain_seconds)
    if beside is not None:
        await beside.stop()
    if jobs:
        await asyncio.to_thread(reconciler.stop)
    log.info("stopped")


async def _listen(settings: Settings, backend: Backend, register: Register, jobs: bool) -> Running:
    server = grpc.aio.server(interceptors=[Edge(TokenCheck(settings.auth_token_file))], options=_OPTIONS)
    names = register(server, backend)
    artifact_pb2_grpc.add_ArtifactServiceServicer_to_server(Artifacts(backend.store), server)
    names.append("codekiln.v1.ArtifactService")
    job_service = Jobs(backend) if jobs else None
    if job_service is not None:
        job_pb2_grpc.add_JobServiceServicer_to_server(job_service, server)
        names.append("codekiln.v1.JobService")
    health = health_aio.HealthServicer()
    add_HealthServicer_to_server(health, server)
    if settings.reflection:
        reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], server)
    host, _, _ = settings.listen.rpartition(":")
    try:
        port = _bind(server, settings)
    except RuntimeError:
        raise FailedPrecondition(
            f"{settings.listen} is in use or not an address of this machine: stop what listens there, or choose "
            "another with CODEKILN_LISTEN",
            reason="PORT_IN_USE",
        ) from None
    metrics_address = _serve_metrics(settings)
    await server.start()
    for name in ("", *names):
        await health.set(name, health_pb2.HealthCheckResponse.SERVING)
    return Running(server, health, job_service, {"grpc": f"{host}:{port}", "metrics": metrics_address})


def _bind(server: grpc.aio.Server, settings: Settings) -> int:
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return server.add_insecure_port(settings.listen)
    credentials = grpc.dynamic_ssl_server_credentials(
        certificates(settings.tls_cert_file, settings.tls_key_file, settings.tls_client_ca_file),
        # None, for the certificates before, is allowed, which grpc's stubs do not know.
        partial(renewed_certificates, settings.tls_cert_file, settings.tls_key_file, settings.tls_client_ca_file),  # type: ignore[arg-type]
        require_client_authentication=settings.tls_client_ca_file is not None,
    )
    return server.add_secure_port(settings.listen, credentials)


def _serve_metrics(settings: Settings) -> str:
    try:
        return metrics.serve_metrics(settings.metrics_listen, settings.service)
    except OSError as error:
        raise FailedPrecondition(
            f"{settings.metrics_listen} cannot be listened on ({error.strerror}): choose another with "
            "CODEKILN_METRICS_LISTEN",
            reason="PORT_IN_USE",
        ) from error


def _write_addresses(settings: Settings, addresses: dict[str, str]) -> None:
    if settings.address_file is None:
        return
    settings.address_file.parent.mkdir(parents=True, exist_ok=True)
    temporary = settings.address_file.with_suffix(".tmp")
    temporary.write_text(json.dumps({"service": settings.service, "pid": os.getpid(), **addresses}))
    temporary.replace(settings.address_file)
