"""The cleaning service: `python -m codekiln.cleaning.server`. Thin: jobs do the work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.errors import InvalidArgument
from codekiln.core.jobs.record import Job
from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.settings import Settings
from codekiln.core.spec import from_message
from codekiln.v1 import cleaning_pb2, cleaning_pb2_grpc


class Cleaning(cleaning_pb2_grpc.CleaningServiceServicer):
    """Creates cleaning jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateCleaning(
        self, request: cleaning_pb2.CreateCleaningRequest, context: Any
    ) -> cleaning_pb2.CreateCleaningResponse:
        spec = from_message(CleaningSpec, request.spec)
        return cleaning_pb2.CreateCleaningResponse(job=self._backend.create_job("cleaning", spec, request.request_id))


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    cleaning_pb2_grpc.add_CleaningServiceServicer_to_server(Cleaning(backend), server)
    if backend.settings.dask_deployment:
        backend.reconciler.observers.append(_scale_workers(backend.settings))
    return ["codekiln.v1.CleaningService"]


def _scale_workers(settings: Settings) -> Callable[[list[Job]], None]:
    """Dask's workers on a cluster: many while a job has not ended, few while all have.

    Raises InvalidArgument for settings that do not fit, FailedPrecondition where there is no cluster.
    """
    least, most = settings.dask_workers_min, settings.dask_workers_max
    if least > most or not settings.namespace:
        raise InvalidArgument(
            f"CODEKILN_DASK_DEPLOYMENT is `{settings.dask_deployment}`: set CODEKILN_NAMESPACE too, and "
            f"CODEKILN_DASK_WORKERS_MIN ({least}) not above CODEKILN_DASK_WORKERS_MAX ({most})",
            reason="BAD_SETTING",
        )
    # A laptop does not need the package.
    from codekiln.core.kube.client import connect
    from codekiln.core.kube.scaling import Scaling

    scaling = Scaling(connect(), settings.namespace, settings.dask_deployment, least, most)
    return lambda jobs: scaling.tell(any(not job.state.final for job in jobs))


if __name__ == "__main__":
    serve("cleaning", register)
