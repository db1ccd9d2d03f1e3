"""Training as a PyTorchJob of two pods: a leader and a follower, one model, whichever of them goes away meanwhile."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

import pytest

from codekiln.core.jobs.record import Job, JobState
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.store import ObjectStore
from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release, made

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


def test_pods_deleted_in_the_middle_change_nothing_of_the_model(client: Release) -> None:
    """A follower that is killed, then the leader of the attempt that comes after, which is asked to end."""
    steps = ("steps=2000", "checkpoint_steps=100")
    unbroken = train(client, *steps)
    digests = parts(client, unbroken)
    model = made(unbroken).partition(":")[2]
    with client.store() as store:
        forget(store, model)
        kube.until(lambda: not kube.unfinished(client.pods("trainer-worker")), "the first training's pods end", 120)
        survived = while_running(lambda: train(client, *steps), lambda: delete_both(client, store, model))
    assert survived["id"] != unbroken["id"] and int(survived["attempt"]) >= 3
    assert parts(client, survived) == digests


def delete_both(client: Release, store: ObjectStore, model: str) -> None:
    first = delete(client, store, model, "worker", ["--force"], after=0)
    delete(client, store, model, "master", ["--grace-period=20"], after=first)


def delete(client: Release, store: ObjectStore, model: str, of: str, how: list[str], after: int) -> int:
    """Deletes the pod of that role once an attempt later than `after` has saved a checkpoint; returns the attempt."""
    job = kube.until(lambda: training(store, after), f"attempt {after + 1} trains", 180)
    before = newest_checkpoint(store, model)
    kube.until(lambda: newest_checkpoint(store, model) > before, f"attempt {job.attempt} saves a checkpoint", 180)
    [pod] = [pod for pod in running(client) if role(pod) == of]
    kube.kubectl("delete", "pod", pod["metadata"]["name"], "-n", client.namespace, "--wait=false", *how)
    return job.attempt


def training(store: ObjectStore, after: int) -> Job | None:
    """The newest job, where an attempt later than `after` has begun to train."""
    job = JobRepository(store, "trainer").all()[0]
    trains = job.state is JobState.RUNNING and job.progress.phase == "training" and job.attempt > after
    return job if trains else None


def newest_checkpoint(store: ObjectStore, model: str) -> int:
    """Its step; 0 where there is none."""
    keys = [info.key for info in store.list(f"work/model/{model}/checkpoints/")]
    return max((int(PurePosixPath(key).stem) for key in keys), default=0)


def parts(client: Release, job: Any) -> dict[str, str]:
    """SHA-256 by part, without parts that hold times."""
    shown = client.result("artifacts", made(job))
    return {p["name"]: p["sha256"] for p in shown["parts"] if p["name"] not in ("metrics.jsonl", "README.md")}


def forget(store: ObjectStore, model: str) -> None:
    """The model and its checkpoints go, so that it must be trained again."""
    for prefix in (f"artifacts/model/{model}/", f"work/model/{model}/"):
        keys = [info.key for info in store.list(prefix)]
        assert keys, prefix
        for key in keys:
            store.delete(key)


def role(pod: Any) -> str:
    return str(pod["metadata"]["labels"]["training.kubeflow.org/replica-type"])


def running(client: Release) -> list[Any]:
    """The two pods of the attempt that runs now, or nothing."""
    pods = [pod for pod in kube.unfinished(client.pods("trainer-worker")) if pod["status"]["phase"] == "Running"]
    return pods if len(pods) == 2 else []
