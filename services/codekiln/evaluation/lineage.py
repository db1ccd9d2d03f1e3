"""What is known of a model before it is asked: bits per byte, and what cleaning removed for the benchmark's sake."""

from __future__ import annotations

from typing import Any

from codekiln.core.artifacts import Ref, lineage, open_artifact
from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore


def bits_per_byte(store: ObjectStore, model: Ref) -> float | None:
    """On held-out code, at the end of training; None where the model does not say. Raises NotFound."""
    value = open_artifact(store, model).summary.get("bits_per_byte_end")
    return float(value) if isinstance(value, int | float) else None


def contamination(store: ObjectStore, model: Ref | None, benchmark: Ref, name: str) -> dict[str, Any]:
    """Files removed from the model's dataset for holding a problem, by problem.

    `status` is `checked`, or `unknown` where no dataset is in reach or none was compared with this benchmark; a report
    must say so, since silence reads as clean.
    """
    if model is None:
        return _unknown("no model was asked")
    try:
        datasets = [manifest for manifest in lineage(store, model) if manifest.ref.kind == "dataset"]
    except NotFound:
        return _unknown("an ancestor of the model is gone from the store")
    if not datasets:
        return _unknown("the model's dataset is not known")
    problems: dict[str, int] = {}
    for manifest in datasets:
        found = manifest.summary.get("contamination", {})
        if benchmark not in manifest.inputs and name not in found:
            return _unknown(f"{manifest.ref} was not compared with {benchmark}")
        for task_id, files in found.get(name, {}).items():
            problems[task_id] = problems.get(task_id, 0) + int(files)
    return {
        "status": "checked",
        "datasets": [str(manifest.ref) for manifest in datasets],
        "files": sum(problems.values()),
        "problems": dict(sorted(problems.items())),
    }


def _unknown(reason: str) -> dict[str, Any]:
    return {"status": "unknown", "reason": reason}
