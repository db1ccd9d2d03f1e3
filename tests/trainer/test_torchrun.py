from __future__ import annotations

import sys
from pathlib import Path

from codekiln.trainer.torchrun import command, variables

PLAN = Path("/scratch/plan.json")
RANK = ["--max-restarts", "0", "-m", "codekiln.trainer.train", "/scratch/plan.json"]
AGENT = [sys.executable, "-m", "codekiln.trainer.agent", "77"]


def test_alone_it_is_a_standalone_node_that_needs_no_name() -> None:
    assert command(PLAN, 2, {"HOME": "/root"}, 77) == [
        *AGENT, "--standalone", "--local-addr", "127.0.0.1", "--nproc-per-node", "2", *RANK,
    ]  # fmt: skip


def test_what_a_trainjob_says_is_passed_on() -> None:
    environ = {
        "PET_NNODES": "2",
        "PET_NPROC_PER_NODE": "4",
        "PET_NODE_RANK": "1",
        "PET_MASTER_ADDR": "job-node-0-0.job",
        "PET_MASTER_PORT": "29400",
    }
    assert command(PLAN, 8, environ, 77) == [
        *AGENT, "--nnodes", "2", "--node-rank", "1", "--master-addr", "job-node-0-0.job", "--master-port", "29400",
        "--nproc-per-node", "4", *RANK,
    ]  # fmt: skip


def test_what_a_pytorchjob_says_is_passed_on() -> None:
    environ = {"MASTER_ADDR": "job-master-0", "MASTER_PORT": "23456", "WORLD_SIZE": "3", "RANK": "2"}
    assert command(PLAN, 1, environ, 77) == [
        *AGENT, "--nnodes", "3", "--node-rank", "2", "--master-addr", "job-master-0", "--master-port", "23456",
        "--nproc-per-node", "1", *RANK,
    ]  # fmt: skip


def test_the_cores_are_shared_out_and_nothing_calls_home() -> None:
    chosen = variables(8, 2)
    assert chosen["OMP_NUM_THREADS"] == chosen["MKL_NUM_THREADS"] == "4"
    assert chosen["HF_HUB_OFFLINE"] == chosen["DO_NOT_TRACK"] == "1"
    assert variables(2, 4)["OMP_NUM_THREADS"] == "1"
