from __future__ import annotations

import sys
from pathlib import Path

from codekiln.trainer.node import ALONE, Node
from codekiln.trainer.torchrun import command, variables

PLAN = Path("/scratch/plan.json")
RANK = ["--max-restarts", "0", "-m", "codekiln.trainer.train", "/scratch/plan.json"]
AGENT = [sys.executable, "-m", "codekiln.trainer.agent", "77"]


def test_alone_it_is_a_standalone_node_that_needs_no_name() -> None:
    assert command(PLAN, 2, ALONE, 60, 77) == [
        *AGENT, "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2", *RANK,
    ]  # fmt: skip


def test_one_of_several_meets_the_others_at_the_leader_and_keeps_its_rank() -> None:
    node = Node(rank=1, count=2, address="job-node-0-0.job", port="29400")
    assert command(PLAN, 4, node, 60.4, 77) == [
        *AGENT, "--nnodes", "2", "--node-rank", "1", "--master-addr", "job-node-0-0.job", "--master-port", "29400",
        "--rdzv-conf", "timeout=60", "--nproc-per-node", "4", *RANK,
    ]  # fmt: skip


def test_the_cores_are_shared_out_and_nothing_calls_home() -> None:
    chosen = variables(8, 2)
    assert chosen["OMP_NUM_THREADS"] == chosen["MKL_NUM_THREADS"] == "4"
    assert chosen["HF_HUB_OFFLINE"] == chosen["DO_NOT_TRACK"] == "1"
    assert variables(2, 4)["OMP_NUM_THREADS"] == "1"
