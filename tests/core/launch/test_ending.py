"""How a pod ended, from what real clusters say."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from codekiln.core.launch.ending import Ending, ending, first, has_ended, is_failure
from codekiln.core.launch.kinds import leads, outcome, took_too_long
from tests.core.launch.captured import captured


def seen(case: str) -> Ending:
    return ending(next(pod for pod in captured(case).pods if has_ended(pod)), "trainer")


@pytest.mark.parametrize(
    ("case", "words", "stopped", "failed"),
    [
        ("exit0", ["exit status 0"], False, False),
        ("exit7", ["exit status 7"], False, True),
        ("memory", ["OOMKilled", "limit 64Mi", "trainer.worker.resources"], False, True),
        ("nocommand", ["could not start", 'exec: "python": executable file not found'], False, True),
        ("evicted", ["evicted", 'EmptyDir volume "d" exceeds the limit "5Mi"'], False, True),
        ("gangmaster", ["exit status 0"], False, False),
        ("gangstopped", ["killed by SIGTERM"], True, False),
    ],
)
def test_the_reason_is_told(case: str, words: list[str], stopped: bool, failed: bool) -> None:
    end = seen(case)
    assert (end.stopped, end.failed) == (stopped, failed)
    assert end.at
    for word in words:
        assert word in end.detail


def test_a_pod_whose_container_never_ran_has_ended_too() -> None:
    pod = copy.deepcopy(captured("exit7").pods[0])
    pod["status"] = {"phase": "Failed", "reason": "NodeAffinity", "message": "the node's labels\nhave changed"}
    end = ending(pod, "trainer")
    assert "ended before its worker began: the node's labels have changed" in end.detail and end.failed


def deleted(pod: dict[str, Any]) -> dict[str, Any]:
    """As a real node tells of a pod that was deleted at 12:00:08 and had five seconds to end."""
    pod = copy.deepcopy(pod)
    pod["metadata"] |= {"deletionTimestamp": "2026-11-28T12:00:13Z", "deletionGracePeriodSeconds": 5}
    return pod


def test_a_pod_that_was_deleted_before_its_worker_began_was_stopped() -> None:
    pod = deleted(captured("exit7").pods[0])
    waiting = {"name": "pytorch", "state": {"waiting": {"reason": "PodInitializing"}}}
    pod["status"] = {"phase": "Failed", "containerStatuses": [waiting]}
    end = ending(pod, "trainer")
    assert (end.stopped, end.failed, end.at) == (True, False, "2026-11-28T12:00:08Z")
    assert "deleted before its worker began" in end.detail
    leader = Ending("killed by SIGTERM", stopped=True, failed=False, at="2026-11-28T12:00:09Z")
    assert not is_failure([leader, end])
    pod["status"]["message"] = "The node had condition: [DiskPressure]."
    assert ending(pod, "trainer").failed, "it says why"


@pytest.mark.parametrize(
    ("at", "stopped"), [("2026-11-28T12:00:14Z", True), ("2026-11-28T12:00:13Z", True), ("2026-11-28T12:00:10Z", False)]
)
def test_a_deleted_pod_that_did_not_end_in_time_was_stopped(at: str, stopped: bool) -> None:
    pod = deleted(captured("exit7").pods[0])
    terminated = pod["status"]["containerStatuses"][0]["state"]["terminated"]
    terminated |= {"exitCode": 137, "reason": "Error", "finishedAt": at}
    end = ending(pod, "trainer")
    assert (end.stopped, end.failed) == (stopped, not stopped)
    del pod["metadata"]["deletionTimestamp"]
    assert ending(pod, "trainer").failed, "nobody asked it to"


@pytest.mark.parametrize("case", ["exit0", "exit7", "memory", "gangmaster", "gangstopped", "deadline"])
def test_an_object_says_that_it_has_ended(case: str) -> None:
    assert outcome(captured(case).object)


@pytest.mark.parametrize("case", ["image", "unschedulable", "quota", "gangquota", "gangrestricted"])
def test_an_object_that_has_not_ended_does_not_say_so(case: str) -> None:
    assert outcome(captured(case).object) is None


def test_a_deadline_is_told_by_its_words_and_before_them_by_its_time() -> None:
    late = captured("deadline").object
    assert took_too_long(late, [])
    assert not took_too_long(captured("exit7").object, [seen("exit7")])
    late["status"]["conditions"] = []
    start = late["status"]["startTime"]
    assert not took_too_long(late, [Ending("stopped at once", stopped=True, failed=False, at=start)])
    assert took_too_long(late, [Ending("stopped", stopped=True, failed=False, at="2036-01-01T00:00:00Z")])
    assert not took_too_long(late, [Ending("failed by itself", at="2036-01-01T00:00:00Z")])


def test_the_master_leads_and_workers_follow() -> None:
    marks = {pod["metadata"]["name"]: leads(pod) for pod in captured("gangrestricted").pods}
    assert marks == {"model-gangr-1-master-0": True, "model-gangr-1-worker-0": False}
    assert leads(captured("exit7").pods[0])


def test_the_first_end_of_a_gang_explains_the_others() -> None:
    killed = Ending("out of memory", at="2026-01-01T00:00:01Z")
    echo = Ending("peer away", at="2026-01-01T00:00:02Z")
    stopped = Ending("stopped", stopped=True, failed=False, at="2026-01-01T00:00:02Z")
    done = Ending("exit status 0", failed=False, at="2026-01-01T00:00:00Z")
    assert first([echo, done, stopped, killed]) is killed
    assert first([echo, stopped]) is stopped, "a gang whose leader was stopped has not failed"
    assert first([done, echo]) is echo
    assert is_failure([echo]) and not is_failure([stopped, echo]) and not is_failure([]) and not is_failure([done])
