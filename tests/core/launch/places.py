"""Where the behaviour suite of launchers runs: this machine, and a namespace of a cluster.

In pods a shell script stands for Python, so that a test is about the launcher and not about what our images import: its
module says what it does. The image is the smallest of ours.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from codekiln.core.launch.choosing import choose_launcher
from codekiln.core.launch.interface import Launcher, WorkerSpec
from codekiln.core.settings import Settings
from tests.cluster.kube import kubectl
from tests.docker.running import image_of

SCRIPT = """#!/bin/sh
trap 'exit 143' TERM
case "$2" in
*.failing) exit 7 ;;
*.following) case "$HOSTNAME" in *-master-0) exit 7 ;; esac ;;
*.hungry) exec sh -c 'x=x; while :; do x=$x$x; done' ;;
*.deaf) trap '' TERM ;;
esac
while :; do sleep 1 & wait $!; done
"""


@dataclass(frozen=True)
class Place:
    """`new` gives the launcher of another server."""

    new: Callable[[], Launcher]
    processes: int

    def spec(self, module: str = "sleeper", job: str = "") -> WorkerSpec:
        return WorkerSpec("toy", job or f"toy-{module}", 1, f"tests.core.launch.{module}", self.processes)


def local(home: Path) -> Place:
    settings = Settings(service="toy", home=home)
    return Place(lambda: choose_launcher(settings), 1)


def cluster(launcher: str, namespace: str, folder: Path, processes: int, **settings: Any) -> Place:
    template = folder / "pod.yaml"
    template.write_text(yaml.safe_dump(pod()))
    values = Settings(
        service="toy",
        launcher=launcher,
        namespace=namespace,
        pod_template_file=template,
        processes_per_pod=1,
        **settings,
    )
    return Place(lambda: choose_launcher(values), processes)


def pod() -> dict[str, Any]:
    return {
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 5,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": 65532,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                {
                    "name": "worker",
                    "image": image_of("services"),
                    "imagePullPolicy": "IfNotPresent",
                    "env": [{"name": "PATH", "value": "/script:/usr/local/bin:/usr/bin:/bin"}],
                    "volumeMounts": [{"name": "script", "mountPath": "/script"}],
                    "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "64Mi"}},
                    "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                }
            ],
            "volumes": [{"name": "script", "configMap": {"name": "script", "defaultMode": 0o555}}],
        }
    }


@contextlib.contextmanager
def namespace(name: str, *labels: str) -> Iterator[str]:
    """Of the test's own, with the script; gone afterwards."""
    name = f"{name}-{os.getpid()}"
    kubectl("create", "namespace", name)
    try:
        for label in labels:
            kubectl("label", "namespace", name, label)
        kubectl("create", "configmap", "script", "-n", name, f"--from-literal=python={SCRIPT}")
        yield name
    finally:
        kubectl("delete", "namespace", name, "--wait=false")
