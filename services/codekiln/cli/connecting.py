"""`codekiln connect`: a release on a cluster, as near as local services."""

from __future__ import annotations

import contextlib
import json
import os
import time

import click

from codekiln.cli.forwarding import Forward
from codekiln.cli.kubectl import Kubectl
from codekiln.cli.local import stopped_by_signals
from codekiln.cli.release import OURS, check_pods, no_such_release, of_release, service_names
from codekiln.client.addresses import SERVICES, Connection, connection_file, find_connection, local_servers
from codekiln.core.errors import CodekilnError, FailedPrecondition
from codekiln.core.settings import Settings, load_settings

_GRPC, _HTTP = 7000, 8000
_LOOK_SECONDS = 0.3


@click.command()
@click.option("-n", "--namespace", default="", help="Namespace of the release; kubectl's own when left out.")
@click.option("--release", default="codekiln", show_default=True, help="Name given to `helm install`.")
@click.option("--context", default="", help="Cluster of the kubectl configuration; its current one when left out.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as one JSON line.")
def connect(namespace: str, release: str, context: str, as_json: bool) -> None:
    """Use the services of a cluster as if they ran here, until Ctrl-C.

    \b
    codekiln connect                     in one terminal
    codekiln run recipes/demo.yaml       in another, same folder: runs on the cluster
    codekiln connect -n team --release codekiln --context gpu-cluster

    Starts `kubectl port-forward` for each service, and again when it breaks. Paths in a recipe are then paths of the
    cluster's pods, and `installed_packages` are those of its data image.
    """
    settings = load_settings("cli")
    _check_alone(settings)
    kubectl = Kubectl(context, namespace)
    names = _find(kubectl, release)
    forwards = {name: Forward(kubectl, service, _ports(name)) for name, service in names.items()}
    with stopped_by_signals():
        try:
            for forward in forwards.values():
                forward.start()
            connection = _connection(release, kubectl.current_namespace(), forwards)
            connection.write(settings)
            _announce(connection, as_json)
            while True:
                _keep(forwards)
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            click.echo("disconnected", err=True)
        finally:
            connection_file(settings).unlink(missing_ok=True)
            for forward in forwards.values():
                forward.stop()


def _check_alone(settings: Settings) -> None:
    """Raises FailedPrecondition where commands would not know whom to ask."""
    if settings.services:
        raise FailedPrecondition(
            "CODEKILN_SERVICES is set, which comes before a cluster: unset it and connect again", reason="SERVICES_SET"
        )
    if running := local_servers(settings):
        raise FailedPrecondition(
            f"services run in {settings.home} ({', '.join(running)}): `codekiln down` stops them; then connect again",
            reason="ALREADY_RUNNING",
        )
    if (other := find_connection(settings)) is not None:
        raise FailedPrecondition(
            f"{settings.home} is connected to {other} (pid {other.pid}): end that first", reason="ALREADY_CONNECTED"
        )


def _find(kubectl: Kubectl, release: str) -> dict[str, str]:
    """Name of the Service by the name of ours. Raises NotFound, FailedPrecondition where one has no pod that runs."""
    names = service_names(kubectl.get("services", of_release(release)))
    if not names:
        everywhere = []
        with contextlib.suppress(CodekilnError):  # who may not look at other namespaces is told of none
            everywhere = kubectl.get("services", OURS, everywhere=True)
        raise no_such_release(release, kubectl.current_namespace(), everywhere)
    check_pods(names, kubectl.get("pods", of_release(release)))
    return names


def _ports(name: str) -> list[int]:
    return [_GRPC, _HTTP] if name == "inference" else [_GRPC]


def _connection(release: str, namespace: str, forwards: dict[str, Forward]) -> Connection:
    return Connection(
        os.getpid(),
        release,
        namespace,
        {name: f"127.0.0.1:{forward.ports[0]}" for name, forward in forwards.items()},
        {name: forward.service for name, forward in forwards.items()},
        f"127.0.0.1:{forwards['inference'].ports[1]}" if "inference" in forwards else "",
    )


def _announce(connection: Connection, as_json: bool) -> None:
    variable = ",".join(f"{name}={address}" for name, address in connection.services.items())
    if as_json:
        click.echo(json.dumps({"services": connection.services, "http": connection.http}))
    else:
        for name in SERVICES:
            address = connection.services.get(name)
            http = f"  http {connection.http}" if name == "inference" and connection.http else ""
            click.echo(f"{name:<10}  grpc {address}{http}" if address else f"{name:<10}  not in this release")
        click.echo(f"elsewhere   export CODEKILN_SERVICES={variable}")
    click.echo(f"Connected to {connection}; commands in this folder use it. Ctrl-C ends it.", err=True)


def _keep(forwards: dict[str, Forward]) -> None:
    for name, forward in forwards.items():
        if why := forward.keep():
            click.echo(f"{name}: the connection broke ({why}); connecting again", err=True)
