"""The folder of a toy job: plan and gates for the worker, and its traces for the test."""

from __future__ import annotations

import fcntl
import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Plan:
    """What a toy worker does: count to `steps`; at `trouble_at`, if not 0, `trouble` befalls it.

    `children`: start a process that would outlive it. `deaf`: do not listen to SIGTERM.
    """

    steps: int = 5
    trouble: str = ""
    trouble_at: int = 0
    children: bool = False
    deaf: bool = False
    pace: float = 0.0


class Folder:
    """Used by both sides."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def prepare(self, plan: Plan, hold_at: int = 0) -> None:
        """For the test: before the job is created. The worker waits at step `hold_at`, if not 0, until `release`."""
        self.path.mkdir(parents=True, exist_ok=True)
        (self.path / "plan.json").write_text(json.dumps(asdict(plan)))
        if hold_at:
            self._gate(hold_at).touch()

    def release(self) -> None:
        for gate in self.path.glob("hold-*"):
            gate.unlink()

    def plan(self) -> Plan:
        return Plan(**json.loads((self.path / "plan.json").read_text()))

    def wait(self, step: int) -> None:
        """For the worker: waits while the gate of this step is shut."""
        while self._gate(step).exists():
            time.sleep(0.01)

    def trace(self, kind: str, text: object) -> None:
        """For the worker: one line that lasts, whatever becomes of the worker."""
        with (self.path / kind).open("a") as file:
            file.write(f"{text}\n")

    def traces(self, kind: str) -> list[str]:
        """For the test: the lines of one kind, in order."""
        path = self.path / kind
        return path.read_text().splitlines() if path.exists() else []

    def claim(self) -> None:
        """For the worker: leaves a trace where another worker of this job is at work at the same time."""
        file = os.open(self.path / "at-work", os.O_CREAT | os.O_RDWR)  # held until the process ends
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.trace("overlaps", os.getpid())
        os.set_inheritable(file, False)

    def _gate(self, step: int) -> Path:
        return self.path / f"hold-{step}"
