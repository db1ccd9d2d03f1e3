"""Upgrade, rollback: jobs, data and names stay; nothing immutable changes."""

from __future__ import annotations

import pytest

from tests.cluster import kube
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(900)]


def test_an_upgrade_and_a_rollback_keep_jobs_artifacts_and_names(client: Release) -> None:
    before = (client.lines("jobs"), client.lines("artifacts"))
    assert before[0] and before[1]
    revision = client.revision()
    client.upgrade(
        "--reuse-values",
        "--set=ingestion.podLabels.tested=yes,store.embedded.podLabels.tested=yes,dask.scheduler.podLabels.tested=yes",
    )
    assert kube.get("pods", client.namespace, labels="tested=yes")
    assert (client.lines("jobs"), client.lines("artifacts")) == before

    client.rollback(revision)
    kube.until(lambda: not kube.get("pods", client.namespace, labels="tested=yes"), "the old pods are back")
    assert (client.lines("jobs"), client.lines("artifacts")) == before


def test_a_job_goes_on_through_an_upgrade(client: Release) -> None:
    import json

    started = client.cli(
        "ingest", "--installed-packages", "--set=languages=[Python]", "--set=max_bytes=12000002", "--detach", "--json"
    )
    id = json.loads(started.stdout.splitlines()[-1])["id"]
    client.upgrade("--reuse-values", "--set=ingestion.podAnnotations.round=second")
    ended = kube.until(
        lambda: next((job for job in [client.result("jobs", id)] if job["state"] == "JOB_STATE_SUCCEEDED"), None),
        "the job succeeds",
        240,
    )
    assert int(ended["attempt"]) == 1
