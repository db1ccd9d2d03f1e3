"""What the chart renders is valid for the oldest and the newest Kubernetes that it claims, with every helm the same.

HELM_BINARIES names the helms, separated like PATH; with one alone, nothing is compared.
"""

from __future__ import annotations

import copy
import os
from typing import Any

import pytest
import yaml

import codekiln
from tests.chart.kubernetes_schemas import OF_OPERATORS, faults, newest_version, oldest_version
from tests.chart.objects import identity, of_kind
from tests.chart.rendering import CHART, KUBE_VERSION, VALUE_SETS, RenderError, helm_binaries, render, run_helm

POD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p"},
    "spec": {"containers": [{"name": "main", "image": "main"}]},
}
VERSIONS = (oldest_version(), newest_version())


def test_a_valid_object_has_no_fault() -> None:
    assert [faults([POD], version) for version in VERSIONS] == [[], []]


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"spec": {"containers": [{"image": "main"}]}}, "'name' is a required property"),
        ({"spec": {**POD["spec"], "replicas": 1}}, "'replicas' was unexpected"),
        ({"spec": {**POD["spec"], "terminationGracePeriodSeconds": "30"}}, "is not of type 'integer'"),
        ({"kind": "Pood"}, "Couldn't find schema for kind Pood"),
        ({"apiVersion": "v2"}, "Couldn't find schema"),
    ],
)
def test_each_fault_is_named(changed: dict[str, Any], named: str) -> None:
    (fault,) = faults([{**copy.deepcopy(POD), **changed}], newest_version())
    assert named in fault


def test_the_pod_in_a_workers_config_map_is_checked() -> None:
    template = {"metadata": {}, "spec": {"containers": [{"name": "worker", "immage": "x"}]}}
    data = {"pod.yaml": yaml.safe_dump(template)}
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "w"}, "data": data}
    assert "'immage' was unexpected" in faults([config], newest_version())[0]


def test_the_oldest_version_is_the_one_that_the_chart_claims() -> None:
    claimed = yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"]
    assert claimed.startswith(f">={oldest_version()}.")


def test_the_charts_version_of_the_code_is_the_codes() -> None:
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    assert chart["appVersion"] == codekiln.__version__
    assert chart["apiVersion"] == "v2" and "dependencies" not in chart


@pytest.mark.chart
@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_object_is_valid(name: str, version: str) -> None:
    assert faults(render(VALUE_SETS[name], kube_version=f"{version}.0"), version) == []


@pytest.mark.chart
def test_kinds_of_operators_are_rendered_only_where_asked_for() -> None:
    assert of_kind(render(), *OF_OPERATORS) == []
    asked = [*render(VALUE_SETS["monitored"]), *render(VALUE_SETS["trainjobs"])]
    assert {object_["kind"] for object_ in of_kind(asked, *OF_OPERATORS)} == OF_OPERATORS


@pytest.mark.chart
def test_an_older_kubernetes_is_refused_with_the_version_that_is_needed() -> None:
    with pytest.raises(RenderError, match=f"requires kubeVersion: >={oldest_version()}"):
        render(kube_version="1.20.0")


@pytest.mark.chart
@pytest.mark.parametrize("name", VALUE_SETS)
def test_every_helm_renders_the_same(name: str) -> None:
    first, *others = (sorted(render(VALUE_SETS[name], helm=helm), key=identity) for helm in helm_binaries())
    assert len(first) > 20
    for other in others:
        # Sorted: helm 4 writes kinds that it does not know in another order.
        assert other == first


@pytest.mark.chart
@pytest.mark.parametrize("helm", helm_binaries(), ids=os.path.basename)
@pytest.mark.parametrize("name", VALUE_SETS)
def test_helm_lint_has_nothing_to_say(name: str, helm: str, tmp_path: Any) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(yaml.safe_dump(VALUE_SETS[name]))
    said = run_helm("lint", "--strict", str(CHART), "--kube-version", KUBE_VERSION, "--values", str(values), helm=helm)
    assert "0 chart(s) failed" in said
    assert "[WARNING]" not in said and "[ERROR]" not in said
