"""How long steps and files took, kept beside a dataset and not in it: times differ from run to run, its parts must not.

One object, `artifacts/dataset/<digest>/times.json`, written before the manifest. Nothing depends on it: where it is
missing the report has no times.
"""

from __future__ import annotations

import json
from typing import Any

from codekiln.cleaning.observing import Observed
from codekiln.core.artifacts import Ref
from codekiln.core.errors import NotFound
from codekiln.core.store import ObjectStore


def write_times(store: ObjectStore, ref: Ref, observed: Observed) -> None:
    """Seconds by step over all files, and the slowest files with the seconds of each step."""
    steps = {step: round(took / 1e9, 3) for step, took in observed.nanoseconds.items()}
    store.put(_key(ref), json.dumps({"steps": steps, "slowest": observed.slowest}, indent=1).encode())


def read_times(store: ObjectStore, ref: Ref) -> dict[str, Any] | None:
    """What `write_times` wrote, or None."""
    try:
        return dict(json.loads(store.get(_key(ref))))
    except NotFound:
        return None


def _key(ref: Ref) -> str:
    return f"artifacts/{ref.kind}/{ref.digest}/times.json"
