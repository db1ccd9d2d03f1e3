"""What Prometheus is told of the jobs of a service, after each pass of the reconciler. Reads records, changes none.

Any server of the service tells the same, from the records: a query takes `max` over servers, not `sum`. What the newest
job of a kind told stays until the next one tells something, so that a short job is seen too.
"""

from __future__ import annotations

import time

from codekiln.core.artifacts import find
from codekiln.core.jobs.record import Job, JobState
from codekiln.core.store.interface import ObjectStore
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.results import show_result

CHECKPOINT = "checkpoint/unixtime"
"""The figure of a training that says when its newest checkpoint was made."""


class JobMetrics:
    """Of one server, from its start on."""

    def __init__(self, service: str, store: ObjectStore) -> None:
        self._service, self._store = service, store
        self._since, self._last = time.time(), time.monotonic()
        self._begun: set[str] = set()
        self._ended: set[str] = set()
        self._told: dict[str, _Told] = {}
        self._shown: dict[str, str] = {}
        metrics.show_kinds(service)

    def observe(self, jobs: list[Job]) -> None:
        """Takes all jobs, newest first. Raises what reading an artifact's manifest raises."""
        running = [job for job in jobs if job.state is JobState.RUNNING]
        for state in JobState:
            metrics.JOBS.labels(self._service, state.value).set(sum(job.state is state for job in jobs))
        self._ages(jobs, running)
        self._process_seconds(running)
        self._durations(jobs)
        for job in reversed(jobs):
            if job.progress.phase:
                self._live(job)
        self._checkpoints(running)
        self._results(jobs)

    def _ages(self, jobs: list[Job], running: list[Job]) -> None:
        now = time.time()
        told = [now - (job.progress.updated or job.started) for job in running]
        metrics.JOB_PROGRESS_AGE.labels(self._service).set(max(told, default=0.0))
        waiting = [now - job.created for job in jobs if job.state in (JobState.QUEUED, JobState.STARTING)]
        metrics.JOB_WAITING_AGE.labels(self._service).set(max(waiting, default=0.0))

    def _process_seconds(self, running: list[Job]) -> None:
        now = time.monotonic()
        for job in running:
            metrics.JOB_PROCESS_SECONDS.labels(job.kind).inc((now - self._last) * processes(job))
        self._last = now

    def _durations(self, jobs: list[Job]) -> None:
        for job in jobs:
            if job.started > self._since and job.id not in self._begun:
                self._begun.add(job.id)
                metrics.JOB_QUEUE_SECONDS.labels(job.kind).observe(job.started - job.created)
            if job.ended > self._since and job.id not in self._ended:
                self._ended.add(job.id)
                metrics.JOB_SECONDS.labels(job.kind, job.state.value).observe(job.ended - job.created)
                if job.state is JobState.FAILED:
                    reason = str((job.error or {}).get("reason", "UNKNOWN"))
                    metrics.JOB_FAILURES.labels(job.kind, reason).inc()

    def _live(self, job: Job) -> None:
        told = self._told.get(job.kind)
        if told is None or told.job != job.id:
            if told is not None and told.created > job.created:
                return
            if told is not None:
                told.remove()
            told = self._told[job.kind] = _Told(job)
        told.show(job)

    def _checkpoints(self, running: list[Job]) -> None:
        times = [job.progress.metrics.get(CHECKPOINT, job.started) for job in running if job.kind == "trainer"]
        if times:
            metrics.CHECKPOINT_TIME.labels(self._service).set(min(times))
        elif (told := self._told.get("trainer")) is not None and CHECKPOINT in told.figures:
            metrics.CHECKPOINT_TIME.labels(self._service).set(told.figures[CHECKPOINT])

    def _results(self, jobs: list[Job]) -> None:
        """The newest finished job of each kind, read once; of a server that was started again too."""
        newest = {job.kind: job for job in reversed(jobs) if job.artifacts}
        for kind, job in newest.items():
            if self._shown.get(kind) == job.id:
                continue
            manifest = find(self._store, job.artifacts[0])
            self._shown[kind] = job.id
            if manifest is None:
                continue
            show_result(kind, manifest.summary)
            makers = [made for made in jobs if made.artifacts == job.artifacts and not made.cached]
            for made in makers[:1]:
                metrics.RESULT_SECONDS.labels(kind).set(made.ended - made.started)
                metrics.RESULT_PROCESS_SECONDS.labels(kind).set((made.ended - made.started) * processes(made))


class _Told:
    """What one job has told so far: all figures, though each report brings only some."""

    def __init__(self, job: Job) -> None:
        self.job, self.created, self._kind = job.id, job.created, job.kind
        self.figures: dict[str, float] = {}
        self._rates: set[tuple[str, str]] = set()

    def show(self, job: Job) -> None:
        progress = job.progress
        self.figures |= progress.metrics
        for figure, value in self.figures.items():
            metrics.JOB_FIGURE.labels(self._kind, figure).set(value)
        ratio = progress.done / progress.total if progress.total else 0.0
        metrics.JOB_RATIO.labels(self._kind).set(1.0 if job.state is JobState.SUCCEEDED else ratio)
        self._rates.add((progress.phase, progress.unit))
        metrics.JOB_RATE.labels(self._kind, progress.phase, progress.unit).set(progress.rate)

    def remove(self) -> None:
        for figure in self.figures:
            metrics.JOB_FIGURE.remove(self._kind, figure)
        for rate in self._rates:
            metrics.JOB_RATE.remove(self._kind, *rate)


def processes(job: Job) -> int:
    """How many processes do the work of a job; each of a training on GPUs has one."""
    return int(job.spec.get("processes") or 1)
