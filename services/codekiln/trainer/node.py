"""Which of several machines or pods this process is, from what an operator says. Pure: environment in, a Node out.

PyTorchJob (training operator 1.7 and later) and TrainJob say it in torchrun's own PET_* variables. MASTER_ADDR,
WORLD_SIZE and RANK are the fallback, as operators before 1.7 set them: then both count pods. Later ones multiply
WORLD_SIZE with the processes of a pod, so it is read only where PET_NNODES is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codekiln.core.errors import FailedPrecondition

_OF_RANKS = ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")


@dataclass(frozen=True)
class Node:
    """One of `count` nodes that train together. The one of rank 0 leads: it alone writes the job's record."""

    rank: int = 0
    count: int = 1
    processes: int = 0
    """Training processes of this node, where the operator gives a number; 0 where it leaves that to us."""
    address: str = ""
    port: str = ""

    def share(self, processes: int) -> int:
        """Processes of this node out of those that the specification asks for.

        Raises FailedPrecondition (PROCESSES_MISMATCH) where the nodes cannot have exactly so many.
        """
        share, left = divmod(processes, self.count)
        if left or not share:
            raise FailedPrecondition(
                f"{processes} training processes cannot be shared out evenly over {self.count} nodes: "
                "make `processes` a multiple of the nodes",
                reason="PROCESSES_MISMATCH",
            )
        if self.processes not in (0, share):
            raise FailedPrecondition(
                f"the operator starts {self.count} nodes with {self.processes} processes each "
                f"(PET_NPROC_PER_NODE), and the job asks for {processes} in all: "
                f"set `processes` to {self.count * self.processes}, or leave the number for each node out",
                reason="PROCESSES_MISMATCH",
            )
        return share


ALONE = Node()


def follows(environ: Mapping[str, str]) -> bool:
    """Whether this is a node that another one leads."""
    return _named(environ) and (environ.get("PET_NODE_RANK") or environ.get("RANK") or "0") != "0"


def node_of(environ: Mapping[str, str]) -> Node:
    """Raises FailedPrecondition (BAD_NODE) where the variables contradict each other, or ask for an elastic run."""
    if not _named(environ):
        return ALONE
    count = _number(environ, "PET_NNODES", "WORLD_SIZE", default=1)
    rank = _number(environ, "PET_NODE_RANK", "RANK", default=0)
    per_node = environ.get("PET_NPROC_PER_NODE", "")
    node = Node(
        rank=rank,
        count=count,
        # Where nobody set it, the operators write `auto`.
        processes=int(per_node) if per_node.isdecimal() else 0,
        address=environ.get("PET_MASTER_ADDR") or environ.get("MASTER_ADDR", ""),
        port=environ.get("PET_MASTER_PORT") or environ.get("MASTER_PORT", ""),
    )
    if rank >= max(count, 1):
        raise _bad(f"this is node {rank} of {count}, and nodes are counted from 0")
    if count > 1 and not (node.address and node.port):
        raise _bad(f"this is one of {count} nodes, and MASTER_ADDR and MASTER_PORT do not say where they meet")
    return node


def without_node(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for a torchrun that is told by arguments alone; it would take PET_* for its own options."""
    return {name: value for name, value in environ.items() if name not in _OF_RANKS and not name.startswith("PET_")}


def _named(environ: Mapping[str, str]) -> bool:
    return "PET_NNODES" in environ or "MASTER_ADDR" in environ


def _number(environ: Mapping[str, str], *names: str, default: int) -> int:
    for name in names:
        text = environ.get(name, "")
        if text.isdecimal():
            return int(text)
        if ":" in text:
            raise _bad(f"{name} is `{text}`, an elastic run, whose order of data would depend on who comes")
        if text:
            raise _bad(f"{name} is `{text}`, which is no number")
    return default


def _bad(what: str) -> FailedPrecondition:
    return FailedPrecondition(
        f"{what}: correct the PyTorchJob or TrainJob that started this pod (no elasticPolicy)", reason="BAD_NODE"
    )
