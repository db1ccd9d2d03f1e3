"""What cannot work says so: at install, or as the error of a job that names the object and the next step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cluster import kube
from tests.cluster.release import CHART, Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("--set=trainr.gpus=1", "trainr"),
        ("--set=trainer.gpus=0.5", "gpus"),
        ("--set=inference.gpus=0.5", "gpus"),
        ("--set=trainer.launcher=slurm", "launcher"),
        ("--set=store.embedded.enabled=false", "store.external.url"),
    ],
)
def test_a_wrong_value_is_refused_at_install_with_its_path(release: Release, option: str, named: str) -> None:
    said = kube.helm(
        "upgrade", release.name, str(CHART), "-n", release.namespace, "--dry-run=server", option, check=False
    )
    assert "Error" in said
    assert named in said


@contextlib.contextmanager
def changed(client: Release, *options: str) -> Iterator[None]:
    """The release with these values, and afterwards as it was."""
    revision = client.revision()
    client.upgrade("--reuse-values", *options)
    try:
        yield
    finally:
        client.rollback(revision)


def failed(client: Release, size: int) -> str:
    """The sentence with which an ingestion fails; each test reads another amount, so that none is a cache hit."""
    done = client.cli("ingest", "--installed-packages", f"--set=max_bytes={size}", timeout=400)
    assert done.returncode == 1, f"{done.stdout}{done.stderr}"
    return done.stderr.rpartition("error: ")[2]


def waits(job: Any) -> bool:
    return job["state"] == "JOB_STATE_STARTING" and "waiting" in job.get("progress", {}).get("phase", "")


def test_an_image_that_does_not_exist_fails_the_job_and_is_named(client: Release) -> None:
    with changed(client, "--set=ingestion.worker.image.tag=absent"):
        said = failed(client, 1000001)
    assert "codekiln/data:absent" in said


def test_a_missing_secret_fails_the_job_and_is_named(client: Release) -> None:
    env = "ingestion.worker.extraEnv[0]"
    key = f"{env}.valueFrom.secretKeyRef"
    with changed(client, f"--set={env}.name=TOKEN,{key}.name=nowhere,{key}.key=token"):
        assert "nowhere" in failed(client, 1000002)


def test_a_node_that_cannot_schedule_is_told_while_waiting_and_in_the_end(client: Release) -> None:
    with changed(client, "--set=ingestion.worker.nodeSelector.disk=none,jobs.pendingSeconds=15"):
        process = client.start("ingest", "--installed-packages", "--set=max_bytes=1000003")
        seen = kube.until(
            lambda: [job for job in client.lines("jobs") if waits(job)],
            "the job says what it waits for",
        )
        _, said = process.communicate(timeout=120)
    assert "node" in seen[0]["progress"]["phase"]
    assert process.returncode == 1
    assert "node" in said.rpartition("error: ")[2]


def test_a_quota_that_forbids_the_worker_is_told(client: Release) -> None:
    quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\nspec: {hard: {count/jobs.batch: '0'}}"
    kube.kubectl("apply", "-n", client.namespace, "-f", "-", stdin=quota)
    try:
        kube.until(
            lambda: kube.get("resourcequota", client.namespace, name="none")["status"].get("used"), "the quota counts"
        )
        said = failed(client, 1000005)
    finally:
        kube.kubectl("delete", "resourcequota", "none", "-n", client.namespace)
    assert "quota" in said


def test_a_kind_that_the_cluster_lacks_is_named_with_the_value_to_set(client: Release) -> None:
    if "trainjobs" in kube.kubectl("api-resources", "-o", "name"):
        pytest.skip("this cluster has TrainJobs")
    with changed(client, "--set=trainer.launcher=trainjob,trainer.trainingRuntime=any"):
        done = client.cli("train", "demo/tokens", "--set=steps=3")
    assert done.returncode == 1
    assert "trainjobs.trainer.kubeflow.org" in done.stderr
    assert "trainer.launcher" in done.stderr


def test_a_store_that_does_not_answer_is_told_in_one_sentence(client: Release) -> None:
    """Proved on the process itself: a pod that cannot start shows the same sentence as its last words."""
    [pod] = kube.unfinished(client.pods("ingestion"))
    done = kube.kubectl(
        "exec", pod["metadata"]["name"], "-n", client.namespace, "--", "env",
        "CODEKILN_STORE=s3://codekiln?endpoint=http://127.0.0.1:1", "CODEKILN_LISTEN=127.0.0.1:0",
        "CODEKILN_HEALTH_LISTEN=127.0.0.1:0", "CODEKILN_METRICS_LISTEN=127.0.0.1:0",
        "python", "-m", "codekiln.ingestion.server", check=False,
    )  # fmt: skip
    assert "codekiln ingestion:" in done
    assert "127.0.0.1:1" in done


def test_a_worker_whose_disk_is_full_is_told_with_the_disk(client: Release) -> None:
    """The kubelet ends a pod that has filled the disk it was given."""
    with changed(client, "--set=trainer.worker.scratch=1Mi,jobs.maxFailures=1"):
        done = client.cli("train", "demo/tokens", "--set=steps=100000", "--set=checkpoint_steps=10")
    assert done.returncode == 1
    said = done.stderr.rpartition("error: ")[2]
    assert "was evicted" in said
    assert "1Mi" in said
