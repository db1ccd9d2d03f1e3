"""The process that leads runs, one at a time: started by exec with an empty environment and two pipes, nothing else.

It reads jobs and writes verdicts as frames, starts the two zygotes before it has read any job, and ends when its input
closes. It trusts its zygotes and what is decided in outcome.py; of a checker's process it believes the finding.
"""

from __future__ import annotations

import contextlib
import os
import resource
import time
from typing import NoReturn

from codekiln.evaluation.sandbox import candidate, checker, landlock
from codekiln.evaluation.sandbox.codec import decode, encode, receive, send
from codekiln.evaluation.sandbox.linux import MACHINE, PR_GET_SECCOMP, PR_SET_CHILD_SUBREAPER, give_up_privileges, prctl
from codekiln.evaluation.sandbox.program import Limits, Program
from codekiln.evaluation.sandbox.run import Run, WorkerGone
from codekiln.evaluation.sandbox.syscalls import COLUMNS
from codekiln.evaluation.sandbox.warm import OFTEN_USED, USED_BY_TESTS
from codekiln.evaluation.sandbox.zygote import MOST_FDS, Role, Zygote


def main() -> NoReturn:
    """Reads scratch folder and limits, says hello or what is missing, then serves until its input closes."""
    jobs, verdicts = _keep_pipes()
    try:
        scratch, limits = decode(receive(jobs) or encode(("", ())))
        missing = _missing()
        if missing:
            send(verdicts, encode(("missing", missing)))
        else:
            _prepare(scratch)
            _serve(jobs, verdicts, Limits(*limits))
    except (BrokenPipeError, WorkerGone):
        pass
    os._exit(0)


def _serve(jobs: int, verdicts: int, limits: Limits) -> None:
    candidates = Zygote(Role(candidate.run, limits, limits.cpu_seconds, ".", captures_output=True), OFTEN_USED)
    # A test may compute more than the program that it tests; it must still come to an end.
    checkers = Zygote(Role(checker.run, limits, limits.wall_seconds, None, captures_output=False), USED_BY_TESTS)
    try:
        send(verdicts, encode(("ready", landlock.abi())))
        while (job := receive(jobs)) is not None:
            verdict = Run(candidates, checkers, limits).judge(Program(*decode(job)), jobs)
            send(verdicts, encode((str(verdict.outcome), verdict.detail, verdict.cpu_seconds)))
    finally:
        candidates.end()
        checkers.end()


def _keep_pipes() -> tuple[int, int]:
    """Moves stdin and stdout out of reach of everything that prints. stderr stays for our own last words."""
    pipes = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return pipes


def _missing() -> list[str]:
    """What this machine lacks for a jail."""
    missing = []
    if MACHINE not in COLUMNS:
        missing.append(f"a table of system calls for {MACHINE}")
    if landlock.abi() < landlock.LEAST_ABI:
        missing.append(f"Landlock ABI {landlock.LEAST_ABI} (Linux 6.7; here it is {landlock.abi()}, 0 is none)")
    try:
        prctl(PR_GET_SECCOMP)
    except OSError:
        missing.append("seccomp")
    return missing


def _prepare(scratch: str) -> None:
    """Everything that children inherit: no privileges, no environment, UTC, first to go when memory runs out."""
    os.chdir(scratch)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_NOFILE, (MOST_FDS, MOST_FDS))
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write("1000")
    prctl(PR_SET_CHILD_SUBREAPER, 1)
    give_up_privileges()
    os.environ["TZ"] = "UTC"
    time.tzset()
    os.environ.clear()
