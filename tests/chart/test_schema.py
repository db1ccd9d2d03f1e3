"""The schema takes every default and refuses every typo with its path, so that no value is given and not read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import yaml

from tests.chart.misspelling import keys, leaves, misspelt, mistyped, pointer, refused_values, unknown_keys
from tests.chart.rendering import CHART, refusal, render
from tests.chart.workloads import WORKLOADS, values_for

VALUES: dict[str, Any] = yaml.safe_load((CHART / "values.yaml").read_text())
SCHEMA: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text())

OPEN = {"global", "labels", "annotations", "podLabels", "podAnnotations", "nodeSelector", "matchLabels"}
"""Maps whose keys are the person's own."""

EVERY_KEY: dict[str, Any] = {
    "image": {"registry": "r", "repository": "p", "tag": "t", "digest": f"sha256:{'0' * 64}", "pullPolicy": "Never"},
    "resources": {"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "1", "ephemeral-storage": "1Gi"}},
    "nodeSelector": {"zone": "a"},
    "tolerations": [{"key": "gpu", "operator": "Equal", "value": "yes", "effect": "NoExecute", "tolerationSeconds": 1}],
    "affinity": {
        "nodeAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": {
                "nodeSelectorTerms": [{"matchExpressions": [{"key": "zone", "operator": "In", "values": ["a"]}]}]
            }
        },
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "podAffinityTerm": {"topologyKey": "zone", "labelSelector": {"matchLabels": {"a": "b"}}}}
            ]
        },
    },
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "zone",
            "whenUnsatisfiable": "DoNotSchedule",
            "labelSelector": {"matchLabels": {}},
        }
    ],
    "priorityClassName": "high",
    "runtimeClassName": "gvisor",
    "podAnnotations": {"a": "b"},
    "podLabels": {"a": "b"},
    "extraEnv": [{"name": "A", "value": "b"}, {"name": "B", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}],
    "serviceAccount": {"create": True, "name": "own", "annotations": {"a": "b"}},
}
"""The keys that every workload takes, each with something in it."""


def complete() -> dict[str, Any]:
    """The defaults, and every key of every workload."""
    values: dict[str, Any] = json.loads(json.dumps(VALUES))
    values["defaults"] = EVERY_KEY
    for path in WORKLOADS.values():
        block = values
        for part in path:
            block = block[part]
        block |= json.loads(json.dumps(EVERY_KEY))
    return values


def test_the_schema_is_a_schema_and_takes_the_defaults() -> None:
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.validate(VALUES, SCHEMA)
    jsonschema.validate(complete(), SCHEMA)


def test_the_schema_knows_what_values_yaml_has_and_no_more() -> None:
    """A value that is only in the schema would be read by no-one, or be in no table."""
    assert set(SCHEMA["properties"]) == set(VALUES)
    assert set(EVERY_KEY) == set(VALUES["defaults"])
    assert {pointer(path) for path in _described(SCHEMA)} == {
        pointer(path) for path in keys(complete()) if not _is_within_a_kubernetes_type(path)
    }


def test_every_map_but_a_persons_own_is_closed() -> None:
    for path, node in _nodes(SCHEMA):
        if node.get("type") == "object" and not path.endswith(("/global", "/stringMap")):
            assert node.get("additionalProperties") is False, path


@pytest.mark.chart
def test_a_typo_at_every_path_is_refused_with_its_path() -> None:
    values = complete()
    wanted = {pointer(path) + "x" for path in keys(values) if not OPEN & set(path[:-1])}
    assert len(wanted) > 800
    assert wanted - unknown_keys(refusal(misspelt(values))) == set()


@pytest.mark.chart
def test_a_value_of_the_wrong_kind_at_every_path_is_refused_with_its_path() -> None:
    values = complete()
    wanted = {pointer(path) for path in leaves(values)}
    assert len(wanted) > 600
    said = refused_values(refusal(mistyped(values)))
    assert {path for path in wanted if path not in said and f"{path}/0" not in said} == set()


@pytest.mark.chart
@pytest.mark.parametrize("number", [0.5, 1.5, -1, "0.5", "500m", "one", True])
@pytest.mark.parametrize("service", ["trainer", "inference"])
def test_gpus_are_whole(service: str, number: Any) -> None:
    device = {"device": "cuda"} if service == "inference" else {}
    assert f"/{service}/gpus" in refusal({service: {"gpus": number, **device}})


@pytest.mark.chart
@pytest.mark.parametrize("amount", [0.5, "0.5", "500m"])
def test_a_device_in_resources_is_whole_too(amount: Any) -> None:
    values = values_for("trainer-worker", resources={"limits": {"nvidia.com/gpu": amount}})
    assert "/trainer/worker/resources/limits/nvidia.com~1gpu" in refusal(values)


@pytest.mark.chart
def test_global_and_enabled_are_accepted_and_change_nothing() -> None:
    """Helm hands `global` down when the chart is a part of another, whose `condition` is `codekiln.enabled`."""
    assert render({"global": {"imageRegistry": "x", "any": {"thing": 1}}, "enabled": True}) == render()


@pytest.mark.chart
def test_a_complete_set_of_values_renders() -> None:
    values = complete()
    values["inference"] |= {"device": "cuda", "gpus": 1}
    assert len(render(values)) >= len(render())


def _nodes(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for key, below in node.items():
            yield from _nodes(below, f"{path}/{key}")


def _described(node: dict[str, Any], at: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Paths that the schema names, down to types of Kubernetes."""
    if "$ref" in node:
        node = SCHEMA["definitions"][node["$ref"].rpartition("/")[2]]
    found: set[tuple[str | int, ...]] = set()
    for key, below in (node.get("properties") or {}).items():
        if not _is_within_a_kubernetes_type((*at, key)):
            found |= {(*at, key)} | _described(below, (*at, key))
    return found


def _is_within_a_kubernetes_type(path: tuple[str | int, ...]) -> bool:
    of_kubernetes = {*OPEN, "resources", "affinity", "seccompProfile", "tolerations", "extraEnv"}
    return bool(of_kubernetes & set(path[:-1])) or any(isinstance(part, int) for part in path)
