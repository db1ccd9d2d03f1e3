"""One toy server for the tests of a module that do it no harm."""

from __future__ import annotations

from collections.abc import Iterator

import grpc
import pytest

from codekiln.client import Client
from tests.core.toy.running import ToyService, toy_service


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ToyService]:
    """Started, with room for many jobs at once."""
    with toy_service(tmp_path_factory.mktemp("toy") / "home", MAX_RUNNING=50) as service:
        service.start()
        yield service


@pytest.fixture
def client(served: ToyService) -> Iterator[Client]:
    with served.client() as client:
        yield client


@pytest.fixture
def channel(served: ToyService) -> Iterator[grpc.Channel]:
    """As a stranger's client opens it: without our options."""
    with grpc.insecure_channel(f"127.0.0.1:{served.port}") as channel:
        yield channel
