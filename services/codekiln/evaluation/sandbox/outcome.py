"""How a run may end, and the one function that decides it from what was seen. Pure."""

from __future__ import annotations

import re
import signal
from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What is counted. Only `passed` is a success; `infra_error` is no answer at all."""

    PASSED = "passed"
    FAILED = "failed"  # a test said no
    EXCEPTION = "exception"  # the program raised
    TIMEOUT = "timeout"  # CPU or wall time
    MEMORY = "memory"
    OUTPUT_LIMIT = "output_limit"
    VIOLATION = "violation"  # it tried what no program here may
    CRASHED = "crashed"  # it ended itself, or a signal did
    SYNTAX_ERROR = "syntax_error"  # it never ran
    MALFORMED_TEST = "malformed_test"  # the benchmark's fault
    INFRA_ERROR = "infra_error"  # ours; never counted as a failure


class Verdict(NamedTuple):
    """Of one program. `detail` is for people, printable and short."""

    outcome: Outcome
    detail: str = ""
    cpu_seconds: float = 0.0


class Ending(NamedTuple):
    """Of a process: the signal that ended it or 0, its exit status, the CPU time it used."""

    signal: int
    status: int
    cpu_seconds: float

    def __str__(self) -> str:
        if not self.signal:
            return f"exit status {self.status}"
        try:
            return signal.Signals(self.signal).name
        except ValueError:
            return f"signal {self.signal}"


class Finding(NamedTuple):
    """What the checker's process says: an Outcome's value, or GONE where the candidate stopped answering."""

    outcome: str
    detail: str = ""


class Limit(StrEnum):
    """Why the runner ended a run before there was a finding."""

    CPU = "used all its CPU time"
    WALL = "used all its wall time"
    TEST = "the test used all its time on what the program returned"
    DISK = "wrote more files than it may"
    OUTPUT = "printed more than it may"


GONE = "gone"
_MOST_DETAIL = 200
_ADDRESS = re.compile(r"0x[0-9a-fA-F]+")
_OVER = {Limit.DISK: Outcome.VIOLATION, Limit.OUTPUT: Outcome.OUTPUT_LIMIT}


def decide(candidate: Ending, checker: Ending, finding: Finding | None, over: Limit | None) -> Verdict:
    """The verdict of one run."""
    outcome, detail = _decide(candidate, checker, finding, over)
    return Verdict(outcome, printable(detail), candidate.cpu_seconds)


def _decide(candidate: Ending, checker: Ending, finding: Finding | None, over: Limit | None) -> tuple[Outcome, str]:
    if over is not None:
        return _OVER.get(over, Outcome.TIMEOUT), over
    if finding is None:
        return Outcome.INFRA_ERROR, f"the checker ended without a verdict: {checker}"
    if finding.outcome == GONE:
        return _gone(candidate)
    return Outcome(finding.outcome), finding.detail


def _gone(candidate: Ending) -> tuple[Outcome, str]:
    if candidate.signal == signal.SIGSYS:
        return Outcome.VIOLATION, "made a forbidden system call"
    if candidate.signal == signal.SIGKILL:  # ours: it lived on
        return Outcome.VIOLATION, "cut its connection to the test"
    if candidate.signal == signal.SIGXCPU:
        return Outcome.TIMEOUT, Limit.CPU
    return Outcome.CRASHED, str(candidate)


def printable(text: str) -> str:
    """One short line without control characters or addresses, the same in every run."""
    line = "".join(c if c.isprintable() else " " for c in text[: 4 * _MOST_DETAIL])
    line = " ".join(_ADDRESS.sub("0x...", line).split())
    return line if len(line) <= _MOST_DETAIL else line[: _MOST_DETAIL - 3] + "..."
