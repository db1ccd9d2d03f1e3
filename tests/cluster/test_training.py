"""Training as a PyTorchJob of two pods: a leader and a follower, one model, whichever of them goes away meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release
from tests.cluster.training import check_that_deletions_change_nothing, running, train

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]


def test_one_model_is_trained_by_a_leader_and_a_follower(client: Release) -> None:
    roles: set[str] = set()
    job = while_running(
        lambda: train(client, "demo/tokens", 2001),
        lambda: roles.update(role(pod) for pod in kube.until(lambda: running(client), "two training pods run", 180)),
    )
    assert roles == {"master", "worker"}
    assert job["state"] == "JOB_STATE_SUCCEEDED"


def test_pods_deleted_in_the_middle_change_nothing_of_the_model(client: Release) -> None:
    check_that_deletions_change_nothing(client, "demo/tokens", 2000)


def role(pod: Any) -> str:
    return str(pod["metadata"]["labels"]["training.kubeflow.org/replica-type"])
