"""A batch/v1 Job of one pod. All processes share it, however many a pod may have: a Job's pods have no addresses."""

from __future__ import annotations

from codekiln.core.kube.api import JOBS, Object
from codekiln.core.launch.pod import attempt_pod
from codekiln.core.launch.specs.attempt import Attempt


def build(attempt: Attempt) -> Object:
    body = {
        "parallelism": 1,
        "completions": 1,
        "backoffLimit": 0,
        **attempt.deadline,
        "template": attempt_pod(attempt.template, attempt.spec, 1),
    }
    return attempt.wrap(JOBS, body)
