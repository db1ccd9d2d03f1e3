"""The ingestion service: `python -m codekiln.ingestion.server`. Thin: jobs do the work."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.spec import from_message
from codekiln.ingestion.spec import BenchmarkSpec, IngestionSpec
from codekiln.v1 import ingestion_pb2, ingestion_pb2_grpc


class Ingestion(ingestion_pb2_grpc.IngestionServiceServicer):
    """Creates ingestion and benchmark jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateIngestion(
        self, request: ingestion_pb2.CreateIngestionRequest, context: Any
    ) -> ingestion_pb2.CreateIngestionResponse:
        spec = from_message(IngestionSpec, request.spec)
        return ingestion_pb2.CreateIngestionResponse(
            job=self._backend.create_job("ingestion", spec, request.request_id)
        )

    def CreateBenchmark(
        self, request: ingestion_pb2.CreateBenchmarkRequest, context: Any
    ) -> ingestion_pb2.CreateBenchmarkResponse:
        spec = from_message(BenchmarkSpec, request.spec)
        return ingestion_pb2.CreateBenchmarkResponse(
            job=self._backend.create_job("benchmark", spec, request.request_id)
        )


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    ingestion_pb2_grpc.add_IngestionServiceServicer_to_server(Ingestion(backend), server)
    return ["codekiln.v1.IngestionService"]


if __name__ == "__main__":
    serve("ingestion", register)
