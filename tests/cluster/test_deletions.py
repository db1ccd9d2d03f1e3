"""Pods go away in the middle of a job: nothing is lost, and the job ends as if nothing had happened."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster import kube
from tests.cluster.disturbing import while_running
from tests.cluster.release import Release, made

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]

CORPUS = ("--installed-packages", "--set=languages=[Python]", "--set=max_bytes=12000000")


@pytest.fixture(scope="module")
def corpus(client: Release) -> str:
    return made(client.result("ingest", *CORPUS))


def delete(client: Release, component: str) -> None:
    """The first running pod of a component, at once."""
    found = kube.until(
        lambda: [p for p in kube.unfinished(client.pods(component)) if p["status"]["phase"] == "Running"],
        f"a pod of {component} runs",
    )
    kube.kubectl(
        "delete",
        "pod",
        found[0]["metadata"]["name"],
        "-n",
        client.namespace,
        "--grace-period=0",
        "--force",
        "--wait=false",
    )


@pytest.mark.parametrize(
    ("component", "lines"), [("cleaning-worker", 401), ("dask-worker", 402), ("dask-scheduler", 403)]
)
def test_a_cleaning_goes_on_after_a_pod_was_deleted(client: Release, corpus: str, component: str, lines: int) -> None:
    """Each case cleans with a parameter of its own, so that none is a cache hit."""

    def clean() -> Any:
        return client.result("clean", corpus, f"--set=max_line_length={lines}")

    def disturb() -> None:
        kube.until(lambda: kube.unfinished(client.pods("cleaning-worker")), "cleaning runs", 60)
        delete(client, component)

    job = while_running(clean, disturb)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    shown = client.result("artifacts", made(job))
    assert shown["summary"]


def test_a_job_does_not_notice_that_its_server_is_gone(client: Release) -> None:
    def ingest() -> Any:
        return client.result("ingest", *CORPUS, "--set=max_bytes=12000001")

    def disturb() -> None:
        kube.until(lambda: kube.unfinished(client.pods("ingestion-worker")), "ingestion runs", 60)
        delete(client, "ingestion")

    job = while_running(ingest, disturb)
    assert job["state"] == "JOB_STATE_SUCCEEDED"
    assert int(job["attempt"]) == 1


def test_a_cancelled_job_leaves_no_pod(client: Release, corpus: str) -> None:
    import json

    started = client.cli("clean", corpus, "--set=max_line_length=404", "--detach", "--json")
    id = json.loads(started.stdout.splitlines()[-1])["id"]
    kube.until(lambda: kube.get("pods", client.namespace, labels=f"codekiln.dev/job={id}"), "its pod", 60)
    assert client.cli("jobs", id, "--cancel").returncode == 0
    kube.until(lambda: not kube.get("pods", client.namespace, labels=f"codekiln.dev/job={id}"), "no pod of it", 90)
    assert client.result("jobs", id)["state"] == "JOB_STATE_CANCELLED"
