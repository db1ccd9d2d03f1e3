"""The server as a process, before it has a model: what it says of itself. No vLLM is started."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import grpc
import pytest
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse
from grpc_health.v1.health_pb2_grpc import HealthStub

from codekiln.client import Client
from codekiln.core.errors import Unavailable
from codekiln.v1 import inference_pb2
from tests.core.toy.running import eventually
from tests.inference.server_process import ServerProcess

NAME = "codekiln.v1.InferenceService"


@pytest.fixture
def unnamed(tmp_path: Path) -> Iterator[ServerProcess]:
    with ServerProcess(tmp_path) as server:
        yield server


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[ServerProcess]:
    """The settings name a model that the store does not have."""
    with ServerProcess(tmp_path, model="demo/model") as server:
        yield server


def health(server: ServerProcess, port: str, service: str) -> int:
    with grpc.insecure_channel(server.addresses[port]) as channel:
        return int(HealthStub(channel).Check(HealthCheckRequest(service=service), timeout=10).status)


@pytest.mark.parametrize("port", ["grpc", "health"])
def test_without_a_model_in_the_settings_it_serves_once_it_listens(unnamed: ServerProcess, port: str) -> None:
    for name in ("", NAME, "codekiln.v1.ArtifactService"):
        assert health(unnamed, port, name) == HealthCheckResponse.SERVING


@pytest.mark.parametrize("port", ["grpc", "health"])
def test_until_the_model_of_the_settings_answers_only_inference_is_not_serving(
    waiting: ServerProcess, port: str
) -> None:
    assert health(waiting, port, NAME) == HealthCheckResponse.NOT_SERVING
    for name in ("", "codekiln.v1.ArtifactService"):
        assert health(waiting, port, name) == HealthCheckResponse.SERVING


def test_what_it_waits_for_is_told(waiting: ServerProcess) -> None:
    with Client({"inference": waiting.addresses["grpc"]}) as client:
        status = eventually(lambda: (found := client.model_status()).reason and found, "the first look for the model")
        assert (status.state, status.reason) == (inference_pb2.MODEL_STATE_LOADING, "NAME_NOT_FOUND")
        assert "demo/model" in status.message and "Tried again in" in status.message
        with pytest.raises(Unavailable, match="demo/model is loading"):
            list(client.complete("def"))


def test_asked_to_stop_while_it_waits_it_ends_at_once(waiting: ServerProcess) -> None:
    waiting.process.terminate()
    assert waiting.process.wait(30) == 0, waiting.log
