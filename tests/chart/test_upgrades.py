"""`helm upgrade` and `helm rollback` change nothing that the API server refuses to change, and keep the data."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.chart.golden import golden, written
from tests.chart.objects import identity, of_kind
from tests.chart.rendering import CHART, VALUE_SETS, render
from tests.chart.upgrades import changes
from tests.chart.workloads import SERVERS, WORKLOADS, values_for

pytestmark = pytest.mark.chart

CHANGED: dict[str, dict[str, Any]] = {
    **VALUE_SETS,
    "image": {"image": {"registry": "r.example", "repository": "other", "tag": "9.9.9"}},
    "replicas": {
        service: {"replicas": 3} for service in ("ingestion", "cleaning", "tokenizer", "evaluation", "sandbox")
    },
    "inference off": {"inference": {"enabled": False}},
    "inference on a GPU": {"inference": {"device": "cuda", "gpus": 1, "strategy": "RollingUpdate"}},
    "a volume for models": {"inference": {"cache": {"persistent": True}}},
    "dask off": {"dask": {"enabled": False}},
    "dask of one size": {"dask": {"worker": {"replicas": {"min": 2, "max": 2}}}},
    "a store with room": {"store": {"embedded": {"size": "500Gi", "existingSecret": "own"}}},
    "another launcher": {"trainer": {"launcher": "pytorchjob", "gpus": 8, "processesPerPod": 4}},
    "times": {"drainSeconds": 60, "jobs": {"stopSeconds": 300, "deadlineSeconds": 60}},
    **{
        f"keys of {name}": values_for(
            name,
            resources={"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}},
            podLabels={"team": "a"},
            podAnnotations={"a": "b"},
            nodeSelector={"zone": "a"},
            serviceAccount={"create": False, "name": "own"},
        )
        for name in WORKLOADS
    },
}


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_value_can_be_rolled_out_and_back(name: str) -> None:
    assert changes(render(), render(CHANGED[name])) == []
    assert changes(render(CHANGED[name]), render()) == []


def test_a_new_version_can_be_rolled_out_and_back(tmp_path: Path) -> None:
    chart = tmp_path / "codekiln"
    shutil.copytree(CHART, chart)
    lines = (chart / "Chart.yaml").read_text().splitlines()
    newer = {"version:": "version: 9.8.7", "appVersion:": 'appVersion: "9.8.7"'}
    (chart / "Chart.yaml").write_text("\n".join(newer.get(line.partition(" ")[0], line) for line in lines))
    objects = render(chart=chart)
    assert ":9.8.7" in str(objects)
    assert changes(render(), objects) == changes(objects, render()) == []
    assert {identity(object_) for object_ in objects} == {identity(object_) for object_ in render()}


def test_the_landed_chart_can_be_upgraded_to_this_one() -> None:
    assert changes(golden(), render()) == []
    assert changes(render(), golden()) == []


def test_the_default_rendering_is_the_one_that_was_reviewed() -> None:
    """Reads as a difference of objects; the file's own difference is what a reviewer reads."""
    before, now = ({identity(object_): object_ for object_ in objects} for objects in (golden(), render()))
    different = sorted(key for key in before.keys() | now.keys() if before.get(key) != now.get(key))
    assert different == [], "run `make golden` and look at what it changed"


def test_the_golden_file_keeps_all_that_is_rendered() -> None:
    assert sorted(yaml.safe_load_all(written(render())), key=identity) == sorted(render(), key=identity)


def test_uninstalling_keeps_the_stores_volume_and_nothing_else() -> None:
    kept = [o for o in render() if (o["metadata"].get("annotations") or {}).get("helm.sh/resource-policy") == "keep"]
    assert [(o["kind"], o["metadata"]["name"]) for o in kept] == [("PersistentVolumeClaim", "codekiln-store")]


def test_a_claim_of_ones_own_is_used_and_none_is_made() -> None:
    objects = render({"store": {"embedded": {"existingClaim": "mine"}}})
    assert of_kind(objects, "PersistentVolumeClaim") == []
    (store,) = (o for o in of_kind(objects, "Deployment") if o["metadata"]["name"].endswith("-store"))
    claims = [
        v["persistentVolumeClaim"] for v in store["spec"]["template"]["spec"]["volumes"] if "persistentVolumeClaim" in v
    ]
    assert claims == [{"claimName": "mine"}]


def test_a_changed_pod_template_restarts_its_server_and_nothing_that_works() -> None:
    """A kubelet shows a new file only a minute later, and jobs of that minute would run as before the upgrade."""
    changed = render(values_for("trainer-worker", podLabels={"team": "a"}))
    restarted = {
        new["metadata"]["name"].removeprefix("codekiln-")
        for old, new in zip(of_kind(render(), "Deployment"), of_kind(changed, "Deployment"), strict=True)
        if old["spec"]["template"] != new["spec"]["template"]
    }
    assert "trainer" in restarted
    assert restarted <= set(SERVERS), "servers are thin; Dask, the sandbox and inference have work in hand"
