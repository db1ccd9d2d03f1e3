"""How far a model is, as callers are told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from codekiln.core.artifacts import Ref


class State(Enum):
    """As in the proto."""

    NONE = "NONE"
    LOADING = "LOADING"
    READY = "READY"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Status:
    """What GetModelStatus says. `seconds` count from the start of loading to its end, or to now."""

    state: State = State.NONE
    model: Ref | None = None
    message: str = "no model was asked for"
    reason: str = ""
    seconds: float = 0.0
    max_length: int = 0
    infill: bool = False
