"""Why a pod has not begun: a sentence that names the object and the next step, from what real clusters say."""

from __future__ import annotations

import pytest

from codekiln.core.launch.waiting import Waiting, why_absent, why_pending
from tests.core.launch.captured import captured


def pending(case: str) -> Waiting:
    seen = captured(case)
    waiting = why_pending(seen.pods[0], seen.events)
    assert waiting is not None
    return waiting


@pytest.mark.parametrize(
    ("case", "reason", "brief", "words"),
    [
        ("image", "IMAGE_UNAVAILABLE", True, ["codekiln/data:nosuch", "image.*"]),
        ("badimagename", "IMAGE_UNAVAILABLE", True, ["Codekiln//data", "invalid reference format"]),
        ("neverpull", "IMAGE_UNAVAILABLE", True, ["codekiln/data:nosuch", "not present"]),
        ("secretenv", "SECRET_MISSING", True, ['secret "store-keys" not found', "namespace models"]),
        ("secretkey", "SECRET_MISSING", True, ["couldn't find key nokey in ConfigMap models/python"]),
        ("secretmount", "SECRET_MISSING", True, ['secret "store-keys" not found']),
        ("gangrestricted", "SECRET_MISSING", True, ['configmap "python" not found']),
        ("rootimage", "POD_NOT_STARTED", True, ["image will run as root"]),
        ("claim", "VOLUME_NOT_READY", False, ['persistentvolumeclaim "data" not found']),
        ("unschedulable", "UNSCHEDULABLE", False, ["Insufficient nvidia.com/gpu", "Add a node"]),
    ],
)
def test_a_pod_that_cannot_begin_says_why_and_what_to_do(case: str, reason: str, brief: bool, words: list[str]) -> None:
    waiting = pending(case)
    assert (waiting.error.reason, waiting.brief, waiting.normal) == (reason, brief, False)
    assert captured(case).pods[0]["metadata"]["name"] in waiting.error.message
    for word in words:
        assert word in waiting.error.message


@pytest.mark.parametrize(
    ("case", "brief", "words"),
    [
        ("quota", False, ["exceeded quota: none", "Raise the quota"]),
        ("podsecurity", True, ['violates PodSecurity "restricted:latest"', "capabilities"]),
        ("serviceaccount", True, ['serviceaccount "nosuch" not found']),
        ("gangquota", False, ["exceeded quota: none"]),
    ],
)
def test_a_pod_that_may_not_be_made_says_why(case: str, brief: bool, words: list[str]) -> None:
    seen = captured(case)
    waiting = why_absent("model-1", 0, 1, seen.events)
    assert (waiting.error.reason, waiting.brief, waiting.normal) == ("POD_REFUSED", brief, False)
    for word in ["model-1", *words]:
        assert word in waiting.error.message


def test_the_text_of_one_cause_does_not_change_from_try_to_try() -> None:
    """It is written to the record when it changes; each try to make a pod is for another name."""
    events = [event for event in captured("quota").events if event["reason"] == "FailedCreate"]
    assert len({event["message"] for event in events}) > 2
    assert len({why_absent("model-1", 0, 1, [event]).text for event in events}) == 1
    image = captured("image").pods[0]
    before = pending("image").text
    image["status"]["containerStatuses"][0]["state"]["waiting"] = {"reason": "ErrImagePull", "message": "another"}
    again = why_pending(image)
    assert again is not None and again.text == before


def test_what_every_start_looks_like_is_normal() -> None:
    seen = captured("secretmount")
    creating = why_pending(seen.pods[0], [event for event in seen.events if event["type"] == "Normal"])
    assert creating is not None and creating.normal
    fresh = seen.pods[0] | {"status": {"phase": "Pending"}}
    unseen = why_pending(fresh)
    assert unseen is not None and unseen.normal
    assert why_absent("model-1", 0, 1, []).normal


def test_a_node_that_was_short_of_room_before_is_not_why_a_scheduled_pod_waits() -> None:
    seen = captured("secretmount")
    old = {"metadata": {}, "type": "Warning", "reason": "FailedScheduling", "message": "0/1 nodes are available"}
    waiting = why_pending(seen.pods[0], [old])
    assert waiting is not None and waiting.normal


def test_a_missing_follower_is_counted() -> None:
    waiting = why_absent("model-1", 1, 4, [])
    assert "3 of its 4 pods" in waiting.text and waiting.error.reason == "NO_POD"


def test_a_pod_that_runs_or_has_ended_waits_for_nothing() -> None:
    for case in ("exit0", "exit7", "evicted"):
        assert why_pending(captured(case).pods[0]) is None
