"""Names of the series that a running release has: ours from the code, vLLM's and Dask's from their installed code."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from prometheus_client import REGISTRY, Metric

import codekiln.core.telemetry.metrics
import codekiln.inference.metrics  # noqa: F401  # registers its metrics
from tests.monitoring.expressions import all_rules

OF_PROMETHEUS = {"up", "ALERTS"}
_ENDINGS = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count"), "gauge": ("",)}


def series_of(family: Metric) -> set[str]:
    """Names of a metric's series."""
    return {family.name + ending for ending in _ENDINGS.get(family.type, ("",))}


def own_families() -> list[Metric]:
    """Ours and the Python client's, in the order of the code."""
    return list(REGISTRY.collect())


def of_vllm() -> set[str]:
    """By the source, which names each once; importing it takes ten seconds."""
    text = (_folder("vllm") / "v1" / "metrics" / "loggers.py").read_text()
    names: set[str] = set()
    for kind, name in re.findall(r'self\._(counter|gauge|histogram)_cls\(\s*name="(vllm:\w+)"', text):
        names |= {name + ending for ending in _ENDINGS[kind]}
    return names


def of_dask() -> set[str]:
    text = (_folder("distributed") / "http" / "scheduler" / "prometheus" / "core.py").read_text()
    return {f"dask_scheduler_{name}" for name in re.findall(r'build_name\("(\w+)"\)', text)}


def recorded() -> set[str]:
    return {rule["record"] for rule in all_rules() if "record" in rule}


def all_names() -> set[str]:
    ours = {name for family in own_families() for name in series_of(family)}
    return ours | of_vllm() | of_dask() | recorded() | OF_PROMETHEUS


def _folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    assert spec is not None and spec.submodule_search_locations, f"{package} is not installed"
    return Path(spec.submodule_search_locations[0])
