"""The sandbox on this machine: some runners, programs in, verdicts out in the same order.

    with LocalSandbox(scratch) as sandbox:
        for verdict in sandbox.judge(programs): ...

Entering starts one runner and tries to break out of it; where that works, or the kernel lacks what the wall is built
of, nothing is run. A run that went wrong through no fault of the program is repeated once, in a new runner.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from codekiln.core.errors import Internal, Unavailable
from codekiln.core.machine import cores, memory_bytes
from codekiln.evaluation.sandbox.handle import RunnerGone, RunnerHandle, unavailable
from codekiln.evaluation.sandbox.interface import in_order
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.probe import PROBES, failures
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.evaluation.sandbox.room import programs_at_once

_RUNS = 1000
"""After so many, a runner is replaced; and after a violation."""


class Caller:
    """Who waits for a verdict, and may leave before there is one: what runs for it ends then."""

    def __init__(self) -> None:
        self.left = False
        self._lock = threading.Lock()
        self._runner: RunnerHandle | None = None

    def leave(self) -> None:
        with self._lock:
            self.left = True
            if self._runner is not None:
                self._runner.hang_up()

    def judge(self, runner: RunnerHandle, program: Program) -> Verdict:
        """Raises RunnerGone."""
        with self._lock:
            if self.left:
                raise RunnerGone("nobody waits for the verdict")
            self._runner = runner
        try:
            return runner.judge(program)
        finally:
            with self._lock:
                self._runner = None


class LocalSandbox:
    """A Sandbox of `runners` processes, as many as there is room for when 0. `count` is told verdicts and seconds."""

    def __init__(
        self,
        scratch: Path,
        limits: Limits | None = None,
        runners: int = 0,
        count: Callable[[Verdict, float], None] = lambda verdict, seconds: None,
    ) -> None:
        self.limits = limits or Limits()
        self.landlock_abi = 0
        self.at_once = runners or programs_at_once(self.limits, cores(), memory_bytes())
        self._scratch, self._count = scratch, count
        self._free = threading.Semaphore(0)
        self._idle: list[RunnerHandle] = []
        self._all: set[RunnerHandle] = set()
        self._closed = False
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        try:
            first = self._start(self.limits)
            self._probe(first)
            self._give_back(first)
            for _ in range(self.at_once - 1):
                self._give_back(self._start(self.limits))
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends every runner and what runs in it."""
        with self._lock:
            self._closed = True
            runners, self._all = self._all, set()
        for runner in runners:
            runner.close()

    def about(self) -> dict[str, Any]:
        return {"remote": False, "landlock_abi": self.landlock_abi, "seccomp": True, **self.limits._asdict()}

    def judge(self, programs: Sequence[Program]) -> Iterator[Verdict]:
        return in_order(self.judge_one, programs, self.at_once)

    def judge_one(self, program: Program, limits: Limits | None = None, caller: Caller | None = None) -> Verdict:
        """`limits`: other ones than the sandbox's. A runner that has those is used, or takes the place of the one that
        is idle longest. Raises Unavailable where the caller has left."""
        limits, caller, began = limits or self.limits, caller or Caller(), time.perf_counter()
        verdict = self._attempt(program, limits, caller)
        if verdict.outcome is Outcome.INFRA_ERROR and not caller.left:
            verdict = self._attempt(program, limits, caller)
        if caller.left:
            raise Unavailable("nobody waits for this verdict any more", reason="CALLER_LEFT")
        self._count(verdict, time.perf_counter() - began)
        if verdict.outcome is Outcome.INFRA_ERROR:
            raise Internal(
                f"the sandbox failed twice on a solution of `{program.entry_point}`: {verdict.detail}. No score is "
                "given, since this is no fault of the solution; look at memory and at the worker's log, and run again",
                reason="SANDBOX_FAILED",
            )
        return verdict

    def _attempt(self, program: Program, limits: Limits, caller: Caller) -> Verdict:
        runner = self._take(limits)
        try:
            if runner.limits != limits:
                runner = self._replace(runner, limits)
            try:
                verdict = caller.judge(runner, program)
            except RunnerGone as gone:
                verdict = Verdict(Outcome.INFRA_ERROR, str(gone))
            if runner.runs >= _RUNS or verdict.outcome in (Outcome.VIOLATION, Outcome.INFRA_ERROR):
                runner = self._replace(runner, limits)
        finally:
            self._give_back(runner)
        return verdict

    def _take(self, limits: Limits) -> RunnerHandle:
        self._free.acquire()
        with self._lock:
            fitting = [runner for runner in self._idle if runner.limits == limits]
            runner = fitting[-1] if fitting else self._idle[0]
            self._idle.remove(runner)
        return runner

    def _give_back(self, runner: RunnerHandle) -> None:
        with self._lock:
            self._idle.append(runner)
        self._free.release()

    def _replace(self, runner: RunnerHandle, limits: Limits) -> RunnerHandle:
        with self._lock:
            self._all.discard(runner)
        runner.close()
        return self._start(limits)

    def _start(self, limits: Limits) -> RunnerHandle:
        with self._lock:
            if self._closed:
                raise Unavailable("the sandbox was closed before there was a verdict", reason="SANDBOX_CLOSED")
            runner = RunnerHandle(self._scratch, limits)
            self._all.add(runner)
        word, found = runner.hello()
        if word == "missing":
            raise unavailable(f"this machine lacks {' and '.join(found)}")
        self.landlock_abi = found
        return runner

    def _probe(self, runner: RunnerHandle) -> None:
        try:
            broken = failures([(probe, runner.judge(probe.program(self._scratch))) for probe in PROBES])
        except RunnerGone as gone:
            raise unavailable(str(gone)) from gone
        if broken:
            raise unavailable("; ".join(broken))
