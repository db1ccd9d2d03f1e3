"""Checks objects against the API schemas of one Kubernetes version, strictly: an unknown field is a fault.

The schemas come with kubernetes-validate. Kinds of operators, which have none there, are left out by name; any other
unknown kind is a fault. A worker's pod template is checked as the Pod that it becomes.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable

import kubernetes_validate
import yaml

from tests.chart.objects import identity, pods
from tests.chart.rendering import CHART, Object

OF_OPERATORS = {"ServiceMonitor", "PodMonitor", "PrometheusRule", "TrainingRuntime"}


def oldest_version() -> str:
    """The minor version that Chart.yaml's kubeVersion begins at."""
    claimed = str(yaml.safe_load((CHART / "Chart.yaml").read_text())["kubeVersion"])
    return ".".join(claimed.removeprefix(">=").split(".")[:2])


def newest_version() -> str:
    """The newest minor version that there are schemas of; kubeVersion has no upper end."""
    return ".".join(kubernetes_validate.latest_version().split(".")[:2])


def faults(objects: Iterable[Object], version: str) -> list[str]:
    """A sentence for each object that an API server of this version would not take as it is."""
    objects = list(objects)
    becoming = [
        {"apiVersion": "v1", "kind": "Pod", "metadata": {**pod.metadata, "name": "worker"}, "spec": pod.spec}
        for pod in pods(objects)
        if pod.kind in ("ConfigMap", "TrainingRuntime")
    ]
    found = [
        (identity(object_), _fault(json.dumps(object_, sort_keys=True), version))
        for object_ in (*objects, *becoming)
        if object_["kind"] not in OF_OPERATORS
    ]
    return [f"{kind} {name}: {fault}" for (kind, _, name), fault in found if fault]


@functools.cache
def _fault(text: str, version: str) -> str:
    try:
        kubernetes_validate.validate(json.loads(text), version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{'.'.join(str(part) for part in error.path)}: {error.message}"
    except kubernetes_validate.SchemaNotFoundError as error:
        return str(error.message)
    return ""
