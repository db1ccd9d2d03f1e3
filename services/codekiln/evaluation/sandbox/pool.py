"""The sandbox as a worker uses it: some runners, programs in, verdicts out in the same order.

    with Sandbox(scratch) as sandbox:
        for verdict in sandbox.judge(programs): ...

Entering starts one runner and tries to break out of it; where that works, or the kernel lacks what the wall is built
of, nothing is run. A run that went wrong through no fault of the program is repeated once, in a new runner.
"""

from __future__ import annotations

import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import codekiln
from codekiln.core.errors import FailedPrecondition, Internal, Unavailable
from codekiln.evaluation.sandbox.codec import NotData, decode, encode, receive, send
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.probe import PROBES, failures
from codekiln.evaluation.sandbox.program import Limits, Program

_RUNS = 1000
"""After so many, a runner is replaced; and after a violation."""
_CLOSE_SECONDS = 5.0
_START = "import sys; sys.path.insert(0, {root!r}); from codekiln.evaluation.sandbox.start import main; main()"


class Sandbox:
    """Judges programs, several at a time. Use as a context manager."""

    def __init__(self, scratch: Path, limits: Limits | None = None, runners: int = 0) -> None:
        self.limits = limits or Limits()
        self.landlock_abi = 0
        self._scratch = scratch
        # One more than there are cores: the processes of a run wait for each other, and another run fills the gaps.
        self._count = runners or len(os.sched_getaffinity(0)) + 1
        self._idle: queue.SimpleQueue[_Runner] = queue.SimpleQueue()
        self._all: set[_Runner] = set()
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Sandbox:
        """Raises FailedPrecondition, SANDBOX_UNAVAILABLE, where the wall cannot be built or does not hold."""
        try:
            first = self._start()
            self._probe(first)
            self._idle.put(first)
            for _ in range(self._count - 1):
                self._idle.put(self._start())
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends every runner and what runs in it; whoever waits for a verdict gets Unavailable."""
        with self._lock:
            self._closed = True
            runners, self._all = self._all, set()
        for runner in runners:
            runner.close()

    def judge(self, programs: Sequence[Program]) -> Iterator[Verdict]:
        """Verdicts in the order of programs. Raises Internal, SANDBOX_FAILED, where a run went wrong twice."""
        threads = ThreadPoolExecutor(self._count)
        try:
            yield from threads.map(self.judge_one, programs)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)  # what runs ends with its time, or with the sandbox

    def judge_one(self, program: Program) -> Verdict:
        """Safe to call from several threads. Raises as `judge`."""
        verdict = self._attempt(program)
        if verdict.outcome is Outcome.INFRA_ERROR:
            verdict = self._attempt(program)
        if verdict.outcome is Outcome.INFRA_ERROR:
            raise Internal(
                f"the sandbox failed twice on a solution of `{program.entry_point}`: {verdict.detail}. No score is "
                "given, since this is no fault of the solution; look at memory and at the worker's log, and run again",
                reason="SANDBOX_FAILED",
            )
        return verdict

    def _attempt(self, program: Program) -> Verdict:
        runner = self._idle.get()
        try:
            verdict = runner.judge(program)
        except _RunnerGone as gone:
            verdict = Verdict(Outcome.INFRA_ERROR, str(gone))
        try:
            if runner.runs >= _RUNS or verdict.outcome in (Outcome.VIOLATION, Outcome.INFRA_ERROR):
                with self._lock:
                    self._all.discard(runner)
                runner.close()
                runner = self._start()
        finally:
            self._idle.put(runner)
        return verdict

    def _start(self) -> _Runner:
        with self._lock:
            if self._closed:
                raise Unavailable("the sandbox was closed before there was a verdict", reason="SANDBOX_CLOSED")
            runner = _Runner(self._scratch, self.limits)
            self._all.add(runner)
        word, found = runner.hello()
        if word == "missing":
            raise _unavailable(f"this machine lacks {' and '.join(found)}")
        self.landlock_abi = found
        return runner

    def _probe(self, runner: _Runner) -> None:
        try:
            broken = failures([(probe, runner.judge(probe.program(self._scratch))) for probe in PROBES])
        except _RunnerGone as gone:
            raise _unavailable(str(gone)) from gone
        if broken:
            raise _unavailable("; ".join(broken))


def _unavailable(what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"the sandbox cannot be used: {what}. Programs of a model are not run without it: use Linux 6.7 or newer with "
        "Landlock among its security modules (`lsm=`), and a container profile that allows landlock and seccomp calls",
        reason="SANDBOX_UNAVAILABLE",
    )


class _RunnerGone(Exception):
    """A runner's process ended or said what it may not."""


class _Runner:
    """The worker's end of one runner's process."""

    def __init__(self, scratch: Path, limits: Limits) -> None:
        self._scratch = tempfile.mkdtemp(prefix="sandbox-", dir=scratch)
        root = str(Path(codekiln.__file__).parent.parent)
        # Not -I: it would ignore PYTHONHASHSEED, and with it the order of sets, and so verdicts, would change.
        self._process = subprocess.Popen(
            [sys.executable, "-s", "-S", "-P", "-B", "-X", "utf8", "-c", _START.format(root=root)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd="/",
            env={"PYTHONHASHSEED": "0"},
            start_new_session=True,
        )
        self._pipes: tuple[Any, Any, Any] = (self._process.stdin, self._process.stdout, self._process.stderr)
        self._asking = threading.Lock()
        self.runs = 0
        self._config = (os.path.abspath(self._scratch), tuple(limits))

    def hello(self) -> tuple[str, Any]:
        """Sends the limits; returns `ready` and the ABI of Landlock, or `missing` and what the machine lacks."""
        try:
            word, found = self._ask(self._config)
        except _RunnerGone as gone:
            raise _unavailable(str(gone)) from gone
        return word, found

    def judge(self, program: Program) -> Verdict:
        """Raises _RunnerGone."""
        self.runs += 1
        outcome, detail, cpu_seconds = self._ask(tuple(program))
        return Verdict(Outcome(outcome), detail, cpu_seconds)

    def close(self) -> None:
        """Closes the runner's input, at which it ends what it runs, and waits for it."""
        jobs, verdicts, errors = self._pipes
        jobs.close()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()  # the zygotes and what they run die with it
            self._process.wait()
        with self._asking:  # whoever still reads these has seen their end
            verdicts.close()
            errors.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _ask(self, message: tuple[Any, ...]) -> Any:
        jobs, verdicts, _ = self._pipes
        with self._asking:
            try:
                send(jobs.fileno(), encode(message))
                answer = receive(verdicts.fileno())
            except (OSError, ValueError, NotData) as error:
                raise _RunnerGone(f"the runner does not answer: {error}") from error
            if answer is None:
                raise _RunnerGone(f"the runner ended: {self._last_words()}")
        return decode(answer)

    def _last_words(self) -> str:
        trace = self._pipes[2].read().decode(errors="replace").strip()
        return trace.rpartition("\n")[2] or "without a word"
