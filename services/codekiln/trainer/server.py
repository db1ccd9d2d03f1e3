"""The trainer service: `python -m codekiln.trainer.server`. Thin: jobs do the work."""

from __future__ import annotations

from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.server import serve
from codekiln.core.spec import from_message
from codekiln.trainer.spec import TrainerSpec
from codekiln.v1 import trainer_pb2, trainer_pb2_grpc


class Trainer(trainer_pb2_grpc.TrainerServiceServicer):
    """Creates trainer jobs."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def CreateTraining(
        self, request: trainer_pb2.CreateTrainingRequest, context: Any
    ) -> trainer_pb2.CreateTrainingResponse:
        spec = from_message(TrainerSpec, request.spec)
        return trainer_pb2.CreateTrainingResponse(job=self._backend.create_job("trainer", spec, request.request_id))


def register(server: grpc.aio.Server, backend: Backend) -> list[str]:
    trainer_pb2_grpc.add_TrainerServiceServicer_to_server(Trainer(backend), server)
    return ["codekiln.v1.TrainerService"]


if __name__ == "__main__":
    serve("trainer", register)
