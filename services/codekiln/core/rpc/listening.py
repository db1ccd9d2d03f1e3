"""A process that listens: gRPC with our interceptor, health, reflection, metrics, and a drain on SIGTERM.

    async def main(settings: Settings) -> None:
        stop = stop_event()
        listener = Listener(settings)
        ...                                  # add servicers to listener.server
        await listener.start(["codekiln.v1.SandboxService"])
        await stop.wait()
        await listener.drain()
        await listener.stop()

    run("sandbox", main)

Imports no store: server.py adds store, jobs and artifacts to it; a server that has none of those uses this alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import grpc
from grpc_health.v1 import health_pb2
from grpc_health.v1.health import aio as health_aio  # type: ignore[attr-defined]  # not in its stubs
from grpc_health.v1.health_pb2_grpc import add_HealthServicer_to_server
from grpc_reflection.v1alpha import reflection

from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.rpc.auth import TokenCheck
from codekiln.core.rpc.certificates import certificates, renewed_certificates
from codekiln.core.rpc.edge import Edge, show_methods
from codekiln.core.settings import Settings, load_settings
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import configure_logs, logger

_OPTIONS = [
    ("grpc.so_reuseport", 0),  # a port in use is an error, not a lottery between two servers
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.max_connection_age_ms", 30 * 60_000),
    ("grpc.max_connection_age_grace_ms", 15 * 60_000),
]


def run(name: str, main: Callable[[Settings], Coroutine[Any, Any, None]]) -> None:
    """Runs `main` with the settings of service `name`; exits 2 with one sentence where it raises an error of ours."""
    try:
        settings = load_settings(name)
        configure_logs(settings)
        asyncio.run(main(settings))
    except CodekilnError as error:
        print(f"codekiln {name}: {error.message}", file=sys.stderr)
        # Threads of libraries that are still about must not keep a process alive that could not start.
        sys.stderr.flush()
        os._exit(2)


def stop_event() -> asyncio.Event:
    """Set by SIGTERM and SIGINT from now on."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


class Listener:
    """The gRPC server of a process and what stands around it."""

    def __init__(self, settings: Settings, *, longest_seconds: float = 0.0, largest_bytes: int = 4 << 20) -> None:
        """`longest_seconds` is of a unary call, edge.py's own bound when 0; `largest_bytes` is of a request.

        Raises Unavailable where the token file cannot be read.
        """
        edge = Edge(TokenCheck(settings.auth_token_file), longest_seconds)
        options = [*_OPTIONS, ("grpc.max_receive_message_length", largest_bytes)]
        self.server = grpc.aio.server(interceptors=[edge], options=options)
        self.health = health_aio.HealthServicer()
        self.addresses: dict[str, str] = {}
        """By name: `grpc`, `metrics`, `health`; host:port each."""
        self._settings = settings
        self._probed: grpc.aio.Server | None = None
        self._names: list[str] = []
        self._held: set[str] = set()

    async def start(self, names: list[str], *, serving: bool = True) -> None:
        """Listens. `names` are the full names of the services that were added.

        Without `serving`, health says NOT_SERVING until `set_serving`. Raises FailedPrecondition where a port is taken.
        """
        self._names = names
        show_methods(names)
        await self.set_serving(serving)
        for name in self._held:
            await self.set_serving(False, name)
        add_HealthServicer_to_server(self.health, self.server)
        if self._settings.reflection:
            reflection.enable_server_reflection([*names, "grpc.health.v1.Health", reflection.SERVICE_NAME], self.server)
        with_tls = partial(_bind, self.server, self._settings)
        self.addresses["grpc"] = _listen("CODEKILN_LISTEN", self._settings.listen, with_tls)
        self.addresses["metrics"] = _serve_metrics(self._settings)
        if self._settings.health_listen:
            # A kubelet's probe has neither a certificate nor a token.
            self._probed = grpc.aio.server(options=_OPTIONS)
            add_HealthServicer_to_server(self.health, self._probed)
            self.addresses["health"] = _listen(
                "CODEKILN_HEALTH_LISTEN", self._settings.health_listen, self._probed.add_insecure_port
            )
            await self._probed.start()
        await self.server.start()

    def hold(self, name: str) -> None:
        """Health says NOT_SERVING of this service, from the start on, until `set_serving` names it."""
        self._held.add(name)

    async def set_serving(self, serving: bool, name: str | None = None) -> None:
        """What health says from now on of one service, or of the process and each of its services."""
        status = health_pb2.HealthCheckResponse.SERVING if serving else health_pb2.HealthCheckResponse.NOT_SERVING
        for each in ("", *self._names) if name is None else (name,):
            await self.health.set(each, status)

    def write_addresses(self) -> None:
        """Tells whoever started us, by CODEKILN_ADDRESS_FILE, that all listens and where."""
        path = self._settings.address_file
        if path is None:
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".tmp")
        temporary.write_text(json.dumps({"service": self._settings.service, "pid": os.getpid(), **self.addresses}))
        temporary.replace(path)

    async def drain(self) -> None:
        """Health says NOT_SERVING, for good."""
        logger("server").info("draining", seconds=self._settings.drain_seconds)
        await self.health.enter_graceful_shutdown()

    async def stop(self) -> None:
        """Takes no new call; returns when those in flight have ended or CODEKILN_DRAIN_SECONDS are over."""
        await self.server.stop(self._settings.drain_seconds)
        if self._probed is not None:
            await self._probed.stop(0)


def _listen(variable: str, address: str, bind: Callable[[str], int]) -> str:
    host, _, _ = address.rpartition(":")
    try:
        return f"{host}:{bind(address)}"
    except RuntimeError:
        raise FailedPrecondition(
            f"{address} is in use or not an address of this machine: stop what listens there, or choose another with "
            f"{variable}",
            reason="PORT_IN_USE",
        ) from None


def _bind(server: grpc.aio.Server, settings: Settings, address: str) -> int:
    if settings.tls_cert_file is None or settings.tls_key_file is None:
        return server.add_insecure_port(address)
    credentials = grpc.dynamic_ssl_server_credentials(
        certificates(settings.tls_cert_file, settings.tls_key_file, settings.tls_client_ca_file),
        # None, for the certificates before, is allowed, which grpc's stubs do not know.
        partial(renewed_certificates, settings.tls_cert_file, settings.tls_key_file, settings.tls_client_ca_file),  # type: ignore[arg-type]
        require_client_authentication=settings.tls_client_ca_file is not None,
    )
    return server.add_secure_port(address, credentials)


def _serve_metrics(settings: Settings) -> str:
    try:
        return metrics.serve_metrics(settings.metrics_listen, settings.service)
    except OSError as error:
        raise FailedPrecondition(
            f"{settings.metrics_listen} cannot be listened on ({error.strerror}): choose another with "
            "CODEKILN_METRICS_LISTEN",
            reason="PORT_IN_USE",
        ) from error
