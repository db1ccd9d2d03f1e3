"""A node that another one leads: waits for its call, fetches the same inputs and checkpoint, and runs its own ranks.

It never writes the job's record and publishes nothing. It ends by itself once the job is over, given to another attempt
or given up; what goes wrong here it tells the leader, who reports it.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.errors import CodekilnError, DataLoss, FailedPrecondition, NotFound, Retryable, Unavailable
from codekiln.core.jobs.record import JobState
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED, Context, Stopped, Superseded
from codekiln.core.settings import Settings, load_settings
from codekiln.core.spec import from_json
from codekiln.core.store import ObjectStore, open_store
from codekiln.core.telemetry import metrics
from codekiln.core.telemetry.logs import configure_logs, logger
from codekiln.trainer import checkpoint, failure, inputs
from codekiln.trainer.gang import Call, Gang
from codekiln.trainer.node import Node, node_of
from codekiln.trainer.plan import make_plan
from codekiln.trainer.spec import TrainerSpec
from codekiln.trainer.supervision import run_ranks

_LOOK_SECONDS = 1.0
"""Between two looks at the record or for the call."""
_LINGER_SECONDS = 20.0
"""After an error, time for the leader to report it: a pod that fails may end the whole job, the leader with it."""


def follow(job: str, attempt: int) -> int:
    """Follows in this process, as the node that its environment names; returns the exit status."""
    settings = load_settings("trainer")
    configure_logs(settings)
    with contextlib.suppress(OSError):  # a port that is taken must not cost a job
        metrics.serve_metrics(settings.metrics_listen, settings.service)
    store = open_store(settings.store_url, settings.store_credentials())
    return Follower(job, attempt, node_of(os.environ), store, settings).run()


class Follower:
    """One node of one attempt, but not the first."""

    def __init__(self, job: str, attempt: int, node: Node, store: ObjectStore, settings: Settings) -> None:
        self._id, self._attempt, self._node, self._store = job, attempt, node, store
        self._jobs = JobRepository(store, settings.service)
        self._gang = Gang(store, job, attempt)
        self._log = logger("follower", job=job, attempt=attempt, node=node.rank)
        self._next_look = 0.0
        scratch = settings.scratch / f"{job}-{attempt}-{secrets.token_hex(4)}"
        self._context = Context(store, settings, scratch, lambda progress: None)

    def run(self) -> int:
        """Follows to the end; returns the exit status."""
        before = signal.signal(signal.SIGTERM, self._on_sigterm)
        try:
            self._context.scratch.mkdir(parents=True)
            return self._follow()
        except Superseded:
            self._log.info("superseded")
            return 0
        except Stopped:
            self._tell(None)
            self._log.info("stopped")
            return EXIT_STOPPED
        finally:
            self._context.stopping.set()  # a signal that comes from here on finds nothing to stop
            shutil.rmtree(self._context.scratch, ignore_errors=True)
            signal.signal(signal.SIGTERM, before or signal.SIG_DFL)

    def _on_sigterm(self, *_: Any) -> None:
        if not self._context.stopping.is_set():
            self._context.stopping.set()
            raise Stopped

    def _follow(self) -> int:
        try:
            self._train()
            return 0
        except Exception as error:
            shown = failure.describe(error, self._node.rank)
            self._log.error("failed", reason=shown.reason, error=shown.message, exc_info=shown is not error)
            self._tell(shown)
            self._linger()
            return EXIT_RETRY

    def _train(self) -> None:
        spec = from_json(TrainerSpec, self._jobs.get(self._id).spec)
        self._node.share(spec.processes)
        call = self._wait_for_call()
        if call.nodes != self._node.count:
            raise FailedPrecondition(
                f"it is one of {self._node.count} nodes and the leader one of {call.nodes}: "
                "all need the same PET_NNODES",
                reason="PROCESSES_MISMATCH",
            )
        context = self._context
        here = inputs.fetch(spec, self._store, inputs.cache(context.settings), lambda done, total: self._look())
        key = inputs.model_key(spec, self._store)
        plan = make_plan(spec, key, here, self._fetch(call.checkpoint), context)
        self._gang.arrive(self._node.rank)
        run_ranks(plan, context, self._node, self._look)

    def _wait_for_call(self) -> Call:
        """Raises Unavailable (LEADER_MISSING) where none comes in time."""
        seconds = self._context.settings.pending_seconds
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._look()
            with contextlib.suppress(Retryable):
                if call := self._gang.called():
                    return call
            time.sleep(_LOOK_SECONDS)
        raise Unavailable(
            f"the first node did not call within {seconds:g} seconds: look at its pod and at its log",
            reason="LEADER_MISSING",
        )

    def _fetch(self, ref: Ref | None) -> Path | None:
        """The leader's checkpoint. Gone or damaged, it is not the leader's any more: the next attempt takes another."""
        try:
            return checkpoint.fetch(self._store, ref, self._context.scratch / "resume") if ref else None
        except (NotFound, DataLoss) as error:
            raise Unavailable(
                f"{error.message}; the next attempt takes another checkpoint", reason=error.reason
            ) from None

    def _look(self) -> None:
        """Raises Superseded once nobody waits for this attempt any more."""
        if time.monotonic() < self._next_look:
            return
        self._next_look = time.monotonic() + _LOOK_SECONDS
        with contextlib.suppress(Retryable):
            job = self._jobs.get(self._id)
            running = job.state in (JobState.STARTING, JobState.RUNNING)
            # A running attempt with an error is one that its leader gave up; `begin` had removed older ones.
            given_up = job.state is JobState.RUNNING and job.error is not None
            if job.attempt != self._attempt or not running or given_up:
                raise Superseded

    def _tell(self, error: CodekilnError | None) -> None:
        with contextlib.suppress(CodekilnError):
            self._gang.end(self._node.rank, error)

    def _linger(self) -> None:
        deadline = time.monotonic() + _LINGER_SECONDS
        with contextlib.suppress(Superseded):
            while time.monotonic() < deadline:
                self._look()
                time.sleep(_LOOK_SECONDS)
