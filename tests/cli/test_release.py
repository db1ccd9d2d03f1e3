"""What kubectl shows of a release, as sentences: which Services, which other releases, why pods do not run."""

from __future__ import annotations

from typing import Any

import pytest

from codekiln.cli.release import check_pods, no_such_release, service_names
from codekiln.core.errors import FailedPrecondition


def labelled(component: str, release: str = "codekiln", namespace: str = "team") -> dict[str, Any]:
    labels = {
        "app.kubernetes.io/name": "codekiln",
        "app.kubernetes.io/instance": release,
        "app.kubernetes.io/component": component,
    }
    return {"metadata": {"name": f"{release}-x-{component}", "namespace": namespace, "labels": labels}}


def pod(component: str, **status: Any) -> dict[str, Any]:
    return {**labelled(component), "status": status}


def container(**state: Any) -> dict[str, Any]:
    return {"name": "c", "state": state}


RUNNING = pod("cleaning", phase="Running", containerStatuses=[container(running={"startedAt": "now"})])


def test_services_are_found_by_component_whatever_their_names() -> None:
    found = service_names([labelled("inference"), labelled("dask-scheduler"), labelled("cleaning"), labelled("store")])
    assert found == {"cleaning": "codekiln-x-cleaning", "inference": "codekiln-x-inference"}


def test_other_releases_are_listed_each_once() -> None:
    services = [labelled("cleaning", "mine", "b"), labelled("trainer", "mine", "b"), labelled("trainer", "x", "a")]
    message = no_such_release("codekiln", "default", services).message
    assert message == (
        "there is no release `codekiln` in namespace default; there is `x` in namespace a, `mine` in namespace b: "
        "choose with --release and --namespace"
    )


def test_where_there_is_none_at_all_the_way_to_one_is_told() -> None:
    assert "helm install" in no_such_release("codekiln", "default", []).message


def test_a_pod_that_runs_and_is_not_ready_can_be_reached() -> None:
    check_pods(["cleaning"], [RUNNING])


@pytest.mark.parametrize(
    ("status", "why"),
    [
        (
            {"containerStatuses": [container(waiting={"reason": "ImagePullBackOff", "message": "no such image"})]},
            "ImagePullBackOff (no such image)",
        ),
        (
            {
                "containerStatuses": [
                    container(waiting={"reason": "CrashLoopBackOff"})
                    | {"lastState": {"terminated": {"reason": "OOMKilled"}}}
                ]
            },
            "CrashLoopBackOff (it ended before with OOMKilled)",
        ),
        (
            {
                "phase": "Pending",
                "conditions": [
                    {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no cpu"}
                ],
            },
            "Unschedulable (no cpu)",
        ),
        (
            {
                "initContainerStatuses": [container(waiting={"reason": "CreateContainerConfigError"})],
                "containerStatuses": [container(waiting={"reason": "PodInitializing"})],
            },
            "CreateContainerConfigError",
        ),
        ({"containerStatuses": [container(terminated={"reason": "Error"})]}, "Error"),
        ({"phase": "Pending"}, "Pending"),
        ({}, "it has just been made"),
    ],
)
def test_pods_that_do_not_run_are_named_with_their_reason(status: dict[str, Any], why: str) -> None:
    with pytest.raises(FailedPrecondition) as caught:
        check_pods(["cleaning", "trainer"], [RUNNING, pod("trainer", **status)])
    assert caught.value.message.startswith(f"not ready yet: codekiln-x-trainer: {why}. `kubectl get pods`")


def test_one_pod_of_several_is_enough_and_one_that_is_being_deleted_is_none() -> None:
    going = {**RUNNING, "metadata": {**RUNNING["metadata"], "deletionTimestamp": "now"}}
    with pytest.raises(FailedPrecondition, match="cleaning has no pod"):
        check_pods(["cleaning"], [going])
    check_pods(["cleaning"], [going, pod("cleaning", phase="Pending"), RUNNING])
