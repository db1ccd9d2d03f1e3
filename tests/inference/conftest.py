"""A store in a temporary folder, the tiny model in it, and a host whose engines are EchoEngines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from codekiln.core.artifacts import Manifest, Ref
from codekiln.core.names import set_name
from codekiln.core.store import ObjectStore, open_store
from codekiln.inference.host import ModelHost
from codekiln.inference.model_files import ModelFiles, read_model

from .material import EchoEngine, model_parts, publish_model


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def model(store: ObjectStore) -> Manifest:
    """Published, and named demo/model."""
    manifest = publish_model(store)
    set_name(store, "demo/model", manifest.ref)
    return manifest


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> ModelFiles:
    folder = tmp_path_factory.mktemp("model")
    for name, data in model_parts().items():
        (folder / name).write_bytes(data)
    return read_model(Ref("model", "0" * 32), folder)


class Engines:
    """Starts EchoEngines and remembers them, once the gate is open. Where it is set, `error` is raised instead."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.started: list[EchoEngine] = []
        self.error: Exception | None = None

    async def start(self, files: ModelFiles) -> EchoEngine:
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        self.started.append(EchoEngine(files))
        return self.started[-1]


@pytest.fixture
def engines() -> Engines:
    return Engines()


@pytest_asyncio.fixture
async def host(store: ObjectStore, engines: Engines, tmp_path: Path) -> AsyncIterator[ModelHost]:
    made = ModelHost(store, tmp_path / "cache", engines.start)
    yield made
    await made.close()
