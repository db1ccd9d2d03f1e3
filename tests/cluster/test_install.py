"""`helm install` with no values: everything starts, says how to go on, and answers."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import kube
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

SERVERS = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation", "inference")
OTHERS = ("sandbox", "dask-scheduler", "dask-worker", "store")
MONITORED = (
    "--set=serviceMonitor.enabled=true,podMonitor.enabled=true,prometheusRule.enabled=true,dashboards.enabled=true",
    "--set=serviceMonitor.interval=5s,podMonitor.interval=5s",
    "--set=trainer.processesPerPod=1,trainer.worker.resources.limits.cpu=1,dask.worker.replicas.max=2",
)


@pytest.mark.parametrize("component", [*SERVERS, *OTHERS])
def test_every_component_is_ready_after_an_install_without_values(release: Release, component: str) -> None:
    pods = release.pods(component)
    assert pods
    for pod in pods:
        assert all(status["ready"] for status in pod["status"]["containerStatuses"]), component


def test_the_notes_say_how_to_connect_and_how_to_remove_the_data(release: Release) -> None:
    notes = kube.helm("get", "notes", release.name, "-n", release.namespace)
    assert f"codekiln connect -n {release.namespace}" in notes
    assert f"kubectl -n {release.namespace} delete pvc codekiln-store" in notes
    assert "serviceMonitor.enabled" in notes


def test_grpcurl_lists_the_services_and_health_is_told_by_name(client: Release) -> None:
    addresses = dict(pair.split("=") for pair in services_line(client).split(","))
    for service in SERVERS:
        listed = grpcurl(addresses[service], "list").split()
        assert f"codekiln.v1.{service.capitalize()}Service" in listed
        assert {"codekiln.v1.ArtifactService", "grpc.health.v1.Health"} <= set(listed)
        named = grpcurl(
            addresses[service],
            "grpc.health.v1.Health/Check",
            data=f'{{"service": "codekiln.v1.{service.capitalize()}Service"}}',
        )
        assert "SERVING" in named


def test_helm_test_submits_a_job_and_waits_for_it(release: Release) -> None:
    said = kube.helm("test", release.name, "-n", release.namespace, "--timeout=300s")
    assert "Phase:          Succeeded" in said


def test_no_pod_but_the_servers_has_a_token_of_the_api(release: Release) -> None:
    holders = {
        pod["metadata"]["labels"]["app.kubernetes.io/component"]
        for pod in kube.get("pods", release.namespace, labels=f"app.kubernetes.io/instance={release.name}")
        for volume in pod["spec"].get("volumes", [])
        if "serviceAccountToken" in str(volume)
    }
    assert holders == set(SERVERS) - {"inference"}


def test_an_upgrade_switches_monitors_on_and_restarts_no_store(release: Release) -> None:
    before = {pod["metadata"]["uid"] for pod in release.pods("store")}
    release.upgrade(*MONITORED)
    assert {pod["metadata"]["uid"] for pod in release.pods("store")} == before


def services_line(client: Release) -> str:
    """CODEKILN_SERVICES as `connect` recorded it."""
    from codekiln.client.addresses import find_addresses
    from codekiln.core.settings import Settings

    return ",".join(f"{name}={address}" for name, address in find_addresses(Settings(home=client.home)).items())


def grpcurl(address: str, *call: str, data: str = "") -> str:
    given = ["-d", data] if data else []
    program = str(Path(sys.executable).with_name("grpcurl"))
    done = subprocess.run([program, "-plaintext", *given, address, *call], capture_output=True, text=True, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout
