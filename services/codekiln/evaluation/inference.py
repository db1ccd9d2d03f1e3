"""The inference service as evaluation uses it: load a model, wait, complete, infill. The only file that calls it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from codekiln.core.artifacts import Ref
from codekiln.core.errors import Conflict, FailedPrecondition, InvalidArgument, Unavailable
from codekiln.core.rpc.channel import open_channel, translated
from codekiln.core.settings import Settings
from codekiln.v1 import inference_pb2, inference_pb2_grpc

_CALL_SECONDS = 30.0
_COMPLETION_SECONDS = 900.0
"""Of one stream, waiting in the engine's queue included."""
_LOAD_SECONDS = 3600.0
_POLL_SECONDS = 0.5
_TOO_LONG = "PROMPT_TOO_LONG"


@dataclass(frozen=True)
class Completed:
    """Text that the model added. `shortened` where the prompt's beginning did not fit into the model."""

    text: str
    shortened: bool = False


class Inference:
    """One model of one server. Safe to use from several threads."""

    def __init__(self, stub: Any, endpoint: str, model: Ref) -> None:
        self._stub = stub
        self._endpoint = endpoint
        self._model = model
        self.infills = False

    def load(self, tell: Callable[[str, float], None]) -> None:
        """Returns when the model answers. `tell(what, seconds)` is called while it loads.

        Raises FailedPrecondition with the server's own reason where it cannot be loaded, Unavailable where it takes
        more than an hour, and what the call raises.
        """
        with translated(self._endpoint):
            self._stub.LoadModel(inference_pb2.LoadModelRequest(model=str(self._model)), timeout=_CALL_SECONDS)
        deadline = time.monotonic() + _LOAD_SECONDS
        while not self._is_ready(status := self._status()):
            tell(status.message, status.load_seconds)
            if time.monotonic() > deadline:
                raise Unavailable(f"{self._model} is still loading: {status.message}", reason="MODEL_LOADING")
            time.sleep(_POLL_SECONDS)
        self.infills = status.infill

    def check(self) -> None:
        """Raises Conflict where the server has meanwhile gone over to another model."""
        status = self._status()
        if status.state == inference_pb2.MODEL_STATE_READY:
            self._is_ready(status)

    def complete(self, prompt: str, sampling: inference_pb2.Sampling) -> Completed:
        """A prompt that is longer than the model loses its beginning, a quarter at a time."""
        text, shortened = prompt, False
        while True:
            request = inference_pb2.CompleteRequest(prompt=text, sampling=sampling)
            try:
                return Completed(self._text(self._stub.Complete, request), shortened)
            except InvalidArgument as error:
                if error.reason != _TOO_LONG or len(text) < 2:
                    raise
                text, shortened = text[-(len(text) * 3 // 4) :], True

    def infill(self, prefix: str, suffix: str, sampling: inference_pb2.Sampling) -> str:
        """The middle."""
        return self._text(
            self._stub.Infill, inference_pb2.InfillRequest(prefix=prefix, suffix=suffix, sampling=sampling)
        )

    def _text(self, call: Callable[..., Iterable[Any]], request: Any) -> str:
        with translated(self._endpoint):
            return "".join(piece.text for piece in call(request, timeout=_COMPLETION_SECONDS))

    def _status(self) -> inference_pb2.ModelStatus:
        with translated(self._endpoint):
            response = self._stub.GetModelStatus(inference_pb2.GetModelStatusRequest(), timeout=_CALL_SECONDS)
        status: inference_pb2.ModelStatus = response.status
        return status

    def _is_ready(self, status: inference_pb2.ModelStatus) -> bool:
        if status.HasField("model") and Ref.from_message(status.model) != self._model:
            raise Conflict(
                f"{self._endpoint} went over to {Ref.from_message(status.model)} while {self._model} was evaluated: "
                "somebody else uses it. It is tried again",
                reason="MODEL_REPLACED",
            )
        if status.state == inference_pb2.MODEL_STATE_FAILED:
            raise FailedPrecondition(
                f"the inference service cannot load {self._model}: {status.message}",
                reason=status.reason or "MODEL_NOT_LOADED",
                model=self._model,
            )
        return status.state == inference_pb2.MODEL_STATE_READY


@contextmanager
def open_inference(endpoint: str, settings: Settings, model: Ref) -> Iterator[Inference]:
    """Raises FailedPrecondition where no endpoint is known. Opens no connection yet."""
    endpoint = endpoint or settings.inference_endpoint
    if not endpoint:
        raise FailedPrecondition(
            "no inference service is known: give `inference_endpoint` as host:port, or start the server with "
            "CODEKILN_INFERENCE_ENDPOINT",
            reason="NO_INFERENCE_ENDPOINT",
        )
    channel = open_channel(
        endpoint,
        token=settings.token(),
        ca_file=settings.tls_ca_file,
        cert_file=settings.tls_cert_file,
        key_file=settings.tls_key_file,
    )
    try:
        yield Inference(inference_pb2_grpc.InferenceServiceStub(channel), endpoint, model)
    finally:
        channel.close()
