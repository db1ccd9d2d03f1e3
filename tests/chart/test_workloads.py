"""Each workload can be run: probed, drained, bounded in what it takes, and small enough in all for one small node."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chart.objects import LONG_RUNNING, Pod, environment_of, of_kind, pods
from tests.chart.quantities import amount
from tests.chart.reachability import matches
from tests.chart.rendering import VALUE_SETS, render
from tests.chart.workloads import FAMILIES, SERVERS, WORKERS, WORKLOADS, pod_of

pytestmark = pytest.mark.chart

REPLICATED = {"inference": {"replicas": 2, "model": "demo/model"}, "sandbox": {"replicas": 2}} | {
    server: {"replicas": 2} for server in SERVERS
}
KILL_AFTER_DRAIN = 10
"""Seconds that a process has left after its calls are drained, to close the store and end its engine."""


def long_running(values: dict[str, Any] | None = None) -> list[Pod]:
    return [pod for pod in pods(render(values)) if pod.kind in LONG_RUNNING]


def test_there_is_one_pod_of_each_workload_and_the_test() -> None:
    assert sorted(pod.component for pod in pods(render())) == sorted([*WORKLOADS, "test"])


@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_long_running_container_is_probed(name: str) -> None:
    for pod in long_running(VALUE_SETS[name]):
        for container in pod.spec["containers"]:
            ports = {port["name"]: port["containerPort"] for port in container["ports"]}
            for probe in ("readinessProbe", "livenessProbe", "startupProbe"):
                assert probe in container, (pod, probe)
                assert _port(container[probe]) in {*ports, *ports.values()}, (pod, probe)


def test_a_model_has_as_long_to_load_as_the_value_says() -> None:
    probe = pod_of(render({"inference": {"model": "demo/model", "startupSeconds": 901}}), "inference").main[
        "startupProbe"
    ]
    assert 901 <= probe["periodSeconds"] * probe["failureThreshold"] < 901 + probe["periodSeconds"]
    deployment = _deployment(render({"inference": {"startupSeconds": 901}}), "inference")
    assert deployment["spec"]["progressDeadlineSeconds"] > 901


def test_liveness_is_slower_to_judge_than_readiness() -> None:
    for pod in long_running():
        ready, alive = (_patience(pod.main[probe]) for probe in ("readinessProbe", "livenessProbe"))
        assert alive > ready, pod


@pytest.mark.parametrize("drain", [0, 5, 7.5, 300])
def test_a_pod_is_killed_only_well_after_it_has_drained(drain: float) -> None:
    for pod in long_running({"drainSeconds": drain}):
        drains = float(environment_of(pod.main).get("CODEKILN_DRAIN_SECONDS", 0))
        assert drains in (0, drain)
        assert pod.spec["terminationGracePeriodSeconds"] >= drains + KILL_AFTER_DRAIN, pod


@pytest.mark.parametrize("stop", [20, 600])
def test_a_worker_has_the_time_that_its_server_promises_to_save_its_work(stop: int) -> None:
    objects = render({"jobs": {"stopSeconds": stop}})
    for server, worker in zip(SERVERS, WORKERS, strict=True):
        assert environment_of(pod_of(objects, server).main)["CODEKILN_WORKER_STOP_SECONDS"] == str(stop)
        assert pod_of(objects, worker).spec["terminationGracePeriodSeconds"] >= stop


def test_a_disruption_budget_exists_only_where_there_are_several_pods() -> None:
    assert of_kind(render(), "PodDisruptionBudget") == []
    objects = render({**REPLICATED, "dask": {"worker": {"replicas": {"min": 2, "max": 4}}}})
    budgets = of_kind(objects, "PodDisruptionBudget")
    guarded = {component for component in WORKLOADS for b in budgets if _selects(b, pod_of(objects, component))}
    assert guarded == {*REPLICATED, "dask-worker"}
    assert len(budgets) == len(guarded)
    for budget in budgets:
        assert budget["spec"]["maxUnavailable"] == 1


def test_every_container_has_requests_and_limits() -> None:
    for pod in pods(render()):
        for container in pod.containers:
            for bound in ("requests", "limits"):
                for resource in ("cpu", "memory"):
                    assert amount(container["resources"][bound][resource]) > 0, (pod, bound, resource)


def test_the_release_and_its_largest_job_fit_one_small_node() -> None:
    """Dask's workers at the most that they are scaled to count too: a cleaning job and they run together."""
    objects = render()
    for resource, most in (("cpu", amount("1.5")), ("memory", amount("10Gi"))):
        resident = sum(_request(pod, resource) for pod in pods(objects) if pod.component not in (*WORKERS, "test"))
        more_dask = _request(pod_of(objects, "dask-worker"), resource)
        jobs = {worker: _request(pod_of(objects, worker), resource) for worker in WORKERS}
        jobs["cleaning-worker"] += more_dask
        assert resident + max(jobs.values()) < most, (resource, resident, jobs)


def test_each_workload_runs_its_own_image_and_module() -> None:
    objects = render()
    for component, family in FAMILIES.items():
        assert pod_of(objects, component).main["image"].startswith(f"codekiln/{family}:"), component
    for server in (*SERVERS, "inference"):
        assert pod_of(objects, server).main["command"] == ["python", "-m", f"codekiln.{server}.server"]
    for worker in WORKERS:
        main = pod_of(objects, worker).main
        assert main["name"] == "worker" and "command" not in main and "args" not in main, (
            "the launcher gives the command"
        )
        assert pod_of(objects, worker).spec["restartPolicy"] == "Never"


def test_trainer_and_inference_have_shared_memory_of_the_size_asked_for() -> None:
    values = {"trainer": {"sharedMemory": "3Gi"}, "inference": {"sharedMemory": "5Gi"}}
    for component, size in {"trainer-worker": "3Gi", "inference": "5Gi"}.items():
        pod = pod_of(render(values), component)
        (name,) = (mount["name"] for mount in pod.main["volumeMounts"] if mount["mountPath"] == "/dev/shm")
        (volume,) = (volume for volume in pod.spec["volumes"] if volume["name"] == name)
        assert volume["emptyDir"] == {"medium": "Memory", "sizeLimit": size}


def test_gpus_are_rendered_as_asked_and_absent_unless_asked() -> None:
    assert "gpu" not in str(render())
    values: dict[str, Any] = {
        "trainer": {"gpus": 4, "gpuResource": "amd.com/gpu"},
        "inference": {"device": "cuda", "gpus": 2},
    }
    objects = render(values)
    trained, served = (pod_of(objects, component).main["resources"] for component in ("trainer-worker", "inference"))
    assert trained["limits"]["amd.com/gpu"] == 4
    assert served["limits"]["nvidia.com/gpu"] == 2
    assert pod_of(objects, "inference").main["image"].startswith("codekiln/inference-cuda:")
    assert environment_of(pod_of(objects, "trainer").main)["CODEKILN_PROCESSES_PER_POD"] == "4"
    assert not [
        pod
        for pod in pods(objects)
        if "gpu" in str(pod.main["resources"]) and pod.component not in values | {"trainer-worker": 1}
    ]


@pytest.mark.parametrize("component", [c for c in WORKLOADS if c not in WORKERS])
def test_a_service_sends_to_the_pods_of_its_workload_alone(component: str) -> None:
    objects = render()
    selecting = [
        s
        for s in of_kind(objects, "Service")
        if matches({"matchLabels": s["spec"]["selector"]}, pod_of(objects, component).labels)
    ]
    assert len(selecting) == (component != "dask-worker")
    for service in selecting:
        ports = {port["name"] for port in pod_of(objects, component).main["ports"]}
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports
        assert [
            p.component for p in pods(objects) if matches({"matchLabels": service["spec"]["selector"]}, p.labels)
        ] == [component]


def _deployment(objects: list[dict[str, Any]], component: str) -> dict[str, Any]:
    return pod_of(objects, component).source


def _selects(budget: dict[str, Any], pod: Pod) -> bool:
    return matches(budget["spec"]["selector"], pod.labels)


def _port(probe: dict[str, Any]) -> Any:
    return next(probe[kind]["port"] for kind in ("grpc", "httpGet", "tcpSocket") if kind in probe)


def _patience(probe: dict[str, Any]) -> int:
    return int(probe.get("periodSeconds", 10)) * int(probe.get("failureThreshold", 3))


def _request(pod: Pod, resource: str) -> float:
    """A pod asks for the sum of its containers; the Deployment's number of pods counts."""
    replicas = pod.source["spec"].get("replicas", 1) if pod.kind in LONG_RUNNING else 1
    return float(replicas) * sum(amount(container["resources"]["requests"][resource]) for container in pod.containers)
