"""The inference service: `python -m codekiln.inference.server`. gRPC and OpenAI-compatible HTTP from one event loop."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import grpc

from codekiln.core.rpc.backend import Backend
from codekiln.core.rpc.messages import ref_message
from codekiln.core.rpc.server import serve
from codekiln.core.settings import Settings
from codekiln.core.spec import from_message
from codekiln.inference.completion import Piece, Prompt, complete, infill_prompt, text_prompt
from codekiln.inference.engine import VllmEngine
from codekiln.inference.host import LoadedModel, ModelHost
from codekiln.inference.http import HttpEndpoint
from codekiln.inference.model_files import ModelFiles
from codekiln.inference.model_status import Status
from codekiln.inference.sampling import Sampling
from codekiln.inference.vllm_options import EngineOptions
from codekiln.v1 import inference_pb2, inference_pb2_grpc

NAME = "codekiln.v1.InferenceService"
MODEL_KEY = "codekiln-model"
"""Initial metadata of every stream: the reference of the model that answers."""

_CLOSE_SECONDS = 4.0


class Inference(inference_pb2_grpc.InferenceServiceServicer):
    """Over one host of models."""

    def __init__(self, host: ModelHost) -> None:
        self._host = host
        self.http_port = 0

    async def LoadModel(self, request: inference_pb2.LoadModelRequest, context: Any) -> inference_pb2.LoadModelResponse:
        return inference_pb2.LoadModelResponse(status=self._status(await self._host.load(request.model)))

    async def GetModelStatus(
        self, request: inference_pb2.GetModelStatusRequest, context: Any
    ) -> inference_pb2.GetModelStatusResponse:
        return inference_pb2.GetModelStatusResponse(status=self._status(self._host.status))

    async def Complete(
        self, request: inference_pb2.CompleteRequest, context: Any
    ) -> AsyncIterator[inference_pb2.CompleteResponse]:
        sampling = from_message(Sampling, request.sampling, "sampling")
        model = self._host.model()
        prompt = await text_prompt(model, request.prompt)
        async for piece in _stream(model, prompt, sampling, context):
            yield inference_pb2.CompleteResponse(**_fields(piece))

    async def Infill(
        self, request: inference_pb2.InfillRequest, context: Any
    ) -> AsyncIterator[inference_pb2.InfillResponse]:
        sampling = from_message(Sampling, request.sampling, "sampling")
        model = self._host.model()
        prompt = await infill_prompt(model, request.prefix, request.suffix)
        async for piece in _stream(model, prompt, sampling, context):
            yield inference_pb2.InfillResponse(**_fields(piece))

    def _status(self, status: Status) -> inference_pb2.ModelStatus:
        return inference_pb2.ModelStatus(
            model=ref_message(status.model) if status.model else None,
            state=f"MODEL_STATE_{status.state.value}",
            message=status.message,
            reason=status.reason,
            load_seconds=status.seconds,
            http_port=self.http_port,
            max_model_length=status.max_length,
            infill=status.infill,
        )


async def _stream(model: LoadedModel, prompt: Prompt, sampling: Sampling, context: Any) -> AsyncIterator[Piece]:
    await context.send_initial_metadata(((MODEL_KEY, str(model.files.ref)),))
    async for piece in complete(model, prompt, sampling):
        yield piece


def _fields(piece: Piece) -> dict[str, Any]:
    usage = piece.usage and inference_pb2.Usage(**vars(piece.usage))
    finish = f"FINISH_REASON_{piece.finish.upper() or 'UNSPECIFIED'}"
    return {
        "index": piece.index,
        "text": piece.text,
        "finish_reason": inference_pb2.FinishReason.Value(finish),
        "usage": usage,
    }


class Service:
    """What the process is made of, in the order in which `serve` asks for it."""

    def __init__(self) -> None:
        self._settings: Settings
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._host: ModelHost
        self._servicer: Inference
        self._http: HttpEndpoint

    def register(self, server: grpc.aio.Server, backend: Backend) -> list[str]:
        self._settings = backend.settings
        tell_ready = None
        if backend.settings.model:
            # Whoever routes requests by health sends none before the model answers.
            backend.listener.hold(NAME)
            tell_ready = partial(backend.listener.set_serving, name=NAME)
        self._host = ModelHost(backend.store, self._cache / "models", self._start_engine, tell_ready)
        self._servicer = Inference(self._host)
        inference_pb2_grpc.add_InferenceServiceServicer_to_server(self._servicer, server)
        return [NAME]

    async def start(self, backend: Backend) -> dict[str, str]:
        self._http = HttpEndpoint(self._host, backend.settings)
        self._servicer.http_port = await self._http.start()
        if backend.settings.model:
            self._host.load_when_there(backend.settings.model)
        return {"http": self._http.address}

    def drain(self) -> None:
        self._host.refuse()

    async def stop(self) -> None:
        await self._http.stop()
        # An engine that is just being imported cannot be interrupted; the end of the process takes it along.
        await asyncio.wait([asyncio.create_task(self._host.close())], timeout=_CLOSE_SECONDS)
        if self._temporary is not None:
            self._temporary.cleanup()

    @property
    def _cache(self) -> Path:
        return self._settings.home.absolute() / "cache"

    async def _start_engine(self, files: ModelFiles) -> VllmEngine:
        if self._temporary is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="codekiln-")
        folder = Path(self._temporary.name)
        return await VllmEngine.start(files, EngineOptions(self._settings.kv_cache_gib, self._cache / "vllm", folder))


def main() -> None:
    service = Service()
    serve("inference", service.register, jobs=False, beside=service)
    # Threads of an import that was under way, and torch's, are not waited for.
    logging.shutdown()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
