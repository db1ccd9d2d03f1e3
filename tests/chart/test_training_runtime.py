"""What TrainJobs are made from: the chart's own TrainingRuntime, or one that the values name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.objects import environment_of, of_kind, pods
from tests.chart.rendering import render
from tests.chart.workloads import pod_of

pytestmark = pytest.mark.chart


def trainjobs(**trainer: Any) -> list[Any]:
    return render({"trainer": {"launcher": "trainjob", **trainer}})


@pytest.mark.parametrize("launcher", ["auto", "kubernetes", "pytorchjob"])
def test_other_launchers_need_none(launcher: str) -> None:
    objects = render({"trainer": {"launcher": launcher}})
    assert of_kind(objects, "TrainingRuntime") == []
    assert "CODEKILN_TRAINING_RUNTIME" not in environment_of(pod_of(objects, "trainer").main)


def test_the_server_makes_trainjobs_from_the_charts_own() -> None:
    objects = trainjobs()
    [runtime] = of_kind(objects, "TrainingRuntime")
    assert environment_of(pod_of(objects, "trainer").main)["CODEKILN_TRAINING_RUNTIME"] == runtime["metadata"]["name"]


def test_one_that_the_values_name_takes_its_place() -> None:
    objects = trainjobs(trainingRuntime="torch")
    assert of_kind(objects, "TrainingRuntime") == []
    assert environment_of(pod_of(objects, "trainer").main)["CODEKILN_TRAINING_RUNTIME"] == "torch"


def test_its_pod_is_the_one_of_the_other_launchers_with_the_names_that_the_operator_wants() -> None:
    """And with what the launcher adds elsewhere: a TrainJob cannot say when its pods have taken too long."""
    objects = trainjobs(gpus=2)
    [made] = pods(of_kind(objects, "TrainingRuntime"))
    [other] = [pod for pod in pods(of_kind(objects, "ConfigMap")) if pod.component == "trainer-worker"]
    assert made.metadata == other.metadata
    assert made.spec == {
        **other.spec,
        "activeDeadlineSeconds": 604800,
        "containers": [{**other.main, "name": "node"}],
    }
    assert made.main["resources"]["limits"]["nvidia.com/gpu"] == 2


def test_a_failed_attempt_is_not_repeated_behind_our_back() -> None:
    [runtime] = of_kind(trainjobs(), "TrainingRuntime")
    job_set = runtime["spec"]["template"]["spec"]
    assert job_set["failurePolicy"] == {"maxRestarts": 0}
    [job] = job_set["replicatedJobs"]
    assert job["template"]["spec"]["backoffLimit"] == 0
