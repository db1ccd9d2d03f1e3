"""Training as a PyTorchJob of two pods: a leader and a follower, one model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

SMALL = ("shape.layers=2", "shape.hidden_size=64", "shape.heads=2", "shape.kv_heads=1", "shape.head_dim=32")
SPEC = (*SMALL, "shape.intermediate_size=128", "sequence_length=64", "batch_size=4", "warmup_steps=2", "processes=2")


def train(client: Release, *fields: str) -> Any:
    return client.result("train", "demo/tokens", *(f"--set={field}" for field in (*SPEC, *fields)), timeout=900)


def test_one_model_is_trained_by_a_leader_and_a_follower(client: Release) -> None:
    roles: set[str] = set()
    job = while_running(
        lambda: train(client, "steps=2001", "checkpoint_steps=100"),
        lambda: roles.update(role(pod) for pod in kube.until(lambda: running(client), "two training pods run", 180)),
    )
    assert roles == {"master", "worker"}
    assert job["state"] == "JOB_STATE_SUCCEEDED"


def role(pod: Any) -> str:
    return str(pod["metadata"]["labels"]["training.kubeflow.org/replica-type"])


def running(client: Release) -> list[Any]:
    """The two pods of the attempt that runs now, or nothing."""
    pods = [pod for pod in kube.unfinished(client.pods("trainer-worker")) if pod["status"]["phase"] == "Running"]
    return pods if len(pods) == 2 else []
