"""Follows a job to its end, for people."""

from __future__ import annotations

from codekiln.cli.progress import ProgressLine
from codekiln.client import Client
from codekiln.core.artifacts import KINDS as ARTIFACT_KINDS
from codekiln.core.errors import CodekilnError, FailedPrecondition, from_json
from codekiln.v1 import artifact_pb2, job_pb2


def ref_text(ref: artifact_pb2.ArtifactRef) -> str:
    """`kind:digest`."""
    return f"{ARTIFACT_KINDS[ref.kind - 1]}:{ref.digest}"


def follow(client: Client, job: job_pb2.Job, title: str) -> job_pb2.Job:
    """Shows progress until the job ends and returns it. Raises its error where it failed or was cancelled."""
    with ProgressLine(title) as line:
        for state in client.watch(job.id):
            line.show(state)
            job = state
        if job.state == job_pb2.JOB_STATE_SUCCEEDED:
            line.done(f"{ref_text(job.artifacts[0])}{'  cached' if job.cached else ''}")
            return job
    raise error_of(job)


def error_of(job: job_pb2.Job) -> CodekilnError:
    if job.state == job_pb2.JOB_STATE_CANCELLED:
        return FailedPrecondition(f"job {job.id} was cancelled", reason="JOB_CANCELLED", job=job.id)
    error = from_json(
        {"code": job.error.code, "reason": job.error.reason, "message": f"{job.kind}: {job.error.message}",
         "metadata": dict(job.error.metadata)}
    )  # fmt: skip
    error.metadata.setdefault("job", job.id)
    return error
