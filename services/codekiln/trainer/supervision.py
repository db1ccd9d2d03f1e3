"""Runs torchrun as a child of the worker and sees to it that none outlives the other's purpose.

Rows that the leading rank appends become progress. A SIGTERM to the worker (Stopped) is passed on, and the ranks get
time to save; anything else that ends the worker kills them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable

from codekiln.core.errors import Unavailable
from codekiln.core.jobs.worker import Context, Stopped
from codekiln.core.machine import cores
from codekiln.core.settings import Settings, environment
from codekiln.trainer import failure, torchrun
from codekiln.trainer.metrics import Follower
from codekiln.trainer.node import ALONE, Node, without_node
from codekiln.trainer.plan import Plan

_POLL_SECONDS = 0.2
_MEET_SECONDS = 120.0
"""Of nodes that have all they need: the start of Python and torch on each, and a name that the cluster learns late."""
_MARGIN_SECONDS = 2.0
"""Of the time between SIGTERM and SIGKILL, what the worker keeps for itself."""


def run_ranks(plan: Plan, context: Context, node: Node = ALONE, look: Callable[[], None] = lambda: None) -> None:
    """Trains. Returns once the result lies in `plan.result` of the leading node.

    Raises the error of the rank that failed first here, and Stopped where the ranks left because one, on whatever node,
    was told to stop. `look` is called all the time and may raise, which ends the ranks.
    """
    child = _start(plan, context, node)
    try:
        _follow(child, plan, context, look)
    except Stopped:
        child.send_signal(signal.SIGTERM)
        _wait(child, max(1.0, context.settings.worker_stop_seconds - _MARGIN_SECONDS))
        raise
    finally:
        # Ranks ask the kernel to die with torchrun, as torchrun does with the worker.
        child.kill()
        child.wait()
    if plan.stopped.exists():
        # From here on a signal finds nothing to stop.
        context.stopping.set()
        raise Stopped
    if child.returncode != 0 and node.count > 1 and not plan.met.exists():
        raise Unavailable(
            f"the nodes did not find each other at {node.address}:{node.port}: the pods of a job must resolve this "
            "name and reach each other on every port, so look at the network policies",
            reason="NODES_APART",
        )
    if child.returncode != 0:
        raise failure.read(plan.failure)


def _start(plan: Plan, context: Context, node: Node) -> subprocess.Popen[bytes]:
    processes = node.share(plan.spec.processes)
    path = plan.write(plan.folder / "plan.json")
    context.progress("starting", 0, plan.spec.processes, "processes")
    return subprocess.Popen(
        torchrun.command(path, processes, node, _meet_seconds(node, context.settings), os.getpid()),
        env={
            **without_node(os.environ),
            **torchrun.variables(context.settings.workers or cores(), processes),
            **environment(context.settings),
            "CODEKILN_STORE": context.store.url,
        },
        stdout=sys.stderr.fileno(),
        # A signal to the worker's group must reach the ranks through us only, once.
        start_new_session=True,
    )


def _follow(child: subprocess.Popen[bytes], plan: Plan, context: Context, look: Callable[[], None]) -> None:
    follower = Follower(plan.rows)
    shown: dict[str, float] = {}
    running = True
    while running:
        running = not _wait(child, _POLL_SECONDS)
        for row in follower.rows():
            shown |= {name: value for name, value in row.items() if name not in ("step", "seconds")}
            context.progress("training", row["step"], plan.spec.steps, "steps", metrics=dict(shown))
        if running:
            look()


def _meet_seconds(node: Node, settings: Settings) -> float:
    """The leader starts when all have come; a follower waits for those that come after it."""
    seconds = min(_MEET_SECONDS, settings.pending_seconds)
    return seconds + (settings.pending_seconds if node.rank else 0)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> bool:
    """Whether it ended in time."""
    try:
        child.wait(seconds)
        return True
    except subprocess.TimeoutExpired:
        return False
