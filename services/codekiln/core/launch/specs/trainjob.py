"""A trainer.kubeflow.org/v1alpha1 TrainJob over a TrainingRuntime of our namespace.

A TrainJob says what runs in how many pods; all else of a pod (volumes, security, grace period, deadline) is its
runtime's. v1alpha1 has overrides for some of it, under names that change between releases: we use none.
"""

from __future__ import annotations

from codekiln.core.kube.api import TRAINJOBS, Object
from codekiln.core.launch.command import worker_command
from codekiln.core.launch.pod import labels, worker_container
from codekiln.core.launch.specs.attempt import Attempt


def build(attempt: Attempt) -> Object:
    worker = worker_container(attempt.template)
    body = {
        "runtimeRef": {"apiGroup": TRAINJOBS.group, "kind": "TrainingRuntime", "name": attempt.runtime},
        "labels": labels(attempt.spec),
        "trainer": {
            "image": worker["image"],
            "command": worker_command("python", attempt.spec),
            "env": worker.get("env", []),
            "numNodes": attempt.pods,
            "numProcPerNode": attempt.processes_in_pod,
        },
    }
    return attempt.wrap(TRAINJOBS, body)
