"""Training as a PyTorchJob of two pods: what runs, and what happens when one of them goes away."""

from __future__ import annotations

from typing import Any

import pytest

from codekiln.core.store import ObjectStore
from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release, made

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(1200)]

SMALL = ("shape.layers=2", "shape.hidden_size=64", "shape.heads=2", "shape.kv_heads=1", "shape.head_dim=32")
SPEC = (*SMALL, "shape.intermediate_size=128", "sequence_length=64", "batch_size=4", "warmup_steps=2", "processes=2")
STEPS = ("steps=2000", "checkpoint_steps=100")


def train(client: Release, *fields: str) -> Any:
    return client.result("train", "demo/tokens", *(f"--set={field}" for field in (*SPEC, *fields)), timeout=900)


def test_two_pods_train_one_model_and_a_deleted_one_loses_nothing(client: Release) -> None:
    unbroken = train(client, *STEPS)
    digests = parts(client, unbroken)
    forget(client, unbroken)
    kube.until(lambda: not client.pods("trainer-worker"), "the pods of the first training are gone")

    seen: list[str] = []
    survived = while_running(lambda: train(client, *STEPS), lambda: seen.extend(delete_both_roles(client)))
    assert seen == ["worker", "master"]
    assert parts(client, survived) == digests
    assert int(survived["attempt"]) >= 3
    assert survived["id"] != unbroken["id"]


def delete_both_roles(client: Release) -> list[str]:
    """A follower first, then the leader of the attempt that comes after."""
    with client.store() as store:
        return [delete(client, store, role) for role in ("worker", "master")]


def delete(client: Release, store: ObjectStore, role: str) -> str:
    """Deletes the pod of that role, once its attempt has saved a checkpoint. Returns when that has ended."""
    pods = kube.until(lambda: running(client), "two training pods run", 180)
    before = checkpoints(store)
    kube.until(lambda: checkpoints(store) - before, "a checkpoint of this attempt", 180)
    [pod] = [pod for pod in pods if pod["metadata"]["labels"]["training.kubeflow.org/replica-type"] == role]
    kube.kubectl("delete", "pod", pod["metadata"]["name"], "-n", client.namespace, "--grace-period=5", "--wait=false")
    gone = {pod["metadata"]["uid"] for pod in pods}
    kube.until(lambda: not gone & {p["metadata"]["uid"] for p in running(client)}, "the attempt has ended", 120)
    return role


def running(client: Release) -> list[Any]:
    """The two pods of the attempt that runs now, or nothing."""
    pods = [pod for pod in kube.unfinished(client.pods("trainer-worker")) if pod["status"]["phase"] == "Running"]
    return pods if len(pods) == 2 else []


def checkpoints(store: ObjectStore) -> set[str]:
    """Keys that checkpoints of any training have in the store."""
    return {entry.key for entry in store.list("work/model/") if "/checkpoints/" in entry.key}


def parts(client: Release, job: Any) -> dict[str, str]:
    """SHA-256 by part, without parts that hold times."""
    shown = client.result("artifacts", made(job))
    return {p["name"]: p["sha256"] for p in shown["parts"] if p["name"] not in ("metrics.jsonl", "README.md")}


def forget(client: Release, job: Any) -> None:
    """Makes the store forget the model and what its training left, so that it must be trained again."""
    digest = made(job).partition(":")[2]
    with client.store() as store:
        for prefix in (f"artifacts/model/{digest}/", f"work/model/{digest}/"):
            keys = [entry.key for entry in store.list(prefix)]
            assert keys, prefix
            for key in keys:
                store.delete(key)
