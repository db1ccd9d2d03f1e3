"""One attempt as the builders take it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from codekiln.core.kube.api import Object, Resource
from codekiln.core.launch.interface import WorkerSpec
from codekiln.core.launch.pod import labels


@dataclass(frozen=True)
class Attempt:
    """`template` is a valid pod template; `owner` an ownerReference, if any; `runtime` a TrainingRuntime's name."""

    spec: WorkerSpec
    template: dict[str, Any]
    namespace: str
    owner: dict[str, Any] | None = None
    deadline_seconds: float = 0.0
    processes_per_pod: int = 0
    runtime: str = ""
    pods: int = field(init=False)
    processes_in_pod: int = field(init=False)

    def __post_init__(self) -> None:
        pods, each = share_out(self.spec.processes, self.processes_per_pod)
        object.__setattr__(self, "pods", pods)
        object.__setattr__(self, "processes_in_pod", each)

    @property
    def deadline(self) -> dict[str, int]:
        """The field that ends the attempt after that time; none when it is 0."""
        return {"activeDeadlineSeconds": math.ceil(self.deadline_seconds)} if self.deadline_seconds else {}

    def wrap(self, resource: Resource, body: Object) -> Object:
        """The object around a `spec`."""
        metadata: Object = {
            "name": self.spec.name,
            "namespace": self.namespace,
            "labels": {**(self.template["metadata"].get("labels") or {}), **labels(self.spec)},
        }
        if self.owner is not None:
            metadata["ownerReferences"] = [self.owner]
        return {"apiVersion": resource.api_version, "kind": resource.kind, "metadata": metadata, "spec": body}


def share_out(processes: int, most: int) -> tuple[int, int]:
    """Pods, and processes in each: as few pods as `most` a pod allows, all alike. All in one where `most` is 0."""
    most = min(most, processes) if most else processes
    each = next(each for each in range(most, 0, -1) if processes % each == 0)
    return processes // each, each
