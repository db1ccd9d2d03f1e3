"""torchrun that dies with its worker: `python -m codekiln.trainer.agent WORKER_PID <options of torchrun>`.

Under an operator, where no worker is above, the same options go to `python -m torch.distributed.run`.
"""

from __future__ import annotations

import os
import sys

from codekiln.core.jobs.worker import parent_death_signal

PID = "TRAINER_AGENT_PID"
"""Variable that tells ranks who started them."""


def main() -> None:
    parent_death_signal(parent=int(sys.argv[1]))
    os.environ[PID] = str(os.getpid())
    from torch.distributed.run import main as torchrun

    torchrun(sys.argv[2:])


if __name__ == "__main__":
    main()
