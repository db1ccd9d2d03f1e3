"""What the API server refuses to change in an object that exists: `changes(old, new)` names it, per object.

An upgrade that changes such a field fails half-way. A field that only one of two renderings has counts as changed;
objects that come or go are no change. Source: the kinds' API reference and their validation in Kubernetes.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.chart.objects import identity
from tests.chart.rendering import Object

IMMUTABLE: dict[str, tuple[str, ...]] = {
    "Deployment": ("spec.selector",),
    "ReplicaSet": ("spec.selector",),
    "DaemonSet": ("spec.selector",),
    "StatefulSet": ("spec.selector", "spec.serviceName", "spec.volumeClaimTemplates", "spec.podManagementPolicy"),
    "Job": ("spec.selector", "spec.template", "spec.completionMode", "spec.manualSelector"),
    "Service": ("spec.clusterIP", "spec.clusterIPs", "spec.ipFamilies"),
    "PersistentVolumeClaim": (
        "spec.accessModes", "spec.storageClassName", "spec.volumeName", "spec.volumeMode", "spec.selector",
        "spec.dataSource",
    ),
    "RoleBinding": ("roleRef",),
    "ClusterRoleBinding": ("roleRef",),
    "StorageClass": ("provisioner", "parameters", "reclaimPolicy"),
    "PriorityClass": ("value", "preemptionPolicy"),
}  # fmt: skip
"""Paths by kind. A claim's `resources.requests.storage` may grow where its class allows, so it is not here."""

HOOK = "helm.sh/hook"


def changes(old: Iterable[Object], new: Iterable[Object]) -> list[str]:
    """One sentence for each immutable field that differs. Hooks are left out: helm replaces them."""
    before = {identity(object_): object_ for object_ in old if not _is_hook(object_)}
    return [
        f"{object_['kind']} {object_['metadata']['name']}: {path} was {_at(before[key], path)}, is {_at(object_, path)}"
        for object_ in new
        if (key := identity(object_)) in before
        for path in _paths(object_, before[key])
        if _at(before[key], path) != _at(object_, path)
    ]


def _paths(*objects: Object) -> tuple[str, ...]:
    frozen = IMMUTABLE.get(objects[0]["kind"], ())
    # A ConfigMap or Secret that was made immutable keeps its data.
    return (*frozen, "immutable", "data", "binaryData") if any(o.get("immutable") for o in objects) else frozen


def _at(object_: Object, path: str) -> Any:
    value: Any = object_
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _is_hook(object_: Object) -> bool:
    return HOOK in (object_["metadata"].get("annotations") or {})
