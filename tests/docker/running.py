"""A pod of one image under Pod Security restricted, with a read-only root: as the chart runs it."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from typing import Any

from tests.cluster import kube
from tools.image_families import version

WRITABLE = ("/var/lib/codekiln", "/tmp")


def image_of(family: str) -> str:
    """From TEST_IMAGE_REGISTRY, where that is set; of our version unless TEST_IMAGE_TAG says else."""
    registry = os.environ.get("TEST_IMAGE_REGISTRY", "")
    name = f"codekiln/{family}:{os.environ.get('TEST_IMAGE_TAG') or version()}"
    return f"{registry.rstrip('/')}/{name}" if registry else name


@contextlib.contextmanager
def restricted_pod(namespace: str, family: str, **container: Any) -> Iterator[str]:
    """The name of a pod that is ready, until the end of the block. It waits unless `container` gives a command."""
    name = f"image-{family}"
    kube.kubectl("apply", "-f", "-", stdin=json.dumps(pod(name, namespace, image_of(family), container)))
    try:
        kube.kubectl("wait", f"pod/{name}", "-n", namespace, "--for=condition=Ready", "--timeout=180s")
        yield name
    finally:
        kube.kubectl("delete", f"pod/{name}", "-n", namespace, "--grace-period=1", "--wait=false")


def pod(name: str, namespace: str, image: str, container: dict[str, Any]) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {
            "restartPolicy": "Never",
            "automountServiceAccountToken": False,
            "securityContext": {"runAsNonRoot": True, "fsGroup": 65532, "seccompProfile": {"type": "RuntimeDefault"}},
            "containers": [
                {
                    "name": "image",
                    "image": image,
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python", "-c", "import signal; signal.pause()"],
                    "resources": {"requests": {"cpu": "20m", "memory": "64Mi"}},
                    "securityContext": {
                        "allowPrivilegeEscalation": False,
                        "readOnlyRootFilesystem": True,
                        "capabilities": {"drop": ["ALL"]},
                    },
                    "volumeMounts": [{"name": f"mount-{n}", "mountPath": path} for n, path in enumerate(WRITABLE)],
                    **container,
                }
            ],
            "volumes": [{"name": f"mount-{n}", "emptyDir": {}} for n in range(len(WRITABLE))],
        },
    }
