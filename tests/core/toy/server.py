"""`python -m tests.core.toy.server`: the ingestion service, with toy jobs for benchmark imports, and no corpora."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.spec import from_message
from codekiln.v1 import ingestion_pb2, ingestion_pb2_grpc
from tests.core.toy.spec import ToySpec

SERVICE = "codekiln.v1.IngestionService"


class Toy(ingestion_pb2_grpc.IngestionServiceServicer):
    """`CreateIngestion` is a defect, so that tests see what becomes of one."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateBenchmark(
        self, request: ingestion_pb2.CreateBenchmarkRequest, context: Any
    ) -> ingestion_pb2.CreateBenchmarkResponse:
        spec = from_message(ToySpec, request.spec)
        return ingestion_pb2.CreateBenchmarkResponse(
            job=self._backend.create_job("benchmark", spec, request.request_id)
        )

    def CreateIngestion(
        self, request: ingestion_pb2.CreateIngestionRequest, context: Any
    ) -> ingestion_pb2.CreateIngestionResponse:
        raise KeyError("artifacts/secret/key")


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    ingestion_pb2_grpc.add_IngestionServiceServicer_to_server(Toy(backend), server)
    return [SERVICE]


if __name__ == "__main__":
    serve("ingestion", register, worker="tests.core.toy.worker")
