"""A store in a temporary folder with tokens in it, and a worker's context."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codekiln.core.artifacts import Manifest
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store
from codekiln.trainer.spec import TrainerSpec

from .material import new_context, new_spec, publish_tokens
from .processes import Make, Nodes


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def tokens(store: ObjectStore) -> Manifest:
    return publish_tokens(store)


@pytest.fixture
def reports() -> list[Progress]:
    return []


@pytest.fixture
def context(store: ObjectStore, tmp_path: Path, reports: list[Progress]) -> Context:
    return new_context(store, tmp_path / "attempt", reports.append)


@pytest.fixture
def spec(tokens: Manifest) -> TrainerSpec:
    """A short training by two processes."""
    return new_spec(tokens, processes=2)


@pytest.fixture
def make(context: Context) -> Iterator[Make]:
    """Makes jobs; whatever runs of them at the end of a test is killed."""
    made: list[Nodes] = []

    def new(spec: TrainerSpec) -> Nodes:
        made.append(Nodes(context, spec))
        return made[-1]

    yield new
    for process in (process for nodes in made for process in nodes.processes):
        process.kill()
        process.wait()
