"""The worker's end of one runner's process: starts it, hands it programs one at a time, ends it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import codekiln
from codekiln.core.errors import FailedPrecondition
from codekiln.evaluation.sandbox.codec import NotData, decode, encode, receive, send
from codekiln.evaluation.sandbox.outcome import Outcome, Verdict
from codekiln.evaluation.sandbox.program import Limits, Program

_CLOSE_SECONDS = 5.0
_START = "import sys; sys.path.insert(0, {root!r}); from codekiln.evaluation.sandbox.start import main; main()"


def unavailable(what: str) -> FailedPrecondition:
    """The error for a machine where the wall cannot be built or does not hold."""
    return FailedPrecondition(
        f"the sandbox cannot be used: {what}. Programs of a model are not run without it: use Linux 6.7 or newer with "
        "Landlock among its security modules (`lsm=`), and a container profile that allows landlock and seccomp calls",
        reason="SANDBOX_UNAVAILABLE",
    )


class RunnerGone(Exception):
    """A runner's process ended or said what it may not."""


class RunnerHandle:
    """One runner. Its limits stay what they are."""

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
        self.limits = limits
        self.runs = 0
        self._config = (os.path.abspath(self._scratch), tuple(limits))

    def hello(self) -> tuple[str, Any]:
        """Sends the limits; returns `ready` and the ABI of Landlock, or `missing` and what the machine lacks."""
        try:
            word, found = self._ask(self._config)
        except RunnerGone as gone:
            raise unavailable(str(gone)) from gone
        return word, found

    def judge(self, program: Program) -> Verdict:
        """Raises RunnerGone."""
        self.runs += 1
        outcome, detail, cpu_seconds = self._ask(tuple(program))
        return Verdict(Outcome(outcome), detail, cpu_seconds)

    def hang_up(self) -> None:
        """Closes the runner's input, at which it ends what it runs, and itself. Whoever waits for it learns that."""
        self._pipes[0].close()

    def close(self) -> None:
        """Hangs up, waits for the end, and removes the runner's folder."""
        _, verdicts, errors = self._pipes
        self.hang_up()
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
                raise RunnerGone(f"the runner does not answer: {error}") from error
            if answer is None:
                raise RunnerGone(f"the runner ended: {self._last_words()}")
        return decode(answer)

    def _last_words(self) -> str:
        trace = self._pipes[2].read().decode(errors="replace").strip()
        return trace.rpartition("\n")[2] or "without a word"
