"""Job records in the object store, one object a job, changed only by compare-and-swap."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from codekiln.core.errors import AlreadyExists, Conflict, DataLoss, InvalidArgument, NotFound
from codekiln.core.hashing import digest_of
from codekiln.core.jobs.record import Job, JobState
from codekiln.core.store.interface import ObjectStore
from codekiln.core.telemetry.logs import logger

_ATTEMPTS = 50


def job_id(kind: str, request_id: str) -> str:
    """The same request gives the same id (AIP-155)."""
    return f"{kind}-{digest_of([kind, request_id])[:20]}"


class JobRepository:
    """The jobs of one service."""

    def __init__(self, store: ObjectStore, service: str) -> None:
        self.store = store
        self._prefix = f"jobs/{service}/"
        self._ended: dict[str, Job] = {}
        self._damaged: set[str] = set()

    def create(self, kind: str, spec: dict[str, Any], request_id: str) -> Job:
        """The job of this request, new or known. Raises AlreadyExists where the request had another specification."""
        job = Job(
            id=job_id(kind, request_id),
            kind=kind,
            spec=spec,
            spec_digest=digest_of([kind, spec]),
            request_id=request_id,
            created=time.time(),
        )
        try:
            self.store.create(self._key(job.id), _dump(job))
            return job
        except AlreadyExists:
            known = self.get(job.id)
        if known.spec_digest != job.spec_digest:
            raise AlreadyExists(
                f"request_id `{request_id}` was used for job {known.id} with another specification: choose a new one",
                reason="REQUEST_ID_REUSED",
                job=known.id,
            )
        return known

    def get(self, id: str) -> Job:
        """Raises NotFound."""
        return self._load(id)[0]

    def update(self, id: str, step: Callable[[Job], Job | None]) -> Job:
        """Reads, applies `step`, writes if nobody was faster, else reads again. `step` may return None to leave it.

        Raises NotFound, what `step` raises, and Conflict after many lost races.
        """
        for attempt in range(_ATTEMPTS):
            job, etag = self._load(id)
            changed = step(job)
            if changed is None:
                return job
            try:
                self.store.replace(self._key(id), _dump(changed), etag)
                return changed
            except Conflict:
                time.sleep(min(0.002 * 2 ** min(attempt, 6), 0.1))
        raise Conflict(f"job {id} is changed by too many at once: try again", reason="JOB_CONTENDED", job=id)

    def all(self) -> list[Job]:
        """All jobs that can be read, newest first. Ended ones are read once a process."""
        jobs = [job for id in self._ids() if (job := self._ended.get(id) or self._readable(id))]
        self._ended.update({job.id: job for job in jobs if job.state.final})
        return sorted(jobs, key=lambda job: (-job.created, job.id))

    def active(self) -> list[Job]:
        """Jobs that have not ended."""
        return [job for job in self.all() if not job.state.final]

    def find_active(self, kind: str, spec: dict[str, Any]) -> Job | None:
        """A job of this specification that has neither ended nor been cancelled."""
        digest = digest_of([kind, spec])
        fitting = (job for job in self.active() if job.spec_digest == digest and job.state is not JobState.CANCELLING)
        return next(fitting, None)

    def _ids(self) -> Iterator[str]:
        for info in self.store.list(self._prefix):
            name = info.key.removeprefix(self._prefix)
            if name.endswith(".json") and "/" not in name:
                yield name.removesuffix(".json")

    def _readable(self, id: str) -> Job | None:
        """One record that is damaged must not hide all the others; `get` says what is wrong with it."""
        try:
            return self.get(id)
        except (NotFound, DataLoss) as error:
            if id not in self._damaged:
                self._damaged.add(id)
                logger("jobs").warning("job left out", job=id, reason=error.reason, error=error.message)
            return None

    def _load(self, id: str) -> tuple[Job, str]:
        try:
            data, etag = self.store.get_with_etag(self._key(id))
        except NotFound:
            raise NotFound(
                f"there is no job `{id}`: `codekiln jobs` lists them", reason="JOB_NOT_FOUND", job=id
            ) from None
        try:
            return Job.from_json(json.loads(data)), etag
        except (ValueError, KeyError, TypeError, AttributeError, InvalidArgument) as error:
            raise DataLoss(
                f"the record of job {id} cannot be read: {error}", reason="JOB_UNREADABLE", job=id
            ) from error

    def _key(self, id: str) -> str:
        return f"{self._prefix}{id}.json"


def _dump(job: Job) -> bytes:
    return json.dumps(job.to_json(), indent=1).encode()
