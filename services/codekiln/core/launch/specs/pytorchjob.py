"""A kubeflow.org/v1 PyTorchJob: the master leads and writes the job's record, workers follow.

The operator gives each pod MASTER_ADDR, PET_NNODES, PET_NODE_RANK and PET_NPROC_PER_NODE.
"""

from __future__ import annotations

from codekiln.core.kube.api import PYTORCHJOBS, Object
from codekiln.core.launch.pod import attempt_pod
from codekiln.core.launch.specs.attempt import Attempt

CONTAINER = "pytorch"
"""The operator knows the container by this name."""


def build(attempt: Attempt) -> Object:
    replicas = {"Master": 1, "Worker": attempt.pods - 1}
    body = {
        "nprocPerNode": str(attempt.processes_in_pod),
        "runPolicy": {
            # Ended pods are kept, for their exit status and their log; we delete the whole. No backoffLimit: with one
            # the operator deletes the failed pod too (ReconcileJobs, exceedsBackoffLimit), and with it the reason.
            "cleanPodPolicy": "Running",
            **attempt.deadline,
        },
        "pytorchReplicaSpecs": {
            role: {
                "replicas": count,
                "restartPolicy": "Never",
                "template": _pod(attempt),
            }
            for role, count in replicas.items()
            if count
        },
    }
    return attempt.wrap(PYTORCHJOBS, body)


def _pod(attempt: Attempt) -> Object:
    pod = attempt_pod(attempt.template, attempt.spec, attempt.pods, container=CONTAINER)
    del pod["spec"]["restartPolicy"]  # the replica's counts, and the operator warns of a second one
    return pod
