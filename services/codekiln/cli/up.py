"""`codekiln up` and `codekiln down`: all services on one machine, until they are told to end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time

import click

from codekiln.cli.local import LocalServices, only_one, stopped_by_signals
from codekiln.client.addresses import SERVICES, find_connection, local_servers
from codekiln.core.errors import FailedPrecondition
from codekiln.core.settings import Settings, load_settings


@click.command()
@click.option("--port", default=7100, show_default=True, help="First of 13 ports: gRPC 0-5, HTTP 6, metrics 10-15.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one JSON line.")
def up(port: int, host: str, as_json: bool) -> None:
    """Start all six services on this machine and keep them until Ctrl-C.

    \b
    codekiln up                         in one terminal
    codekiln run recipes/demo.yaml      in another; it finds them
    codekiln up --port 9100             where 7100 to 7115 are taken

    Jobs survive: what ran when you stopped goes on at the next `up` or `run`.
    """
    settings = load_settings("cli")
    running = local_servers(settings)
    if (cluster := find_connection(settings)) is not None:
        raise FailedPrecondition(
            f"{settings.home} is connected to {cluster} (pid {cluster.pid}): end `codekiln connect` first",
            reason="CONNECTED",
        )
    if running:
        raise FailedPrecondition(
            f"services run already in {settings.home} (pid {', '.join(str(r['pid']) for r in running.values())}): "
            "`codekiln down` stops them",
            reason="ALREADY_RUNNING",
        )
    ports = _ports(host, port)
    with only_one(settings):
        own = LocalServices(settings, ports)
        with stopped_by_signals():
            try:
                own.start()
                _announce(own.records, as_json)
                while own.check():
                    time.sleep(0.5)
            except KeyboardInterrupt:
                click.echo("stopping", err=True)
            finally:
                own.stop()


@click.command()
def down() -> None:
    """Stop the services of `codekiln up`, `run` or `serve` that were started in this folder.

    \b
    codekiln down
    """
    settings = load_settings("cli")
    records = local_servers(settings)
    for record in records.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(record["pid"]), signal.SIGTERM)
    deadline = time.monotonic() + settings.drain_seconds + settings.worker_stop_seconds + 10
    while local_servers(settings):
        if time.monotonic() > deadline:
            raise FailedPrecondition(f"still running: {', '.join(local_servers(settings))}", reason="STILL_RUNNING")
        time.sleep(0.1)
    _wait_for_starter(settings, deadline)
    click.echo(f"stopped: {', '.join(records) or 'nothing ran'}", err=True)


def _ports(host: str, first: int) -> dict[str, tuple[str, str, str]]:
    """gRPC, metrics and HTTP address by service. Raises FailedPrecondition where one is taken, naming it."""
    ports = {}
    for i, name in enumerate(SERVICES):
        ports[name] = (f"{host}:{first + i}", f"{host}:{first + 10 + i}", f"{host}:{first + 6}")
    for name, addresses in ports.items():
        for address in addresses[: 3 if name == "inference" else 2]:
            _check_free(name, address)
    return ports


def _check_free(name: str, address: str) -> None:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, int(port)))
        except (OSError, OverflowError) as error:
            raise FailedPrecondition(
                f"{address}, which {name} needs, cannot be listened on ({error}): stop what does, "
                "or choose another --port",
                reason="PORT_IN_USE",
                address=address,
            ) from None


def _announce(records: dict[str, dict[str, str]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(records))
        return
    for name in SERVICES:
        record = records[name]
        http = f"  http {record['http']}" if "http" in record else ""
        click.echo(f"{name:<10}  grpc {record['grpc']}  metrics {record['metrics']}/metrics{http}")
    click.echo("Ctrl-C stops all of them.", err=True)


def _wait_for_starter(settings: Settings, deadline: float) -> None:
    """Waits until the `codekiln` that had started the services has seen that they ended, and ends too."""
    while time.monotonic() < deadline:
        with contextlib.suppress(FailedPrecondition), only_one(settings):
            return
        time.sleep(0.1)
