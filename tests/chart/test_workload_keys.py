"""Each key that every workload takes reaches every workload's pod, and only that one's; `defaults` reach all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tests.chart.objects import Pod, of_kind, pods
from tests.chart.rendering import VALUE_SETS, refusal, render
from tests.chart.workloads import WORKLOADS, pod_of, values_for

pytestmark = pytest.mark.chart

DIGEST = f"sha256:{'a' * 64}"


def toleration(word: str) -> dict[str, Any]:
    return {"key": word, "operator": "Exists", "effect": "NoSchedule"}


def spread(word: str) -> dict[str, Any]:
    return {"maxSkew": 1, "topologyKey": word, "whenUnsatisfiable": "ScheduleAnyway"}


def affinity(word: str) -> dict[str, Any]:
    terms = [{"matchExpressions": [{"key": "zone", "operator": "In", "values": [word]}]}]
    return {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}}


def resources(word: str) -> dict[str, Any]:
    number = sum(word.encode())
    return {"requests": {"cpu": f"{number}m", "memory": "77Mi"}, "limits": {"cpu": "7", "memory": f"{number}Mi"}}


def variable(word: str) -> dict[str, Any]:
    return {"name": "HTTPS_PROXY", "value": word}


SEEN: dict[str, tuple[Callable[[str], Any], Callable[[Pod, Any], bool]]] = {
    "resources": (resources, lambda pod, value: pod.main["resources"] == value),
    "nodeSelector": (lambda word: {"zone": word}, lambda pod, value: pod.spec.get("nodeSelector") == value),
    "tolerations": (lambda word: [toleration(word)], lambda pod, value: pod.spec.get("tolerations") == value),
    "affinity": (affinity, lambda pod, value: pod.spec.get("affinity") == value),
    "topologySpreadConstraints": (
        lambda word: [spread(word)],
        lambda pod, value: pod.spec.get("topologySpreadConstraints") == value,
    ),
    "priorityClassName": (str, lambda pod, value: pod.spec.get("priorityClassName") == value),
    "runtimeClassName": (str, lambda pod, value: pod.spec.get("runtimeClassName") == value),
    "podAnnotations": (
        lambda word: {"a": word},
        lambda pod, value: value.items() <= (pod.metadata.get("annotations") or {}).items(),
    ),
    "podLabels": (lambda word: {"team": word}, lambda pod, value: value.items() <= pod.labels.items()),
    "extraEnv": (lambda word: [variable(word)], lambda pod, value: value[0] in pod.main["env"]),
    "serviceAccount": (
        lambda word: {"create": False, "name": f"own-{word}"},
        lambda pod, value: pod.spec["serviceAccountName"] == value["name"],
    ),
    "image": (
        lambda word: {"registry": "r.example", "repository": f"p/{word}", "digest": DIGEST, "pullPolicy": "Always"},
        lambda pod, value: (
            (pod.main["image"], pod.main["imagePullPolicy"]) == (f"r.example/{value['repository']}@{DIGEST}", "Always")
        ),
    ),
}
"""Key: a value with a word of ours in it, and how such a value is seen in a pod."""


@pytest.mark.parametrize("key", SEEN)
@pytest.mark.parametrize("component", WORKLOADS)
def test_a_key_of_one_workload_reaches_its_pod_alone(component: str, key: str) -> None:
    """Every workload has its own word: one rendering a key is enough."""
    value_with, is_seen = SEEN[key]
    objects = render(_merged(values_for(name, **{key: value_with(name)}) for name in WORKLOADS))
    seen = [pod.component for pod in pods(objects) if is_seen(pod, value_with(component))]
    assert seen == [component]


@pytest.mark.parametrize("key", [key for key in SEEN if key not in ("resources", "serviceAccount", "image")])
def test_a_key_of_the_defaults_reaches_every_pod(key: str) -> None:
    value_with, is_seen = SEEN[key]
    found = [pod for pod in pods(render({"defaults": {key: value_with("all")}})) if pod.component in WORKLOADS]
    assert [str(pod) for pod in found if not is_seen(pod, value_with("all"))] == []
    assert len(found) == len(WORKLOADS)


def test_a_workloads_own_word_wins_over_the_defaults() -> None:
    values = {"defaults": {"nodeSelector": {"zone": "a", "disk": "ssd"}}, "trainer": {"nodeSelector": {"zone": "b"}}}
    objects = render(values)
    assert pod_of(objects, "trainer").spec["nodeSelector"] == {"zone": "b", "disk": "ssd"}
    assert pod_of(objects, "cleaning").spec["nodeSelector"] == {"zone": "a", "disk": "ssd"}


def test_the_image_of_all_is_set_in_one_place() -> None:
    image = {"registry": "r.example:5000/mirror", "repository": "team/kiln", "tag": "7", "pullPolicy": "Never"}
    for pod in pods(render({"image": image})):
        for container in pod.containers:
            assert container["image"].startswith("r.example:5000/mirror/team/kiln/"), pod
            assert container["image"].endswith(":7"), pod
            assert container["imagePullPolicy"] == "Never", pod


def test_without_a_tag_the_images_are_those_of_this_version_and_never_latest() -> None:
    for pod in pods(render()):
        for container in pod.containers:
            tag = container["image"].rpartition(":")[2]
            assert tag == pod.labels["app.kubernetes.io/version"], pod


def test_pull_secrets_reach_every_pod() -> None:
    objects = render({"imagePullSecrets": [{"name": "registry"}]})
    assert [str(pod) for pod in pods(objects) if pod.spec.get("imagePullSecrets") != [{"name": "registry"}]] == []


@pytest.mark.parametrize("name", [name for name in VALUE_SETS if name != "served"])
def test_nothing_empty_is_rendered(name: str) -> None:
    """An empty runtimeClassName is refused by the API server; other empty fields mean something else than absence."""
    for pod in pods(render(VALUE_SETS[name])):
        for key in (
            "runtimeClassName",
            "priorityClassName",
            "nodeSelector",
            "tolerations",
            "affinity",
            "imagePullSecrets",
        ):
            assert key not in pod.spec, (pod, key)


def test_accounts_of_ones_own_are_used_and_none_are_made_then() -> None:
    own = {"create": False, "name": "own"}
    objects = render(_merged(values_for(name, serviceAccount=own) for name in WORKLOADS))
    assert of_kind(objects, "ServiceAccount") == []
    assert {pod_of(objects, name).spec["serviceAccountName"] for name in WORKLOADS} == {"own"}


def test_every_workload_has_an_account_of_its_own() -> None:
    objects = render()
    made = [account["metadata"]["name"] for account in of_kind(objects, "ServiceAccount")]
    assert sorted(pod_of(objects, name).spec["serviceAccountName"] for name in WORKLOADS) == sorted(made)
    assert len(set(made)) == len(made) == len(WORKLOADS)


@pytest.mark.parametrize("component", ["trainer", "sandbox", "dask-worker"])
def test_an_account_that_is_not_made_must_be_named(component: str) -> None:
    assert component in refusal(values_for(component, serviceAccount={"create": False}))


def test_annotations_of_accounts_reach_them() -> None:
    accounts = (values_for(name, serviceAccount={"annotations": {"iam": name}}) for name in WORKLOADS)
    objects = render(_merged(accounts))
    annotations = {
        a["metadata"]["name"]: a["metadata"]["annotations"]["iam"] for a in of_kind(objects, "ServiceAccount")
    }
    for name in WORKLOADS:
        assert annotations[pod_of(objects, name).spec["serviceAccountName"]] == name


def _merged(trees: Iterable[dict[str, Any]]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for tree in trees:
        for key, below in tree.items():
            merged[key] = _merged([merged[key], below]) if isinstance(merged.get(key), dict) else below
    return merged
