"""Our records as proto messages."""

from __future__ import annotations

from typing import Any

from google.protobuf import struct_pb2, timestamp_pb2

from codekiln.core.artifacts import Manifest, Ref
from codekiln.core.jobs.record import Job, JobState
from codekiln.core.store.interface import ObjectStore
from codekiln.v1 import artifact_pb2, job_pb2

STATES_BY_NUMBER = {job_pb2.JobState.Value(f"JOB_STATE_{state.value}"): state for state in JobState}


def ref_message(ref: Ref) -> artifact_pb2.ArtifactRef:
    return artifact_pb2.ArtifactRef(kind=f"ARTIFACT_KIND_{ref.kind.upper()}", digest=ref.digest)


def job_message(job: Job) -> job_pb2.Job:
    message = job_pb2.Job(
        id=job.id,
        kind=job.kind,
        state=f"JOB_STATE_{job.state.value}",
        revision=job.revision,
        attempt=job.attempt,
        request_id=job.request_id,
        spec_digest=job.spec_digest,
        spec=_struct(job.spec),
        artifacts=[ref_message(ref) for ref in job.artifacts],
        cached=job.cached,
        create_time=_time(job.created),
        start_time=_time(job.started),
        end_time=_time(job.ended),
    )
    p = job.progress
    if p.updated:
        message.progress.CopyFrom(
            job_pb2.Progress(
                phase=p.phase, done=p.done, total=p.total, unit=p.unit, rate=p.rate,
                metrics=p.metrics, update_time=_time(p.updated),
            )
        )  # fmt: skip
    if job.error is not None and job.state is JobState.FAILED:
        message.error.CopyFrom(job_pb2.JobError(**{k: v for k, v in job.error.items() if k != "violations"}))
    return message


def artifact_message(manifest: Manifest, store: ObjectStore, *, parts: bool = True) -> artifact_pb2.Artifact:
    return artifact_pb2.Artifact(
        ref=ref_message(manifest.ref),
        parts=[
            artifact_pb2.ArtifactPart(name=p.name, bytes=p.bytes, sha256=p.sha256, uri=store.uri(p.key))
            for p in (manifest.parts if parts else ())
        ],
        parameters=_struct(manifest.parameters),
        code_version=manifest.code_version,
        inputs=[ref_message(ref) for ref in manifest.inputs],
        summary=_struct(manifest.summary),
        licenses=manifest.licenses,
        create_time=_time(manifest.created),
    )


def _struct(value: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(value)
    return message


def _time(seconds: float) -> timestamp_pb2.Timestamp | None:
    if not seconds:
        return None
    message = timestamp_pb2.Timestamp()
    message.FromMicroseconds(int(seconds * 1e6))
    return message
