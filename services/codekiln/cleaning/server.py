"""The cleaning service: `python -m codekiln.cleaning.server`. Thin: jobs do the work."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.cleaning.spec import CleaningSpec
from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
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
    return ["codekiln.v1.CleaningService"]


if __name__ == "__main__":
    serve("cleaning", register)
