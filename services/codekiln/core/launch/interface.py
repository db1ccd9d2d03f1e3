"""What a launcher can do. Every method is idempotent by name and may be called by any server at any time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from codekiln.core.errors import CodekilnError


@dataclass(frozen=True)
class WorkerSpec:
    """One attempt of one job. `module` is what runs it, `codekiln.<service>.worker` when empty.

    `processes`: training processes that the job's specification asks for, on all pods together.
    """

    service: str
    job: str
    attempt: int
    module: str = ""
    processes: int = 1

    @property
    def name(self) -> str:
        return f"{self.job}-{self.attempt}"


class Phase(StrEnum):
    """ABSENT: never started here. RUNNING: started, not ended. EXITED: ended, however."""

    ABSENT = "ABSENT"
    RUNNING = "RUNNING"
    EXITED = "EXITED"


@dataclass(frozen=True)
class Observation:
    """A worker as it is now. `detail` says how it ended, where that is known.

    `stopped`: it is known to have ended because somebody asked it to (SIGTERM), which is no failure.
    `failed`: something of it is known to have ended badly by itself, which is a failure even where the worker was then
    stopped and gave its job back: of a gang one pod may be killed for want of memory, and the others stopped after it.
    `waiting`: why it has not begun yet, such as a node that is missing; a sentence that a person reads in the job.
    `hopeless`: it cannot begin as things are, such as an image that does not exist; the job fails with this.
    """

    phase: Phase
    detail: str = ""
    stopped: bool = False
    failed: bool = False
    waiting: str = ""
    hopeless: CodekilnError | None = None


class Launcher(Protocol):
    """Starts, watches and stops worker processes.

    `log_seconds`: how long an ended worker of a failed job is to be kept for its log; 0 where the log outlives it.
    """

    log_seconds: float

    def check(self) -> None:
        """Raises FailedPrecondition where no worker can be started here, such as for a missing kind of object."""
        ...

    def submit(self, spec: WorkerSpec) -> None:
        """Starts the worker unless one of this name was started before. Where it raises no Retryable, it never can."""
        ...

    def observe(self, name: str) -> Observation: ...

    def stop(self, name: str, *, force: bool) -> None:
        """Asks it to stop, or with `force` ends it and all it started. May be repeated. Nothing there is success."""
        ...

    def forget(self, name: str) -> None:
        """Removes what is left of an ended worker, its stray children included."""
        ...

    def log_uri(self, name: str) -> str:
        """Where a person finds the worker's log."""
        ...
