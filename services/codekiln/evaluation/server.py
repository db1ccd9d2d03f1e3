"""The evaluation service: `python -m codekiln.evaluation.server`. Thin: jobs do the work."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.spec import from_message
from codekiln.evaluation.spec import EvaluationSpec
from codekiln.v1 import evaluation_pb2, evaluation_pb2_grpc


class Evaluation(evaluation_pb2_grpc.EvaluationServiceServicer):
    """Creates evaluation jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateEvaluation(
        self, request: evaluation_pb2.CreateEvaluationRequest, context: Any
    ) -> evaluation_pb2.CreateEvaluationResponse:
        spec = from_message(EvaluationSpec, request.spec)
        return evaluation_pb2.CreateEvaluationResponse(
            job=self._backend.create_job("evaluation", spec, request.request_id)
        )


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    evaluation_pb2_grpc.add_EvaluationServiceServicer_to_server(Evaluation(backend), server)
    return ["codekiln.v1.EvaluationService"]


if __name__ == "__main__":
    serve("evaluation", register)
