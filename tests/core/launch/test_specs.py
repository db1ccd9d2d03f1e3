"""The objects that start workers: held by golden files, and valid by the schemas of the kinds that read them.

A change that is meant: `UPDATE_GOLDEN=1 pytest tests/core/launch/test_specs.py`, then read the difference.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from codekiln.core.jobs.repository import job_id
from codekiln.core.kube.api import Object
from codekiln.core.launch.interface import WorkerSpec
from codekiln.core.launch.kinds import JOB, PYTORCHJOB, TRAINJOB, Kind
from codekiln.core.launch.pod import read_template
from codekiln.core.launch.specs.attempt import Attempt, share_out

HERE = Path(__file__).parent
OWNER = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "codekiln-trainer", "uid": "0-1-2-3"}
KINDS = {"job": JOB, "pytorchjob": PYTORCHJOB, "trainjob": TRAINJOB}


def attempt(processes: int, **others: Any) -> Attempt:
    return Attempt(
        WorkerSpec("trainer", "model-0123456789abcdef0123", 2, processes=processes),
        read_template(HERE / "golden" / "pod.yaml"),
        "models",
        **{"owner": OWNER, "deadline_seconds": 86400.0, "processes_per_pod": 2, "runtime": "codekiln", **others},
    )


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("name", KINDS)
def test_objects_are_those_of_the_golden_files(name: str, processes: int) -> None:
    path = HERE / "golden" / f"{name}-{processes}-processes.yaml"
    built = KINDS[name].build(attempt(processes))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(yaml.safe_dump(built, sort_keys=False, width=120))
    assert built == yaml.safe_load(path.read_text())


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("version", ["1.30", "1.37"])
def test_a_job_is_valid_for_old_and_new_clusters(version: str, processes: int) -> None:
    built = JOB.build(attempt(processes))
    kubernetes_validate.validate(built, version, strict=True)
    built["spec"]["backofLimit"] = 0
    with pytest.raises(kubernetes_validate.ValidationError, match="backofLimit"):
        kubernetes_validate.validate(built, version, strict=True)


@pytest.mark.parametrize("processes", [2, 4])
@pytest.mark.parametrize("name", ["pytorchjob", "trainjob"])
def test_training_objects_are_valid_by_their_definitions(name: str, processes: int) -> None:
    schema = strict(yaml.safe_load((HERE / "schemas" / f"{name}.yaml").read_text()))
    built = KINDS[name].build(attempt(processes))
    jsonschema.validate(built, schema)
    for template in templates(built):
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x", **template["metadata"]}}
        kubernetes_validate.validate({**pod, "spec": template["spec"]}, "1.37", strict=True)
    built["spec"]["numNode"] = 1
    with pytest.raises(jsonschema.ValidationError, match="numNode"):
        jsonschema.validate(built, schema)


@pytest.mark.parametrize("kind", [JOB, PYTORCHJOB])
def test_building_leaves_the_template_as_it_was(kind: Kind) -> None:
    given = attempt(4)
    before = copy.deepcopy(given.template)
    kind.build(given)
    assert given.template == before


def test_shared_memory_of_the_template_is_kept() -> None:
    given = attempt(1)
    worker, volume = given.template["spec"]["containers"][0], {"name": "mine", "emptyDir": {"sizeLimit": "1Gi"}}
    worker["volumeMounts"] = [{"name": "mine", "mountPath": "/dev/shm/"}]
    given.template["spec"]["volumes"] = [volume]
    assert JOB.build(given)["spec"]["template"]["spec"]["volumes"] == [volume]


def test_without_owner_and_deadline_there_is_neither() -> None:
    built = JOB.build(attempt(1, owner=None, deadline_seconds=0.0))
    assert "ownerReferences" not in built["metadata"] and "activeDeadlineSeconds" not in built["spec"]


@given(processes=st.integers(1, 512), most=st.integers(0, 16))
def test_processes_are_shared_out_evenly_and_over_as_few_pods_as_may_be(processes: int, most: int) -> None:
    pods, each = share_out(processes, most)
    assert pods * each == processes
    assert each == processes if not most else each <= most
    assert not any(processes % more == 0 for more in range(each + 1, min(most, processes) + 1))


@pytest.mark.parametrize(
    "kind", ["corpus", "dataset", "tokenizer", "tokens", "checkpoint", "model", "report", "benchmark"]
)
def test_names_of_attempts_leave_room_for_those_of_pods(kind: str) -> None:
    name = WorkerSpec("trainer", job_id(kind, "r"), 99999).name
    assert len(f"{name}-worker-99999") <= 63 and len(f"{name}-node-0-99999-abcde") <= 63
    assert name == name.lower() and name[0].isalpha() and name.replace("-", "").isalnum()


def templates(built: Object) -> Iterator[Object]:
    for replica in built["spec"].get("pytorchReplicaSpecs", {}).values():
        yield replica["template"]


def strict(schema: Any) -> Any:
    """A field that a definition does not know is dropped by an API server without a word: here it is an error."""
    if isinstance(schema, list):
        return [strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    known = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        known.setdefault("additionalProperties", False)
    return known
