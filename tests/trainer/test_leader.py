"""The first node, a process, when the others do not do what they should."""

from __future__ import annotations

import pytest

from codekiln.core.errors import from_json
from codekiln.core.jobs.record import JobState
from codekiln.core.jobs.worker import EXIT_RETRY
from codekiln.trainer.spec import TrainerSpec

from .processes import Make


def test_processes_that_do_not_fit_the_nodes_are_an_error_of_the_job(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    leader, follower = nodes.together(PET_NPROC_PER_NODE="4")
    assert leader.wait(60) == 0
    assert follower.wait(60) in (0, EXIT_RETRY)
    job = nodes.job
    assert job.state is JobState.FAILED and job.error is not None
    assert job.error["reason"] == "PROCESSES_MISMATCH" and "set `processes` to 8" in job.error["message"]


def test_a_leader_waits_for_its_nodes_no_longer_than_it_may(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.seconds = 0.0
    nodes.begin()
    assert nodes.node(0).wait(60) == EXIT_RETRY
    assert nodes.job.error is not None
    error = from_json(nodes.job.error)
    assert error.reason == "NODES_MISSING" and error.message.startswith("1 of 2 nodes did not come within 0 seconds")


@pytest.mark.slow
def test_nodes_that_cannot_reach_each_other_are_told_to_look_at_the_network(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.seconds = 2.0
    nodes.begin()
    nodes.gang.arrive(1)
    assert nodes.node(0).wait(120) == EXIT_RETRY
    assert nodes.job.error is not None
    error = from_json(nodes.job.error)
    assert error.reason == "NODES_APART" and f"127.0.0.1:{nodes.port}" in error.message
