"""The chart's workloads: their component, where their values are, and what holds for them as a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tests.chart.objects import Pod, pods
from tests.chart.rendering import Object

SERVERS = ("ingestion", "cleaning", "tokenizer", "trainer", "evaluation")
WORKERS = tuple(f"{service}-worker" for service in SERVERS)

WORKLOADS: dict[str, tuple[str, ...]] = {
    **{service: (service,) for service in SERVERS},
    **{f"{service}-worker": (service, "worker") for service in SERVERS},
    "dask-scheduler": ("dask", "scheduler"),
    "dask-worker": ("dask", "worker"),
    "sandbox": ("sandbox",),
    "inference": ("inference",),
    "store": ("store", "embedded"),
}
"""Component: path of its block in the values."""

FAMILIES = {
    **dict.fromkeys(SERVERS, "services"),
    "ingestion-worker": "data", "cleaning-worker": "data", "tokenizer-worker": "data", "evaluation-worker": "services",
    "trainer-worker": "trainer", "dask-scheduler": "data", "dask-worker": "data", "sandbox": "sandbox",
    "inference": "inference-cpu", "store": "store",
}  # fmt: skip
"""Component: image family."""


def values_for(component: str, **keys: Any) -> dict[str, Any]:
    """Values that set these keys of one workload."""
    values: dict[str, Any] = keys
    for part in reversed(WORKLOADS[component]):
        values = {part: values}
    return values


def pod_of(objects: Iterable[Object], component: str) -> Pod:
    (found,) = (pod for pod in pods(objects) if pod.component == component)
    return found
