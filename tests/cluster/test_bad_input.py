"""What cannot work says so: at install, or as the error of a job that names the object and the next step."""

from __future__ import annotations

import pytest

from tests.cluster import kube
from tests.cluster.release import CHART, Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("option", "named"),
    [
        ("--set=trainr.gpus=1", "trainr"),
        ("--set=trainer.worker.gpus=0.5", "gpus"),
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


def failed(client: Release, *fields: str) -> str:
    """The sentence with which an ingestion fails."""
    done = client.cli("ingest", "--installed-packages", "--set=max_bytes=1000001", *fields, timeout=400)
    assert done.returncode == 1, done.stdout
    return done.stderr.rpartition("error: ")[2]


def worker(client: Release, *options: str) -> None:
    client.upgrade("--reuse-values", *options)


def test_an_image_that_does_not_exist_fails_the_job_and_is_named(client: Release) -> None:
    worker(client, "--set=ingestion.worker.image.tag=absent")
    try:
        said = failed(client)
    finally:
        worker(client, "--set=ingestion.worker.image.tag=")
    assert "codekiln/data:absent" in said
    assert "ingestion.worker.image" in said or "image" in said


def test_a_missing_secret_fails_the_job_and_is_named(client: Release) -> None:
    env = "ingestion.worker.extraEnv[0]"
    key = f"{env}.valueFrom.secretKeyRef"
    worker(client, f"--set={env}.name=TOKEN,{key}.name=nowhere,{key}.key=token")
    try:
        said = failed(client)
    finally:
        worker(client, "--set=ingestion.worker.extraEnv=null")
    assert "nowhere" in said


def test_a_node_that_cannot_schedule_is_told_while_waiting_and_in_the_end(client: Release) -> None:
    worker(client, "--set=ingestion.worker.nodeSelector.disk=none,ingestion.pendingSeconds=20")
    try:
        said = failed(client)
    finally:
        worker(client, "--set=ingestion.worker.nodeSelector=null,ingestion.pendingSeconds=900")
    assert "node" in said


def test_a_volume_that_is_full_fails_the_job_with_what_to_raise(client: Release) -> None:
    worker(client, "--set=ingestion.worker.scratchSize=1Mi")
    try:
        done = client.cli("ingest", "--installed-packages", "--set=max_bytes=9000003", timeout=400)
    finally:
        worker(client, "--set=ingestion.worker.scratchSize=")
    assert done.returncode in (0, 1)
    if done.returncode == 1:
        assert "scratchSize" in done.stderr or "space" in done.stderr


def test_a_quota_that_forbids_the_worker_is_told(client: Release) -> None:
    quota = "apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: none}\nspec: {hard: {count/jobs.batch: '0'}}"
    kube.kubectl("apply", "-n", client.namespace, "-f", "-", stdin=quota)
    try:
        kube.until(
            lambda: kube.get("resourcequota", client.namespace, name="none")["status"].get("used"), "the quota counts"
        )
        said = failed(client, "--set=max_bytes=1000004")
    finally:
        kube.kubectl("delete", "resourcequota", "none", "-n", client.namespace)
    assert "quota" in said
