"""What operators really set: training operator 1.5 and 1.9 (pkg/controller.v1/pytorch), trainer 2 (plugins/torch)."""

from __future__ import annotations

import pytest

from codekiln.core.errors import FailedPrecondition
from codekiln.trainer.node import ALONE, Node, follows, node_of, without_node

OLD_PYTORCHJOB = {"MASTER_ADDR": "j-master-0", "MASTER_PORT": "23456", "WORLD_SIZE": "3", "RANK": "2"}
PYTORCHJOB = {
    "PYTHONUNBUFFERED": "1",
    "MASTER_ADDR": "j-master-0",
    "MASTER_PORT": "23456",
    "PET_MASTER_ADDR": "j-master-0",
    "PET_MASTER_PORT": "23456",
    "WORLD_SIZE": "2",
    "RANK": "1",
    "PET_NODE_RANK": "1",
    "PET_NPROC_PER_NODE": "auto",
    "PET_NNODES": "2",
}
TRAINJOB = {
    "PET_NNODES": "2",
    "PET_NPROC_PER_NODE": "4",
    "PET_NODE_RANK": "0",
    "PET_MASTER_ADDR": "j-node-0-0.j",
    "PET_MASTER_PORT": "29400",
}


def test_without_an_operator_it_is_alone_whatever_else_is_set() -> None:
    environ = {"RANK": "1", "WORLD_SIZE": "2", "HOME": "/root"}
    assert node_of(environ) == ALONE and not follows(environ)


def test_a_pytorchjob_says_who_it_is() -> None:
    assert node_of(PYTORCHJOB) == Node(rank=1, count=2, address="j-master-0", port="23456")
    assert follows(PYTORCHJOB) and not follows(PYTORCHJOB | {"PET_NODE_RANK": "0", "RANK": "0"})


def test_processes_of_a_pod_are_not_taken_for_pods() -> None:
    """The operator multiplies WORLD_SIZE with nprocPerNode."""
    node = node_of(PYTORCHJOB | {"PET_NPROC_PER_NODE": "4", "WORLD_SIZE": "8"})
    assert (node.count, node.processes) == (2, 4)


def test_an_older_operator_counts_pods_in_world_size() -> None:
    assert node_of(OLD_PYTORCHJOB) == Node(rank=2, count=3, address="j-master-0", port="23456")


def test_a_trainjob_says_who_it_is() -> None:
    assert node_of(TRAINJOB) == Node(rank=0, count=2, processes=4, address="j-node-0-0.j", port="29400")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"PET_NNODES": "1:4"}, "PET_NNODES is `1:4`, an elastic run"),
        ({"PET_NNODES": "many"}, "PET_NNODES is `many`, which is no number"),
        ({"PET_NODE_RANK": "2"}, "this is node 2 of 2"),
        ({"PET_MASTER_PORT": "", "MASTER_PORT": ""}, "do not say where they meet"),
    ],
)
def test_what_cannot_be_is_said_with_what_to_correct(change: dict[str, str], message: str) -> None:
    with pytest.raises(FailedPrecondition, match=rf"{message}.*correct the PyTorchJob or TrainJob") as caught:
        node_of(PYTORCHJOB | change)
    assert caught.value.reason == "BAD_NODE"


def test_the_processes_of_a_job_are_shared_out_over_its_nodes() -> None:
    assert ALONE.share(3) == 3
    assert Node(count=2).share(8) == Node(count=2, processes=4).share(8) == 4


@pytest.mark.parametrize(
    ("node", "processes", "advice"),
    [
        (Node(count=2), 3, "a multiple of the nodes"),
        (Node(count=4), 2, "a multiple of the nodes"),
        (Node(count=2, processes=4), 2, "set `processes` to 8"),
        (Node(processes=2), 1, "set `processes` to 2"),
    ],
)
def test_processes_that_do_not_fit_the_nodes_are_refused_with_advice(node: Node, processes: int, advice: str) -> None:
    with pytest.raises(FailedPrecondition, match=advice) as caught:
        node.share(processes)
    assert caught.value.reason == "PROCESSES_MISMATCH"


def test_torchrun_is_told_by_arguments_alone() -> None:
    assert without_node(PYTORCHJOB | {"HOME": "/root"}) == {"PYTHONUNBUFFERED": "1", "HOME": "/root"}
