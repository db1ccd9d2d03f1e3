"""What a reconciler makes of a record: its next revision, or None where it is no longer as it was seen. Pure."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from codekiln.core.errors import CodekilnError
from codekiln.core.jobs.record import Job, JobState, change

_WAITING = "waiting: "
"""How the phase begins while a worker cannot; what is waited for follows."""
_AT_WORK = (JobState.STARTING, JobState.RUNNING)


def begins(now: Job, seen: Job, failed: int) -> Job | None:
    """The next attempt. `failed`: 1 where the last one counts as a failure."""
    if now.revision != seen.revision:
        return None
    return change(now, JobState.STARTING, attempt=now.attempt + 1, failures=now.failures + failed)


def is_news(seen: Job, why: str) -> bool:
    """Whether the record does not say yet what its worker waits for, or that it waits no more (`why` is empty).

    A worker that makes progress has the last word.
    """
    if seen.state is JobState.RUNNING and seen.progress.done > 0:
        return False
    return seen.progress.phase != _WAITING + why if why else seen.progress.phase.startswith(_WAITING)


def waits(now: Job, seen: Job, why: str) -> Job | None:
    if now.revision != seen.revision:
        return None
    phase = _WAITING + why if why else ""
    return change(now, progress=replace(now.progress, phase=phase, updated=time.time()))


def fails(now: Job, seen: Job, error: CodekilnError) -> Job | None:
    """Of an attempt that can never begin."""
    if now.attempt != seen.attempt or now.state not in _AT_WORK:
        return None
    return change(now, JobState.FAILED, error=error.to_json(), ended=time.time())


def is_given_up(now: Job, seen: Job, error: dict[str, Any], failures: int) -> Job | None:
    """After too many attempts."""
    if now.revision != seen.revision:
        return None
    return change(now, JobState.FAILED, error=error, failures=failures, ended=time.time())


def is_given_back(now: Job, attempt: int) -> Job | None:
    """Of a worker that was stopped with its server."""
    return change(now, JobState.QUEUED) if now.state in _AT_WORK and now.attempt == attempt else None
