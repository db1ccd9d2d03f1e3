"""The process that does the work of one job: `python -m codekiln.<service>.worker JOB_ID ATTEMPT`.

A service's worker.py names its stages and calls `run_worker`:

    STAGES = [Stage("tokenizer", TokenizerSpec, identify, train)]
    if __name__ == "__main__":
        run_worker("tokenizer", STAGES)

`identify(spec, context)` returns the artifact's Key, cheaply and without heavy imports: where it is published already
the job ends as a cache hit. `work(spec, key, context)` does the work and returns the published Manifest. It may be
killed at any moment and started again by another attempt; what it wants to find again it writes under
`context.work_prefix(key)`.

A worker outlives the server that asked for it, and knows the store only. SIGTERM asks it to stop: it may save first
(`context.stopping`), and its job is tried again unless it was cancelled. Of several attempts only the newest may write
the record; publish-once makes a late one harmless.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codekiln.core.artifacts import Key, Manifest, find
from codekiln.core.errors import CodekilnError, Internal, ResourceExhausted, Retryable
from codekiln.core.jobs.record import Job, JobState, Progress, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.settings import Settings, load_settings
from codekiln.core.spec import from_json
from codekiln.core.store import ObjectStore, open_store
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import configure_logs, logger

EXIT_STOPPED = 143
"""128 + SIGTERM: stopped by request, try again (Kubeflow's ExitCode policy retries from 128 up)."""
EXIT_RETRY = 75
"""EX_TEMPFAIL: something that may pass, try again."""
_REPORT_SECONDS = 0.5


class Stopped(BaseException):
    """Raised in the main thread by SIGTERM, once; caught by nobody but `run_worker`."""


class Superseded(BaseException):
    """A newer attempt runs, or the job has ended: go away quietly."""


@dataclass(frozen=True)
class Stage:
    """One kind of job: how to name its artifact and how to make it."""

    kind: str
    spec: type[Any]
    identify: Callable[[Any, Context], Key]
    work: Callable[[Any, Key, Context], Manifest]


class Context:
    """What a stage may touch: the store, a scratch folder that is removed afterwards, settings, progress."""

    def __init__(
        self, store: ObjectStore, settings: Settings, scratch: Path, report: Callable[[Progress], None]
    ) -> None:
        self.store = store
        self.settings = settings
        self.scratch = scratch
        self.stopping = threading.Event()
        self._report = report
        self._phase = ""
        self._phase_start = (0.0, 0.0)
        self._last = 0.0

    def work_prefix(self, key: Key) -> str:
        """Where attempts of the same work leave what the next one may go on from. Not visible to readers."""
        return f"work/{key.kind}/{key.ref.digest}/"

    def progress(
        self, phase: str, done: float, total: float, unit: str, *, metrics: dict[str, float] | None = None
    ) -> None:
        """Tells how far it is. Call as often as you like; at most two reports a second are written."""
        now = time.monotonic()
        if phase != self._phase:
            self._phase, self._phase_start, self._last = phase, (now, done), 0.0
        start, done_at_start = self._phase_start
        if now - self._last < _REPORT_SECONDS and done < total:
            return
        self._last = now
        rate = (done - done_at_start) / (now - start) if now > start else 0.0
        self._report(Progress(phase, float(done), float(total), unit, rate, metrics or {}, time.time()))


def run_worker(service: str, stages: list[Stage]) -> None:
    """Does one job and exits. Exit status 0: the record is final. Others: see EXIT_*."""
    id, attempt = sys.argv[1], int(sys.argv[2])
    settings = load_settings(service)
    configure_logs(settings)
    _serve_metrics(settings)
    store = open_store(settings.store_url, settings.store_credentials())
    sys.exit(work_on(id, attempt, JobRepository(store, service), stages, store, settings))


def _serve_metrics(settings: Settings) -> None:
    """Figures of this process for Prometheus. A port that is taken must not cost a job."""
    try:
        address = metrics.serve_metrics(settings.metrics_listen, settings.service)
    except OSError as error:
        logger("worker").warning("no metrics", listen=settings.metrics_listen, error=error.strerror or str(error))
    else:
        logger("worker").info("listening", metrics=address)


def work_on(
    id: str, attempt: int, jobs: JobRepository, stages: list[Stage], store: ObjectStore, settings: Settings
) -> int:
    """Does one attempt of one job; returns the exit status."""
    settings.scratch.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=f"{id}-{attempt}-", dir=settings.scratch))
    reporter = _Reporter(jobs, id, attempt)
    context = Context(store, settings, scratch, reporter.progress)

    def on_sigterm(*_: Any) -> None:
        if not context.stopping.is_set():
            context.stopping.set()
            raise Stopped

    before = signal.signal(signal.SIGTERM, on_sigterm)
    try:
        return _attempt(reporter, stages, context)
    except Stopped:
        reporter.give_back()
        reporter.log.info("stopped")
        return EXIT_STOPPED
    finally:
        context.stopping.set()  # a signal that comes from here on finds nothing to stop
        shutil.rmtree(scratch, ignore_errors=True)
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _attempt(reporter: _Reporter, stages: list[Stage], context: Context) -> int:
    """Works and writes the record's end, whatever comes up. Returns the exit status; Stopped may be raised anywhere."""
    log = reporter.log
    try:
        job = reporter.begin()
        stage = next(stage for stage in stages if stage.kind == job.kind)
        spec = from_json(stage.spec, job.spec)
        key = stage.identify(spec, context)
        manifest = find(context.store, key.ref)
        cached = manifest is not None
        if manifest is None:
            manifest = stage.work(spec, key, context)
        reporter.succeed(manifest, cached)
        log.info("succeeded", artifact=str(manifest.ref), cached=cached)
        return 0
    except Superseded:
        log.info("superseded")
        return 0
    except Retryable as error:
        reporter.remember(error)
        log.warning("will be tried again", reason=error.reason, error=error.message)
        return EXIT_RETRY
    except Exception as error:
        shown = _shown(error, context)
        log.error("failed", reason=shown.reason, error=shown.message, exc_info=isinstance(shown, Internal))
        with contextlib.suppress(Superseded):
            reporter.fail(shown)
        return 0


def _shown(error: Exception, context: Context) -> CodekilnError:
    """The error that a person reads in the record."""
    if isinstance(error, CodekilnError):
        return error
    if isinstance(error, MemoryError):
        return ResourceExhausted("out of memory: give the worker more, or less to do", reason="OUT_OF_MEMORY")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceExhausted(
            f"no space left on {error.filename or context.scratch}: free some and run again", reason="DISK_FULL"
        )
    return Internal(f"unexpected {type(error).__name__}: {error}. The worker's log has the trace", reason="UNEXPECTED")


class _Reporter:
    """Writes the record on behalf of one attempt."""

    def __init__(self, jobs: JobRepository, id: str, attempt: int) -> None:
        self._jobs, self._id, self._attempt = jobs, id, attempt
        self.log = logger("worker", job=id, attempt=attempt)
        self._kind = ""

    def begin(self) -> Job:
        def step(job: Job) -> Job:
            return change(job, JobState.RUNNING, started=job.started or time.time(), error=None)

        job = self._update(step)
        self._kind = job.kind
        return job

    def progress(self, progress: Progress) -> None:
        metrics.WORKER_RATIO.labels(self._kind).set(progress.done / progress.total if progress.total else 0.0)
        for figure, value in progress.metrics.items():
            metrics.WORKER_FIGURE.labels(self._kind, figure).set(value)
        try:
            self._update(lambda job: change(job, progress=progress))
        except Retryable:
            # A store that is away for a moment must not cost the work done so far; the next report may pass.
            self.log.warning("progress not recorded")

    def succeed(self, manifest: Manifest, cached: bool) -> None:
        self._end(
            lambda job: change(
                job,
                JobState.SUCCEEDED,
                artifacts=(manifest.ref,),
                cached=cached,
                ended=time.time(),
                progress=_complete(job.progress),
            )
        )

    def give_back(self) -> None:
        """Puts the job back into the queue, so that having been stopped does not count as a failure."""
        with contextlib.suppress(Superseded, Retryable):
            self._update(lambda job: change(job, JobState.QUEUED))

    def remember(self, error: CodekilnError) -> None:
        """Keeps why this attempt gave up, for the sentence that a person reads should all attempts do."""
        with contextlib.suppress(Superseded, Retryable):
            self._update(lambda job: change(job, error=error.to_json()))

    def fail(self, error: CodekilnError) -> None:
        self._end(lambda job: change(job, JobState.FAILED, error=error.to_json(), ended=time.time()))

    def _end(self, step: Callable[[Job], Job]) -> None:
        for wait in (0.2, 0.5, 1.0, 2.0, 4.0, 0.0):
            try:
                self._update(step, cancelling=True)
                return
            except Retryable:
                if not wait:
                    raise
                time.sleep(wait)

    def _update(self, step: Callable[[Job], Job], cancelling: bool = False) -> Job:
        def guarded(job: Job) -> Job:
            if job.state.final or job.state is JobState.QUEUED or job.attempt != self._attempt:
                raise Superseded
            if job.state is JobState.CANCELLING and not cancelling:
                raise Superseded
            return step(job)

        return self._jobs.update(self._id, guarded)


def _complete(progress: Progress) -> Progress:
    return replace(progress, done=progress.total or progress.done, updated=time.time())


def parent_death_signal(number: int = signal.SIGKILL, *, parent: int | None = None) -> None:
    """Asks the kernel to send this process a signal when the one that started it dies (prctl(2) PR_SET_PDEATHSIG).

    For the children of a worker: a worker that is killed must not leave them behind. With `parent`, the pid of the
    starter, a child whose starter died before this call ends at once.
    """
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(1, number)
    if parent is not None and os.getppid() != parent:
        os._exit(1)
