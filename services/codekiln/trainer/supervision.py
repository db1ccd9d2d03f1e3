"""Runs torchrun as a child of the worker and sees to it that none outlives the other's purpose.

Rows that the leading rank appends become progress. A SIGTERM to the worker (Stopped) is passed on, and the ranks get
time to save; anything else that ends the worker kills them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from codekiln.core.jobs.worker import Context, Stopped
from codekiln.core.settings import environment
from codekiln.trainer import failure, torchrun
from codekiln.trainer.metrics import Follower
from codekiln.trainer.plan import Plan

_POLL_SECONDS = 0.2
_MARGIN_SECONDS = 2.0
"""Of the time between SIGTERM and SIGKILL, what the worker keeps for itself."""


def run_ranks(plan: Plan, context: Context) -> None:
    """Trains. Returns once the result lies in `plan.result`; raises the error of the rank that failed first."""
    child = _start(plan, context)
    try:
        _follow(child, plan, context)
    except Stopped:
        child.send_signal(signal.SIGTERM)
        _wait(child, max(1.0, context.settings.worker_stop_seconds - _MARGIN_SECONDS))
        raise
    finally:
        # Ranks ask the kernel to die with torchrun, as torchrun does with the worker.
        child.kill()
        child.wait()
    if child.returncode != 0:
        raise failure.read(plan.failure)


def _start(plan: Plan, context: Context) -> subprocess.Popen[bytes]:
    processes = plan.spec.processes
    path = plan.write(plan.folder / "plan.json")
    context.progress("starting", 0, processes, "processes")
    return subprocess.Popen(
        torchrun.command(path, processes, os.environ, os.getpid()),
        env={
            **os.environ,
            **torchrun.variables(context.settings.workers or len(os.sched_getaffinity(0)), processes),
            **environment(context.settings),
            "CODEKILN_STORE": context.store.url,
        },
        stdout=sys.stderr.fileno(),
        # A signal to the worker's group must reach the ranks through us only, once.
        start_new_session=True,
    )


def _follow(child: subprocess.Popen[bytes], plan: Plan, context: Context) -> None:
    follower = Follower(plan.rows)
    shown: dict[str, float] = {}
    running = True
    while running:
        running = not _wait(child, _POLL_SECONDS)
        for row in follower.rows():
            shown |= {name: value for name, value in row.items() if name not in ("step", "seconds")}
            context.progress("training", row["step"], plan.spec.steps, "steps", metrics=dict(shown))


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ended in time."""
    try:
        child.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False
