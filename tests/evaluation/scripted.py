"""An inference server that answers from a script: a real gRPC server in this process, without a model."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import grpc

from codekiln.core.artifacts import Ref
from codekiln.core.errors import CodekilnError, FailedPrecondition, InvalidArgument, Violation
from codekiln.core.rpc.status import DETAILS_KEY, grpc_code, to_status
from codekiln.v1 import artifact_pb2, inference_pb2, inference_pb2_grpc


class ScriptedInference(inference_pb2_grpc.InferenceServiceServicer):
    """Tests set the fields. Prompts in `refused` are answered with an error, once `held` is set."""

    def __init__(self) -> None:
        self.address = ""
        self.answers: dict[str, str] = {}
        self.asked: list[inference_pb2.CompleteRequest] = []
        self.refused: set[str] = set()
        self.held = threading.Event()
        self.held.set()
        self.longest_prompt: int | None = None
        self.failure: tuple[str, str] | None = None
        self.loading_answers = 0
        self.goes_over_to: Ref | None = None
        self._model = artifact_pb2.ArtifactRef()
        self._lock = threading.Lock()

    def LoadModel(self, request: inference_pb2.LoadModelRequest, context: Any) -> inference_pb2.LoadModelResponse:
        self._model = _message(Ref.parse(request.model))
        return inference_pb2.LoadModelResponse(status=self._status())

    def GetModelStatus(
        self, request: inference_pb2.GetModelStatusRequest, context: Any
    ) -> inference_pb2.GetModelStatusResponse:
        return inference_pb2.GetModelStatusResponse(status=self._status())

    def Complete(
        self, request: inference_pb2.CompleteRequest, context: Any
    ) -> Iterator[inference_pb2.CompleteResponse]:
        if request.prompt in self.refused:
            self.held.wait(60)
            _abort(context, FailedPrecondition("refused", reason="REFUSED"))
        with self._lock:
            self.asked.append(request)
            if self.longest_prompt is not None and len(request.prompt) > self.longest_prompt:
                _abort(context, InvalidArgument(violations=[Violation("prompt", "long")], reason="PROMPT_TOO_LONG"))
            if self.goes_over_to is not None:
                self._model = _message(self.goes_over_to)
        for piece in (self.answers.get(request.prompt, "    return 1\n"), ""):
            yield inference_pb2.CompleteResponse(text=piece)

    def Infill(self, request: inference_pb2.InfillRequest, context: Any) -> Iterator[inference_pb2.InfillResponse]:
        yield inference_pb2.InfillResponse(text="self.items.append(item)")

    def _status(self) -> inference_pb2.ModelStatus:
        if self.failure is not None:
            reason, message = self.failure
            return inference_pb2.ModelStatus(
                model=self._model, state=inference_pb2.MODEL_STATE_FAILED, reason=reason, message=message
            )
        if self.loading_answers:
            self.loading_answers -= 1
            return inference_pb2.ModelStatus(
                model=self._model, state=inference_pb2.MODEL_STATE_LOADING, message="starts"
            )
        return inference_pb2.ModelStatus(model=self._model, state=inference_pb2.MODEL_STATE_READY, infill=True)


@contextmanager
def serve_script() -> Iterator[ScriptedInference]:
    script = ScriptedInference()
    server = grpc.server(ThreadPoolExecutor(40))
    inference_pb2_grpc.add_InferenceServiceServicer_to_server(script, server)
    script.address = f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}"
    server.start()
    try:
        yield script
    finally:
        server.stop(0).wait()


def _message(ref: Ref) -> artifact_pb2.ArtifactRef:
    return artifact_pb2.ArtifactRef(kind=artifact_pb2.ARTIFACT_KIND_MODEL, digest=ref.digest)


def _abort(context: Any, error: CodekilnError) -> None:
    context.set_trailing_metadata([(DETAILS_KEY, to_status(error).SerializeToString())])
    context.abort(grpc_code(error), error.message)
