"""The job record and its state machine. Pure: no store, no clock."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.errors import FailedPrecondition


class JobState(StrEnum):
    """Where a job stands; the names are those of the proto without its prefix."""

    QUEUED = "QUEUED"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    CANCELLING = "CANCELLING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


_LEGAL: dict[JobState, frozenset[JobState]] = {
    JobState.QUEUED: frozenset({JobState.STARTING, JobState.CANCELLING, JobState.CANCELLED, JobState.FAILED}),
    # STARTING -> STARTING and RUNNING -> STARTING are retries; -> QUEUED is a worker that was asked to stop.
    JobState.STARTING: frozenset(
        {JobState.STARTING, JobState.QUEUED, JobState.RUNNING, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLING}
    ),
    JobState.RUNNING: frozenset(
        {JobState.STARTING, JobState.QUEUED, JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLING}
    ),
    # A job that ends while it is being cancelled keeps the state that won.
    JobState.CANCELLING: frozenset({JobState.CANCELLED, JobState.SUCCEEDED, JobState.FAILED}),
    JobState.SUCCEEDED: frozenset(),
    JobState.FAILED: frozenset(),
    JobState.CANCELLED: frozenset(),
}


@dataclass(frozen=True)
class Progress:
    """How far a job is. `rate` is units a second in this phase; `updated` is seconds since the epoch.

    `metrics` are live figures. A name may be `group/member`, as in `dropped/generated`; names come from the code alone.
    """

    phase: str = ""
    done: float = 0.0
    total: float = 0.0
    unit: str = ""
    rate: float = 0.0
    metrics: dict[str, float] = field(default_factory=dict)
    updated: float = 0.0


@dataclass(frozen=True)
class Job:
    """One piece of work. Times are seconds since the epoch, 0 while they have not come."""

    id: str
    kind: str
    spec: dict[str, Any]
    spec_digest: str
    request_id: str
    created: float
    state: JobState = JobState.QUEUED
    revision: int = 1
    attempt: int = 0
    failures: int = 0
    """Attempts that ended without a result and without having been asked to stop."""
    progress: Progress = field(default_factory=Progress)
    error: dict[str, Any] | None = None
    artifacts: tuple[Ref, ...] = ()
    cached: bool = False
    started: float = 0.0
    ended: float = 0.0

    def to_json(self) -> dict[str, Any]:
        data = {f.name: getattr(self, f.name) for f in fields(self)}
        data["state"] = str(self.state)
        data["progress"] = vars(self.progress)
        data["artifacts"] = [str(ref) for ref in self.artifacts]
        return data

    @staticmethod
    def from_json(data: dict[str, Any]) -> Job:
        return Job(
            **{
                **data,
                "state": JobState(data["state"]),
                "progress": Progress(**data["progress"]),
                "artifacts": tuple(Ref.parse(text) for text in data["artifacts"]),
            }
        )


def change(job: Job, state: JobState | None = None, **values: Any) -> Job:
    """The record's next revision. Raises FailedPrecondition for a transition that the state machine forbids."""
    if state is not None and state is not job.state and state not in _LEGAL[job.state]:
        raise FailedPrecondition(
            f"job {job.id} is {job.state} and cannot become {state}", reason="ILLEGAL_TRANSITION", job=job.id
        )
    if job.state.final:
        raise FailedPrecondition(f"job {job.id} has ended as {job.state}", reason="JOB_ENDED", job=job.id)
    return replace(job, state=state or job.state, revision=job.revision + 1, **values)
