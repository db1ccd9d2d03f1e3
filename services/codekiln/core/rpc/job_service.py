"""JobService: the same in every service that has jobs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from codekiln.core.errors import InvalidArgument, Unavailable, Violation
from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.channel import CONNECTED
from codekiln.core.rpc.messages import STATES_BY_NUMBER, job_message
from codekiln.core.rpc.paging import newest_first, page
from codekiln.v1 import job_pb2, job_pb2_grpc

WATCH_SECONDS = 600.0
"""A watch closes after this long, so that connections move when servers are replaced."""
_POLL_SECONDS = 0.2


class Jobs(job_pb2_grpc.JobServiceServicer):
    """Over the records of one service."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._draining = asyncio.Event()

    def drain(self) -> None:
        """Ends all watches now: their callers resume them at the server's successor."""
        self._draining.set()

    def GetJob(self, request: job_pb2.GetJobRequest, context: Any) -> job_pb2.GetJobResponse:
        return job_pb2.GetJobResponse(job=job_message(self._backend.jobs.get(_id(request.id))))

    def ListJobs(self, request: job_pb2.ListJobsRequest, context: Any) -> job_pb2.ListJobsResponse:
        if unknown := [i for i, state in enumerate(request.states) if state not in STATES_BY_NUMBER]:
            raise InvalidArgument(violations=[Violation(f"states[{i}]", "is not a JobState") for i in unknown])
        wanted = {STATES_BY_NUMBER[state] for state in request.states}
        jobs = [job for job in self._backend.jobs.all() if not wanted or job.state in wanted]
        pairs = [(newest_first(job.created, job.id), job) for job in jobs]
        chosen, token = page(pairs, request.page_size, request.page_token, of=f"jobs {sorted(wanted)}")
        return job_pb2.ListJobsResponse(jobs=[job_message(job) for job in chosen], next_page_token=token)

    async def WatchJob(self, request: job_pb2.WatchJobRequest, context: Any) -> AsyncIterator[job_pb2.WatchJobResponse]:
        if request.after_revision < 0:
            raise InvalidArgument(violations=[Violation("after_revision", "must not be negative")])
        id, seen, end = _id(request.id), request.after_revision, time.monotonic() + WATCH_SECONDS
        await context.send_initial_metadata(((CONNECTED, "true"),))
        while time.monotonic() < end:
            job = await asyncio.to_thread(self._backend.jobs.get, id)
            if job.revision > seen:
                seen = job.revision
                yield job_pb2.WatchJobResponse(job=job_message(job))
            if job.state.final:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._draining.wait(), _POLL_SECONDS)
                raise Unavailable("this server stops: watch again after the last revision", reason="DRAINING")

    def CancelJob(self, request: job_pb2.CancelJobRequest, context: Any) -> job_pb2.CancelJobResponse:
        return job_pb2.CancelJobResponse(job=job_message(self._backend.cancel_job(_id(request.id))))


def _id(id: str) -> str:
    if not id or not all(c.isalnum() or c == "-" for c in id):
        raise InvalidArgument(
            violations=[Violation("id", "must be a job's id, such as `cleaning-1f2e3d4c5b6a79880001`")]
        )
    return id
