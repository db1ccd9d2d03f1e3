"""What the servicers of one process share."""

from __future__ import annotations

import dataclasses
import uuid
from dataclasses import dataclass
from typing import Any

from codekiln.core.artifacts import Ref, find
from codekiln.core.errors import NotFound
from codekiln.core.jobs.reconciler import Reconciler, request_cancel
from codekiln.core.jobs.record import Job
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.rpc.listening import Listener
from codekiln.core.rpc.messages import job_message
from codekiln.core.settings import Settings
from codekiln.core.spec import to_json
from codekiln.core.store.interface import ObjectStore
from codekiln.v1 import job_pb2


@dataclass(frozen=True)
class Backend:
    """Store, jobs and the reconciler of one service, and what it listens with."""

    settings: Settings
    store: ObjectStore
    jobs: JobRepository
    reconciler: Reconciler
    listener: Listener

    def create_job(self, kind: str, spec: Any, request_id: str) -> job_pb2.Job:
        """Records a job of a validated specification.

        Raises NotFound where an input artifact does not exist, FailedPrecondition where no worker can be started.
        """
        self.reconciler.launcher.check()
        for path, ref in _references(spec, "spec"):
            if find(self.store, ref) is None:
                raise NotFound(f"{path}: there is no {ref}", reason="ARTIFACT_NOT_FOUND", field=path, artifact=ref)
        job = None if request_id else self.jobs.find_active(kind, to_json(spec))
        if job is None:
            job = self.jobs.create(kind, to_json(spec), request_id or uuid.uuid4().hex)
        self.reconciler.wake()
        return job_message(job)

    def cancel_job(self, id: str) -> Job:
        job = request_cancel(self.jobs, id)
        self.reconciler.wake()
        return job


def _references(value: Any, path: str) -> list[tuple[str, Ref]]:
    if isinstance(value, Ref):
        return [(path, value)]
    if dataclasses.is_dataclass(value):
        return [r for f in dataclasses.fields(value) for r in _references(getattr(value, f.name), f"{path}.{f.name}")]
    if isinstance(value, tuple):
        return [r for i, item in enumerate(value) for r in _references(item, f"{path}[{i}]")]
    return []
