"""A launcher that does as a test says, and jobs in the states that tests begin with."""

from __future__ import annotations

import time

from codekiln.core.errors import CodekilnError
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.interface import Observation, Phase, WorkerSpec


class ScriptedLauncher:
    """Starts nothing; a test says what is to be seen. Keeps what was asked of it."""

    log_seconds = 0.0

    def __init__(self) -> None:
        self.phases: dict[str, Observation] = {}
        self.submitted: list[str] = []
        self.stopped: list[tuple[str, bool]] = []
        self.broken: set[str] = set()
        self.refusal: CodekilnError | None = None

    def check(self) -> None:
        pass

    def submit(self, spec: WorkerSpec) -> None:
        self.submitted.append(spec.name)
        if self.refusal is not None:
            raise self.refusal
        self.phases.setdefault(spec.name, Observation(Phase.RUNNING))

    def observe(self, name: str) -> Observation:
        if name in self.broken:
            raise RuntimeError("a defect")
        return self.phases.get(name, Observation(Phase.ABSENT))

    def stop(self, name: str, *, force: bool) -> None:
        self.stopped.append((name, force))

    def forget(self, name: str) -> None:
        self.phases.pop(name, None)

    def log_uri(self, name: str) -> str:
        return f"/logs/{name}"


def started(jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, request: str = "r") -> Job:
    job = jobs.create("toy", {}, request)
    reconciler.reconcile()
    assert launcher.submitted[-1] == f"{job.id}-1"
    return jobs.update(job.id, lambda job: change(job, JobState.RUNNING, started=time.time()))


def ends(launcher: ScriptedLauncher, job: Job, detail: str = "", stopped: bool = False) -> None:
    launcher.phases[f"{job.id}-{job.attempt}"] = Observation(Phase.EXITED, detail, stopped)
