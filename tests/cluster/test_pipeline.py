"""The demo recipe, wholly inside the cluster, run by a client outside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cluster import kube
from tests.cluster.release import Release

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(2400)]

RECIPE = "recipes/demo.yaml"


@pytest.fixture(scope="module")
def result(client: Release) -> Any:
    return client.result("run", RECIPE, timeout=2000)


def test_the_demo_recipe_runs_in_the_cluster(result: Any) -> None:
    stages = result["stages"]
    assert not any(stage["cached"] for stage in stages.values())
    report = stages["evaluation"]["summary"]
    assert report["canonical"]["passed"] == report["canonical"]["problems"] == 164
    assert stages["trainer"]["summary"]["loss_end"] < stages["trainer"]["summary"]["loss_start"]


def test_a_second_run_is_all_cache_hits(client: Release, result: Any) -> None:
    again = client.result("run", RECIPE)
    assert all(stage["cached"] for stage in again["stages"].values())


def test_ended_jobs_leave_no_pods_and_no_objects(client: Release, result: Any) -> None:
    def left() -> set[str]:
        objects = kube.get("jobs,pytorchjobs", client.namespace)
        pods = kube.get("pods", client.namespace, labels="codekiln.dev/job")
        return kube.names(objects) | kube.names(pods)

    assert kube.until(lambda: not left(), "worker pods and their jobs are gone", 60)


def test_dask_workers_are_back_to_the_least_number(client: Release, result: Any) -> None:
    assert kube.until(
        lambda: client.object("deployment", "dask-worker")["spec"]["replicas"] == 1, "one Dask worker is left", 60
    )


def test_lineage_leads_from_the_model_back_to_the_licences(client: Release, result: Any) -> None:
    done = client.cli("lineage", "demo/model")
    assert done.returncode == 0
    assert "MIT" in done.stdout
    assert result["stages"]["ingestion"]["artifact"] in done.stdout
