"""The torchrun command of one node. Pure: a node in, argument list and variables out; starts nothing.

Alone it is a standalone node. One of several meets the others at the leader's address and keeps the rank that the
operator gave it (static rendezvous), so that the ranks, and with them the order of data, do not depend on who comes
first.
"""

from __future__ import annotations

import sys
from pathlib import Path

from codekiln.trainer.node import Node


def command(plan: Path, processes: int, node: Node, seconds: float, worker: int) -> list[str]:
    """`torchrun` for this node, with so many processes here, as a child of the worker process with that pid.

    Nodes wait for each other so many seconds. A failed rank ends the run (`--max-restarts 0`): the job's next attempt
    resumes it.
    """
    run = [sys.executable, "-m", "codekiln.trainer.agent", str(worker)]
    if node.count > 1:
        run += ["--nnodes", str(node.count), "--node-rank", str(node.rank)]
        run += ["--master-addr", node.address, "--master-port", node.port]
        run += ["--rdzv-conf", f"timeout={round(seconds)}"]
    else:
        # The name of a laptop need not resolve to an address that answers.
        run += ["--standalone", "--local-addr", "127.0.0.1"]
    per_node = ["--nproc-per-node", str(processes)]
    return [*run, *per_node, "--max-restarts", "0", "-m", "codekiln.trainer.train", str(plan)]


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
