"""A node that another one leads, a process, when the leader does not do what it should."""

from __future__ import annotations

import signal

from codekiln.core.jobs.record import JobState, change
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED
from codekiln.trainer.gang import Call
from codekiln.trainer.spec import TrainerSpec

from .processes import Make, until


def test_a_follower_waits_for_its_leader_no_longer_than_it_may(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.seconds = 0.0
    nodes.begin()
    follower = nodes.node(1)
    until(lambda: nodes.gang.ended() != {})
    error = nodes.gang.ended()[1]
    assert error is not None and error.reason == "LEADER_MISSING"
    assert nodes.job.state is JobState.STARTING
    nodes.jobs.update(nodes.id, lambda job: change(job, JobState.CANCELLING))
    assert follower.wait(60) == EXIT_RETRY


def test_a_follower_that_is_started_again_in_the_same_attempt_ends(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.begin()
    nodes.gang.call(Call(2, None))
    nodes.gang.arrive(1)
    again = nodes.node(1)
    until(lambda: nodes.gang.ended() != {})
    error = nodes.gang.ended()[1]
    assert error is not None and error.reason == "NODE_RESTARTED"
    nodes.jobs.update(nodes.id, lambda job: change(job, JobState.CANCELLING))
    assert again.wait(60) == EXIT_RETRY


def test_a_follower_leaves_quietly_once_its_attempt_is_not_the_newest(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.begin()
    follower = nodes.node(1)
    nodes.begin()
    assert follower.wait(60) == 0
    assert nodes.job.attempt == 2 and nodes.gang.ended() == {}


def test_a_follower_that_is_told_to_stop_says_so_and_leaves(spec: TrainerSpec, make: Make) -> None:
    nodes = make(spec)
    nodes.begin()
    follower = nodes.node(1)
    scratch = nodes.settings.home / "node-1" / "scratch"
    until(lambda: any(scratch.glob("*")))
    follower.send_signal(signal.SIGTERM)
    assert follower.wait(60) == EXIT_STOPPED
    assert nodes.gang.ended() == {1: None}
    assert list(scratch.iterdir()) == []
