"""Questions that checkers ask of rendered objects: which pods will there be, which containers, which labels.

A pod here is a pod template wherever it is written: in a Deployment, a Job, a TrainingRuntime, and the `pod.yaml` of a
worker's ConfigMap, from which a launcher makes pods that helm never sees.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from tests.chart.rendering import LOADER, Object

COMPONENT = "app.kubernetes.io/component"
POD_KEY = "pod.yaml"
LONG_RUNNING = ("Deployment", "StatefulSet", "DaemonSet")


@dataclass(frozen=True)
class Pod:
    """A pod template and the object that it is written in."""

    source: Object
    metadata: Object
    spec: Object

    @property
    def kind(self) -> str:
        """Deployment, Job, ...; ConfigMap for a worker that a launcher starts."""
        return str(self.source["kind"])

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.metadata.get("labels") or {})

    @property
    def component(self) -> str:
        return self.labels.get(COMPONENT, "")

    @property
    def namespace(self) -> str:
        return str(self.source["metadata"].get("namespace", ""))

    @property
    def containers(self) -> list[Object]:
        """Init containers too: they run in the same pod under the same rules."""
        return [*(self.spec.get("initContainers") or []), *self.spec["containers"]]

    @property
    def main(self) -> Object:
        return dict(self.spec["containers"][0])

    def __str__(self) -> str:
        return f"{self.kind}/{self.source['metadata']['name']}"


def pods(objects: Iterable[Object]) -> list[Pod]:
    return [pod for object_ in objects for pod in _pods_of(object_)]


def of_kind(objects: Iterable[Object], *kinds: str) -> list[Object]:
    return [object_ for object_ in objects if object_["kind"] in kinds]


def identity(object_: Object) -> tuple[str, str, str]:
    """Kind, namespace and name: what the API server tells objects apart by."""
    metadata = object_["metadata"]
    return object_["kind"], metadata.get("namespace", ""), metadata["name"]


def environment_of(container: Object) -> dict[str, str]:
    """Variables that are written out; those taken from elsewhere are not in it."""
    return {entry["name"]: str(entry["value"]) for entry in container.get("env") or [] if "value" in entry}


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every string below `value`, with its path."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from strings(below, f"{path}.{key}")
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from strings(below, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


def _pods_of(object_: Object) -> Iterator[Pod]:
    match object_["kind"]:
        case "Pod":
            yield Pod(object_, object_["metadata"], object_["spec"])
        case "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job":
            yield _from_template(object_, object_["spec"]["template"])
        case "CronJob":
            yield _from_template(object_, object_["spec"]["jobTemplate"]["spec"]["template"])
        case "TrainingRuntime":
            for job in object_["spec"]["template"]["spec"]["replicatedJobs"]:
                yield _from_template(object_, job["template"]["spec"]["template"])
        case "ConfigMap" if POD_KEY in (object_.get("data") or {}):
            yield _from_template(object_, yaml.load(object_["data"][POD_KEY], Loader=LOADER))


def _from_template(source: Object, template: Object) -> Pod:
    return Pod(source, template.get("metadata") or {}, template["spec"])
