"""What a real API server (Kubernetes 1.36, training operator 1.9) said of workers in trouble: one file a case.

Each has the object, its pods and their events, without the fields that nobody here reads.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.kube.api import Object


@dataclass(frozen=True)
class Captured:
    object: Object
    pods: list[Object]
    events: list[Object]


def captured(name: str) -> Captured:
    return Captured(**json.loads((Path(__file__).parent / f"{name}.json").read_text()))
