"""The torchrun command of one node. Pure: environment in, argument list and variables out; starts nothing.

Alone it is a standalone node. Under Kubeflow the operator says in PET_* (TrainJob, PyTorchJob) or in MASTER_ADDR,
MASTER_PORT, WORLD_SIZE and RANK (PyTorchJob) which node of how many this one is, and that is passed on.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

_NODE = (
    # flag, variables that may hold it: torchrun's own first, then what PyTorchJob gives every container
    ("--nnodes", ("PET_NNODES", "WORLD_SIZE")),
    ("--node-rank", ("PET_NODE_RANK", "RANK")),
    ("--master-addr", ("PET_MASTER_ADDR", "MASTER_ADDR")),
    ("--master-port", ("PET_MASTER_PORT", "MASTER_PORT")),
    ("--rdzv-backend", ("PET_RDZV_BACKEND",)),
    ("--rdzv-endpoint", ("PET_RDZV_ENDPOINT",)),
    ("--rdzv-id", ("PET_RDZV_ID",)),
)


def of_many(environ: Mapping[str, str]) -> bool:
    """Whether an operator made this process one node of several."""
    return "PET_NNODES" in environ or "MASTER_ADDR" in environ


def command(plan: Path, processes: int, environ: Mapping[str, str], worker: int) -> list[str]:
    """`torchrun` for this node, as a child of the worker process with that pid.

    A failed rank ends the run (`--max-restarts 0`): the job's next attempt resumes it.
    """
    run = [sys.executable, "-m", "codekiln.trainer.agent", str(worker)]
    if of_many(environ):
        for flag, names in _NODE:
            value = next((environ[name] for name in names if environ.get(name)), "")
            if value:
                run += [flag, value]
    else:
        # The name of a laptop need not resolve to an address that answers.
        run += ["--standalone", "--local-addr", "127.0.0.1"]
    per_node = environ.get("PET_NPROC_PER_NODE") or str(processes)
    return [*run, "--nproc-per-node", per_node, "--max-restarts", "0", "-m", "codekiln.trainer.train", str(plan)]


def variables(cores: int, processes: int) -> dict[str, str]:
    """Variables of the ranks: threads that share the cores out, and nothing that talks to the network by itself."""
    threads = str(max(1, cores // processes))
    return {
        "OMP_NUM_THREADS": threads,
        "MKL_NUM_THREADS": threads,
        "HF_HUB_OFFLINE": "1",
        "DO_NOT_TRACK": "1",
        "PYTHONUNBUFFERED": "1",
        # Of a failed rank we report one sentence; torchrun's own report is left for the log.
        "TORCH_CPP_LOG_LEVEL": "ERROR",
    }
