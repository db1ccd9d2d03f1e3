"""A training over two pods, and what becomes of it when one of them goes away."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from codekiln.core.jobs.record import Job, JobState
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.kinds import leads
from codekiln.core.store import ObjectStore
from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release, made

SMALL = ("shape.layers=2", "shape.hidden_size=64", "shape.heads=2", "shape.kv_heads=1", "shape.head_dim=32")
SPEC = (*SMALL, "shape.intermediate_size=128", "sequence_length=64", "batch_size=4", "warmup_steps=2", "processes=2")


def train(client: Release, tokens: str, steps: int) -> Any:
    """The job, ended well; a checkpoint every 100 steps."""
    fields = (*SPEC, f"steps={steps}", "checkpoint_steps=100")
    return client.result("train", tokens, *(f"--set={field}" for field in fields), timeout=900)


def running(client: Release) -> list[Any]:
    """The two pods of the attempt that runs now, or nothing."""
    pods = [pod for pod in kube.unfinished(client.pods("trainer-worker")) if pod["status"]["phase"] == "Running"]
    return pods if len(pods) == 2 else []


def check_that_deletions_change_nothing(client: Release, tokens: str, steps: int) -> None:
    """A follower is killed, then the leader of the attempt that comes after is asked to end: the same model."""
    unbroken = train(client, tokens, steps)
    digests = parts(client, unbroken)
    model = made(unbroken).partition(":")[2]
    with client.store() as store:
        forget(store, model)
        kube.until(lambda: not kube.unfinished(client.pods("trainer-worker")), "the first training's pods end", 120)
        survived = while_running(lambda: train(client, tokens, steps), lambda: delete_both(client, store, model))
    assert survived["id"] != unbroken["id"] and int(survived["attempt"]) >= 3
    assert parts(client, survived) == digests


def delete_both(client: Release, store: ObjectStore, model: str) -> None:
    first = delete(client, store, model, leader=False, after=0)
    delete(client, store, model, leader=True, after=first)


def delete(client: Release, store: ObjectStore, model: str, *, leader: bool, after: int) -> int:
    """Deletes a pod once an attempt later than `after` has saved a checkpoint; returns the attempt."""
    job = kube.until(lambda: training(store, after), f"attempt {after + 1} trains", 180)
    before = newest_checkpoint(store, model)
    kube.until(lambda: newest_checkpoint(store, model) > before, f"attempt {job.attempt} saves a checkpoint", 180)
    [pod] = [pod for pod in running(client) if leads(pod) is leader]
    how = "--grace-period=20" if leader else "--force"
    kube.kubectl("delete", "pod", pod["metadata"]["name"], "-n", client.namespace, "--wait=false", how)
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
