"""One rank: `python -m torch.distributed.run ... -m codekiln.trainer.train PLAN.json`.

SIGTERM asks it to save: all ranks, of all nodes, finish the step, the first writes a checkpoint, and all leave with
status 143.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import NoReturn

from codekiln.core.jobs.worker import EXIT_STOPPED, parent_death_signal
from codekiln.core.settings import load_settings
from codekiln.core.store import open_store
from codekiln.core.telemetry.logs import configure_logs, logger
from codekiln.trainer import failure
from codekiln.trainer.agent import PID
from codekiln.trainer.plan import Plan


def main(plan_path: str) -> int:
    """Returns the exit status."""
    # torchrun starts ranks in sessions of their own: without this they would outlive a killed worker.
    parent_death_signal(parent=int(os.environ[PID]) if PID in os.environ else None)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    settings = load_settings("trainer")
    configure_logs(settings)
    plan = Plan.read(Path(plan_path))
    plan.met.touch()
    rank = int(os.environ.get("RANK", 0))
    try:
        if _train(plan, stopping):
            return 0
        plan.stopped.touch()
        return EXIT_STOPPED
    except Exception as error:
        failure.record(plan.failure, error, rank)
        logger("trainer", rank=rank).error("failed", error=str(error), exc_info=True)
        return 1


def _train(plan: Plan, stopping: threading.Event) -> bool:
    from codekiln.trainer.loop import Training
    from codekiln.trainer.world import joined

    settings = load_settings("trainer")
    with joined() as world:
        store = open_store(settings.store_url, settings.store_credentials())
        return Training(plan, world, store).run(stopping)


def leave(status: int) -> NoReturn:
    """Ends this process without taking the interpreter apart.

    Gloo keeps threads that `destroy_process_group` does not always join, and taking the interpreter apart then aborts
    (1 of 15 short trainings of two ranks): finished work would count as a dead rank.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    leave(main(sys.argv[1]))
