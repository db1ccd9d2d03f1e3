"""The checker of immutable fields sees each of them change, and nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.chart.upgrades import IMMUTABLE, changes


def of(kind: str, **fields: Any) -> dict[str, Any]:
    return {"kind": kind, "metadata": {"name": "x", "namespace": "kiln"}, **fields}


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in IMMUTABLE.items() for path in paths])
def test_each_immutable_field_is_watched(kind: str, path: str) -> None:
    old, new = of(kind, spec={}), of(kind, spec={})
    *above, last = path.split(".")
    (new[above[0]] if above else new)[last] = {"changed": True}
    assert len(changes([old], [new])) == len(changes([new], [old])) == 1
    assert path in changes([old], [new])[0]
    assert changes([new], [copy.deepcopy(new)]) == []


def test_what_may_change_may_change() -> None:
    old = of("Deployment", spec={"replicas": 1, "selector": {"matchLabels": {"a": "b"}}, "template": {"spec": {}}})
    new = copy.deepcopy(old)
    new["spec"].update(replicas=3, template={"spec": {"priorityClassName": "high"}})
    assert changes([old], [new]) == []
    assert changes([of("ConfigMap", data={"a": "1"})], [of("ConfigMap", data={"a": "2"})]) == []


def test_an_immutable_config_map_keeps_its_data() -> None:
    old = of("ConfigMap", immutable=True, data={"a": "1"})
    assert "data" in changes([old], [{**old, "data": {"a": "2"}}])[0]


def test_objects_that_come_and_go_and_hooks_are_no_change() -> None:
    job = of("Job", spec={"template": 1})
    other = {**of("Job", spec={"template": 2}), "metadata": {"name": "y", "namespace": "kiln"}}
    assert changes([job], [other]) == []
    hook = copy.deepcopy(job)
    hook["metadata"]["annotations"] = {"helm.sh/hook": "test"}
    assert changes([hook], [{**copy.deepcopy(hook), "spec": {"template": 2}}]) == []
