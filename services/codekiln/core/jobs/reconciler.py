"""Compares job records with the launcher and acts on the difference, on a timer and when woken.

Any number of servers may run one for the same jobs: records change by compare-and-swap and the launcher is idempotent
by name, so the worst that a race costs is a repeated look. A server may die between any two lines of this file.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from functools import partial

from codekiln.core.artifacts import find
from codekiln.core.errors import CodekilnError
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.interface import Launcher, Observation, Phase, WorkerSpec
from codekiln.core.settings import Settings
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import logger
from codekiln.core.telemetry.results import show_result


class Reconciler:
    """One thread of a server."""

    def __init__(self, jobs: JobRepository, launcher: Launcher, settings: Settings, worker: str = "") -> None:
        self.launcher = launcher
        self._jobs, self._settings, self._worker = jobs, settings, worker
        self._service = settings.service
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._cancelling_since: dict[str, float] = {}
        self._retry_after: dict[str, float] = {}
        self._forgotten: set[str] = set()
        self._measured: set[str] = set()
        self._shown: dict[str, str] = {}
        self._since = time.time()
        self._thread = threading.Thread(target=self._run, name="reconciler", daemon=True)
        self._log = logger("reconciler")

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Looks at once instead of at the next tick."""
        self._woken.set()

    def stop(self) -> None:
        """Stops looking. Workers go on, unless the settings say they shall stop with their server."""
        self._stopped.set()
        self._woken.set()
        self._thread.join()
        if self._settings.stop_workers_on_exit:
            with self._contained():
                self._stop_workers()

    def _run(self) -> None:
        while not self._stopped.is_set():
            start = time.perf_counter()
            with self._contained():
                self.reconcile()
            metrics.RECONCILE_SECONDS.labels(self._service).observe(time.perf_counter() - start)
            self._woken.wait(self._settings.reconcile_seconds)
            self._woken.clear()

    def reconcile(self) -> None:
        """One pass over all jobs, oldest first."""
        jobs = self._jobs.all()
        running = sum(job.state in (JobState.STARTING, JobState.RUNNING, JobState.CANCELLING) for job in jobs)
        for job in reversed(jobs):
            with self._contained(job):
                if job.state is JobState.QUEUED and running < self._settings.max_running:
                    running += self._begin(job)
                elif job.state in (JobState.STARTING, JobState.RUNNING):
                    self._watch(job)
                elif job.state is JobState.CANCELLING:
                    self._cancel(job)
                elif job.state.final:
                    self._clean_up(job)
        self._measure(jobs)
        self._show_results(jobs)

    @contextlib.contextmanager
    def _contained(self, job: Job | None = None) -> Iterator[None]:
        """Trouble with one job must not end the care for all others, nor one pass the next."""
        id = job.id if job else ""
        try:
            yield
        except CodekilnError as error:
            metrics.RECONCILE_ERRORS.labels(self._service).inc()
            self._log.warning("reconcile failed", job=id, reason=error.reason, error=error.message)
        except Exception:
            metrics.RECONCILE_ERRORS.labels(self._service).inc()
            self._log.error("reconcile failed", job=id, exc_info=True)

    def _begin(self, job: Job) -> bool:
        """Starts a queued job's next attempt. False where somebody else did, or the job was cancelled meanwhile."""
        if job.attempt:
            # The attempt that gave the job back must have ended, and its children: two must not run at once.
            if self._runs(job):
                return False
            self.launcher.forget(_name(job))
        return self._next_attempt(job, "queued", 0)

    def _watch(self, job: Job) -> None:
        seen = self.launcher.observe(_name(job))
        if seen.phase is Phase.RUNNING:
            return
        # Only a record that is read after the look can tell whether the worker ended with a result.
        now = self._jobs.get(job.id)
        if now.attempt != job.attempt or now.state not in (JobState.STARTING, JobState.RUNNING):
            return
        if seen.phase is Phase.ABSENT and now.state is JobState.STARTING:
            self.launcher.submit(self._spec(now))
        elif time.monotonic() >= self._retry_after.get(job.id, 0.0):
            self._lost(now, seen)

    def _lost(self, job: Job, seen: Observation) -> None:
        """The worker ended without a final record: try again, or give up after too many."""
        failed = 0 if seen.stopped else 1
        name, failures = _name(job), job.failures + failed
        if failures >= self._settings.max_failures:
            self._give_up(job, seen, failures)
            return
        self._log.warning("worker lost", job=job.id, attempt=job.attempt, detail=seen.detail)
        # A worker that gave a reason to try later (a store or a peer that is away) is given time; a killed one is not.
        if job.error is not None and job.id not in self._retry_after:
            self._retry_after[job.id] = time.monotonic() + 2.0**failures
            return
        self._retry_after.pop(job.id, None)
        self.launcher.forget(name)
        metrics.JOB_RETRIES.labels(job.kind).inc()
        self._next_attempt(job, "retry", failed)

    def _next_attempt(self, job: Job, why: str, failed: int) -> bool:
        def step(now: Job) -> Job | None:
            if now.revision != job.revision:
                return None
            return change(now, JobState.STARTING, attempt=now.attempt + 1, failures=now.failures + failed)

        started = self._jobs.update(job.id, step)
        if started.state is not JobState.STARTING or started.attempt == job.attempt:
            return False
        self._log.info("submitted", job=job.id, attempt=started.attempt, why=why)
        self.launcher.submit(self._spec(started))
        return True

    def _spec(self, job: Job) -> WorkerSpec:
        processes = int(job.spec.get("processes") or 1)
        return WorkerSpec(self._service, job.id, job.attempt, self._worker, processes)

    def _give_up(self, job: Job, seen: Observation, failures: int) -> None:
        error = job.error or {
            "reason": "WORKER_LOST",
            "message": f"the worker ended {failures} times without a result ({seen.detail or 'cause unknown'}). "
            f"Its log: {self.launcher.log_uri(_name(job))}",
            "metadata": {"attempts": str(job.attempt)},
            "code": "INTERNAL",
        }

        def step(now: Job) -> Job | None:
            if now.revision != job.revision:
                return None
            return change(now, JobState.FAILED, error=error, failures=failures, ended=time.time())

        self._jobs.update(job.id, step)

    def _cancel(self, job: Job) -> None:
        name = _name(job)
        if job.attempt and self._runs(job):
            since = self._cancelling_since.setdefault(job.id, time.monotonic())
            late = time.monotonic() - since > self._settings.worker_stop_seconds
            self.launcher.stop(name, force=late)
            return
        self.launcher.forget(name)
        self._jobs.update(
            job.id, lambda now: None if now.state.final else change(now, JobState.CANCELLED, ended=time.time())
        )
        self._cancelling_since.pop(job.id, None)

    def _clean_up(self, job: Job) -> None:
        """Once for every ended job: sweeps away what is left of its last worker."""
        if job.id in self._forgotten:
            return
        name = _name(job)
        if job.attempt and self._runs(job):
            late = time.time() - job.ended - self._settings.worker_stop_seconds
            if late > 0:  # it has told its result and does not end
                self.launcher.stop(name, force=late > self._settings.worker_stop_seconds)
            return
        self.launcher.forget(name)
        self._forgotten.add(job.id)

    def _stop_workers(self) -> None:
        """Ends this server's workers and puts their jobs back: having been stopped with us is no failure of theirs."""
        deadline = time.monotonic() + self._settings.worker_stop_seconds
        jobs = [job for job in self._jobs.active() if job.attempt and self._runs(job)]
        for job in jobs:
            self.launcher.stop(_name(job), force=False)
        running = jobs
        while (running := [job for job in running if self._runs(job)]) and time.monotonic() < deadline:
            time.sleep(0.05)
        for job in running:
            self.launcher.stop(_name(job), force=True)
        for job in jobs:
            self._jobs.update(job.id, partial(_given_back, attempt=job.attempt))

    def _runs(self, job: Job) -> bool:
        return self.launcher.observe(_name(job)).phase is Phase.RUNNING

    def _show_results(self, jobs: list[Job]) -> None:
        """The newest finished job of each kind, read once; of a server that was started again too."""
        newest = {job.kind: job for job in reversed(jobs) if job.artifacts}
        for kind, job in newest.items():
            if self._shown.get(kind) != job.id:
                self._shown[kind] = job.id
                manifest = find(self._jobs.store, job.artifacts[0])
                if manifest is not None:
                    show_result(kind, manifest.summary)

    def _measure(self, jobs: list[Job]) -> None:
        for state in JobState:
            metrics.JOBS.labels(self._service, state.value).set(sum(job.state is state for job in jobs))
        running = [job for job in jobs if job.state is JobState.RUNNING]
        ages = [time.time() - (job.progress.updated or job.started) for job in running]
        metrics.JOB_PROGRESS_AGE.labels(self._service).set(max(ages, default=0.0))
        metrics.JOB_RATIO.clear()
        metrics.JOB_FIGURE.clear()
        for job in reversed(running):
            metrics.JOB_RATIO.labels(job.kind).set(
                job.progress.done / job.progress.total if job.progress.total else 0.0
            )
            for figure, value in job.progress.metrics.items():
                metrics.JOB_FIGURE.labels(job.kind, figure).set(value)
        for job in jobs:
            if job.ended > self._since and job.id not in self._measured:
                self._measured.add(job.id)
                metrics.JOB_SECONDS.labels(job.kind, job.state.value).observe(job.ended - job.created)
                if job.started:
                    metrics.JOB_QUEUE_SECONDS.labels(job.kind).observe(job.started - job.created)


def request_cancel(jobs: JobRepository, id: str) -> Job:
    """Marks a job for cancellation and returns it; one that has ended is returned as it is. Raises NotFound."""

    def step(job: Job) -> Job | None:
        if job.state.final or job.state is JobState.CANCELLING:
            return None
        return change(job, JobState.CANCELLING)

    return jobs.update(id, step)


def _name(job: Job) -> str:
    return f"{job.id}-{job.attempt}"


def _given_back(now: Job, attempt: int) -> Job | None:
    running = now.state in (JobState.STARTING, JobState.RUNNING)
    return change(now, JobState.QUEUED) if running and now.attempt == attempt else None
