"""Compares job records with the launcher and acts on the difference, on a timer and when woken.

Any number of servers may run one for the same jobs: records change by compare-and-swap and the launcher is idempotent
by name, so the worst that a race costs is a repeated look. A server may die between any two lines of this file.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

from codekiln.core.errors import CodekilnError, Retryable
from codekiln.core.jobs import steps
from codekiln.core.jobs.measuring import JobMetrics, processes
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.interface import Launcher, Observation, Phase, WorkerSpec
from codekiln.core.settings import Settings
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import logger

_SWEPT_IN_A_PASS = 20
"""Of a long history a server that starts again sweeps a little at a time: jobs that are to begin come first."""


class Reconciler:
    """One thread of a server."""

    def __init__(self, jobs: JobRepository, launcher: Launcher, settings: Settings, worker: str = "") -> None:
        self.launcher = launcher
        self.observers: list[Callable[[list[Job]], None]] = []
        """Called with all jobs in every pass, such as to scale what they need. May not take long."""
        self._jobs, self._settings, self._worker = jobs, settings, worker
        self._service = settings.service
        self._woken, self._stopped = threading.Event(), threading.Event()
        self._cancelling_since: dict[str, float] = {}
        self._retry_after: dict[str, float] = {}
        self._left_since: dict[str, float] = {}
        self._failed: set[str] = set()
        self._ended: set[str] = set()
        self._forgotten: set[str] = set()
        self._metrics = JobMetrics(settings.service, jobs.store)
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
                if job.state is JobState.QUEUED:
                    running += self._stand_by(job) and running < self._settings.max_running and self._begin(job)
                elif job.state in (JobState.STARTING, JobState.RUNNING):
                    self._watch(job)
                elif job.state is JobState.CANCELLING:
                    self._cancel(job)
        for job in [job for job in jobs if self._to_sweep(job)][:_SWEPT_IN_A_PASS]:
            with self._contained(job):
                self._clean_up(job)
        for observe in (self._metrics.observe, *self.observers):
            with self._contained():
                observe(jobs)

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

    def _stand_by(self, job: Job) -> bool:
        """Whether nothing runs of the attempt that gave the job back: two must not run at once.

        A worker that gave its job back ends by itself. One that does not is stopped: a gang may leave followers.
        """
        if not job.attempt:
            return True
        name, seen, now = _name(job), self.launcher.observe(_name(job)), time.monotonic()
        if seen.failed:
            self._failed.add(name)  # what shows it goes with the pods that are stopped
        if seen.phase is not Phase.RUNNING:
            return True
        waited = now - self._left_since.setdefault(name, now)
        if waited >= self._settings.worker_stop_seconds:
            self.launcher.stop(name, force=waited >= 2 * self._settings.worker_stop_seconds)
        return False

    def _begin(self, job: Job) -> bool:
        """Starts a queued job's next attempt. False where somebody else did, or the job has ended."""
        failed = int(_name(job) in self._failed)
        if failed and job.failures + failed >= self._settings.max_failures:
            self._give_up(job, self.launcher.observe(_name(job)), job.failures + failed)
            return False
        if job.attempt:
            self._forget(job)
        return self._next_attempt(job, "queued", failed)

    def _watch(self, job: Job) -> None:
        try:
            seen = self.launcher.observe(_name(job))
        except CodekilnError as error:
            self._show_waiting(job, error.message)
            raise
        if seen.hopeless is not None:
            self._fail(job, seen.hopeless)
            return
        if seen.phase is Phase.RUNNING:
            self._show_waiting(job, seen.waiting)
            return
        # Only a record that is read after the look can tell whether the worker ended with a result.
        now = self._jobs.get(job.id)
        if now.attempt != job.attempt or now.state not in (JobState.STARTING, JobState.RUNNING):
            return
        if seen.phase is Phase.ABSENT and now.state is JobState.STARTING:
            self._submit(now)
        elif time.monotonic() >= self._retry_after.get(job.id, 0.0):
            self._lost(now, seen)

    def _submit(self, job: Job) -> None:
        try:
            self.launcher.submit(self._spec(job))
        except Retryable as error:
            self._show_waiting(job, error.message)
            raise
        except CodekilnError as error:
            self._fail(job, error)

    def _show_waiting(self, job: Job, why: str) -> None:
        """Writes what a worker that has not begun waits for, when that changes."""
        if steps.is_news(job, why):
            self._jobs.update(job.id, partial(steps.waits, seen=job, why=why))

    def _fail(self, job: Job, error: CodekilnError) -> None:
        """Ends a job whose worker cannot begin, and then what there is of the worker."""
        if self._jobs.update(job.id, partial(steps.fails, seen=job, error=error)).state is JobState.FAILED:
            self._log.warning("cannot start", job=job.id, reason=error.reason, error=error.message)
            self.launcher.stop(_name(job), force=False)

    def _lost(self, job: Job, seen: Observation) -> None:
        """The worker ended without a final record: try again, or give up after too many."""
        failed = 0 if seen.stopped else 1
        failures = job.failures + failed
        if failures >= self._settings.max_failures:
            self._give_up(job, seen, failures)
            return
        self._log.warning("worker lost", job=job.id, attempt=job.attempt, detail=seen.detail)
        # A worker that gave a reason to try later (a store or a peer that is away) is given time; a killed one is not.
        if job.error is not None and job.id not in self._retry_after:
            self._retry_after[job.id] = time.monotonic() + 2.0**failures
            return
        self._retry_after.pop(job.id, None)
        self._forget(job)
        metrics.JOB_RETRIES.labels(job.kind).inc()
        self._next_attempt(job, "retry", failed)

    def _next_attempt(self, job: Job, why: str, failed: int) -> bool:
        started = self._jobs.update(job.id, partial(steps.begins, seen=job, failed=failed))
        if started.state is not JobState.STARTING or started.attempt == job.attempt:
            return False
        self._log.info("submitted", job=job.id, attempt=started.attempt, why=why)
        self._submit(started)
        return True

    def _spec(self, job: Job) -> WorkerSpec:
        return WorkerSpec(self._service, job.id, job.attempt, self._worker, processes(job))

    def _give_up(self, job: Job, seen: Observation, failures: int) -> None:
        error = job.error or {
            "reason": "WORKER_LOST",
            "message": f"the worker ended {failures} times without a result ({seen.detail or 'cause unknown'}). "
            f"Its log: {self.launcher.log_uri(_name(job))}",
            "metadata": {"attempts": str(job.attempt)},
            "code": "INTERNAL",
        }
        self._jobs.update(job.id, partial(steps.is_given_up, seen=job, error=error, failures=failures))

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

    def _to_sweep(self, job: Job) -> bool:
        """Whether something may be left of an ended job's last worker. That of a failed one is kept for its log."""
        if not job.state.final or job.id in self._forgotten:
            return False
        kept = job.state is JobState.FAILED and time.time() - job.ended < self.launcher.log_seconds
        return not (kept and job.id in self._ended)

    def _clean_up(self, job: Job) -> None:
        """Once for every ended job: sweeps away what is left of its last worker."""
        name = _name(job)
        if job.attempt and self._runs(job):
            late = time.time() - job.ended - self._settings.worker_stop_seconds
            if late > 0:  # it has told its result and does not end
                self.launcher.stop(name, force=late > self._settings.worker_stop_seconds)
            return
        self._ended.add(job.id)
        if self._to_sweep(job):
            self._forget(job)
            self._forgotten.add(job.id)

    def _forget(self, job: Job) -> None:
        self.launcher.forget(_name(job))
        self._failed.discard(_name(job))
        self._left_since.pop(_name(job), None)

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
            self._jobs.update(job.id, partial(steps.is_given_back, attempt=job.attempt))

    def _runs(self, job: Job) -> bool:
        return self.launcher.observe(_name(job)).phase is Phase.RUNNING


def request_cancel(jobs: JobRepository, id: str) -> Job:
    """Marks a job for cancellation and returns it; one that has ended is returned as it is. Raises NotFound."""

    def step(job: Job) -> Job | None:
        if job.state.final or job.state is JobState.CANCELLING:
            return None
        return change(job, JobState.CANCELLING)

    return jobs.update(id, step)


def _name(job: Job) -> str:
    return f"{job.id}-{job.attempt}"
