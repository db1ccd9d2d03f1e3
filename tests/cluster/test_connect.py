"""`codekiln connect` and two servers that the test brings: found by labels, kept when pods go, left without a trace."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from codekiln import __version__
from codekiln.client import Client
from codekiln.client.addresses import connection_file, find_connection
from codekiln.core.errors import CodekilnError
from codekiln.core.settings import Settings
from tests.cluster import kube
from tests.e2e.folder import Folder

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]

NAMESPACE = "codekiln-connect"
TAG = os.environ.get("TEST_IMAGE_TAG", __version__)
_LABELS = {"app.kubernetes.io/name": "codekiln", "app.kubernetes.io/instance": "small"}


def objects(component: str, image: str) -> list[dict[str, Any]]:
    """A Deployment and a Service as the chart names them; the server has a store of its own and starts nothing."""
    labels = {**_LABELS, "app.kubernetes.io/component": component}
    container = {
        "name": component,
        "image": image,
        "command": ["python", "-m", f"codekiln.{component}.server"],
        "env": [{"name": "CODEKILN_LISTEN", "value": "0.0.0.0:7000"}, {"name": "HOME", "value": "/var/lib/codekiln"}],
        "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}},
        "readinessProbe": {"tcpSocket": {"port": 7000}, "periodSeconds": 1},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [{"name": "home", "mountPath": "/var/lib/codekiln"}, {"name": "tmp", "mountPath": "/tmp"}],
    }
    container["env"] += [{"name": "CODEKILN_HOME", "value": "/var/lib/codekiln"}]  # type: ignore[operator]
    pod = {
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
        "volumes": [{"name": "home", "emptyDir": {}}, {"name": "tmp", "emptyDir": {}}],
    }
    meta = {"name": f"any-{component}", "labels": labels}
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": meta,
            "spec": {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}},
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": meta,
            "spec": {"selector": labels, "ports": [{"name": "grpc", "port": 7000}]},
        },
    ]


def apply(*items: dict[str, Any]) -> None:
    kube.kubectl(
        "apply", "-n", NAMESPACE, "-f", "-", stdin=json.dumps({"kind": "List", "apiVersion": "v1", "items": items})
    )


@pytest.fixture(scope="module")
def small(cluster: None) -> Iterator[None]:
    """Release `small`: ingestion and cleaning."""
    kube.make_namespace(NAMESPACE)
    image = f"codekiln/services:{TAG}"
    apply(*objects("ingestion", image), *objects("cleaning", image))
    kube.kubectl("rollout", "status", "-n", NAMESPACE, "deployment/any-ingestion", "--timeout=180s")
    kube.kubectl("rollout", "status", "-n", NAMESPACE, "deployment/any-cleaning", "--timeout=180s")
    yield
    kube.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def answers(address: str) -> bool:
    try:
        with Client({"ingestion": address}) as client:
            return list(client.jobs("ingestion")) == []
    except CodekilnError:
        return False


def test_commands_of_the_folder_use_the_cluster_until_the_connection_ends(small: None, folder: Folder) -> None:
    settings = Settings(home=folder.path / ".codekiln")
    process = folder.start("connect", "-n", NAMESPACE, "--release", "small", "--json")
    assert process.stdout is not None
    services = json.loads(process.stdout.readline())["services"]
    assert set(services) == {"ingestion", "cleaning"}
    done = folder.run("jobs")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith(f"services     release small in namespace {NAMESPACE}, by `codekiln connect`\n")

    # Another pod comes; the address stays.
    pods = kube.get("pods", NAMESPACE, labels="app.kubernetes.io/component=ingestion")
    kube.kubectl("delete", "pod", "-n", NAMESPACE, pods[0]["metadata"]["name"], "--wait")
    kube.until(lambda: answers(services["ingestion"]), "an answer of the new pod")
    assert answers(services["ingestion"])

    forwards = psutil.Process(process.pid).children(recursive=True)
    assert forwards
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert "ingestion: the connection broke" in err
    assert not [forward for forward in forwards if forward.is_running()]
    assert find_connection(settings) is None and not connection_file(settings).exists()
    for address in services.values():
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", int(address.rpartition(":")[2])), timeout=5).close()


def test_a_connection_that_is_killed_leaves_no_process_and_is_found_by_nobody(small: None, folder: Folder) -> None:
    process = folder.start("connect", "-n", NAMESPACE, "--release", "small", "--json")
    assert process.stdout is not None and process.stdout.readline()
    forwards = psutil.Process(process.pid).children(recursive=True)
    process.kill()
    process.communicate()
    _, alive = psutil.wait_procs(forwards, timeout=20)
    assert not [left for left in alive if left.is_running() and left.status() != psutil.STATUS_ZOMBIE]
    assert find_connection(Settings(home=folder.path / ".codekiln")) is None


def test_a_release_of_another_name_is_told_which_there_are(small: None, folder: Folder) -> None:
    done = folder.run("connect", "-n", NAMESPACE, "--release", "large")
    assert done.returncode == 1
    assert f"there is no release `large` in namespace {NAMESPACE}; there is " in done.stderr
    assert f"`small` in namespace {NAMESPACE}" in done.stderr


def test_a_pod_that_does_not_run_is_named_with_its_reason(small: None, folder: Folder) -> None:
    apply(*objects("tokenizer", "codekiln/services:never-built"))
    labels = "app.kubernetes.io/component=tokenizer"

    def waits() -> bool:
        pods = kube.get("pods", NAMESPACE, labels=labels)
        states = [state for pod in pods for state in pod["status"].get("containerStatuses", [])]
        return any("waiting" in state["state"] and "Image" in state["state"]["waiting"]["reason"] for state in states)

    try:
        kube.until(waits, "a pod whose image does not exist")
        done = folder.run("connect", "-n", NAMESPACE, "--release", "small")
        assert done.returncode == 1
        assert "not ready yet: any-tokenizer-" in done.stderr and "Image" in done.stderr
    finally:
        kube.kubectl("delete", "deployment,service", "any-tokenizer", "-n", NAMESPACE)
