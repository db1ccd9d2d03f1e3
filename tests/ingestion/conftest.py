"""A store in a temporary folder and a worker's context on it."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store

from .material import Environment, new_context


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def reports() -> list[Progress]:
    return []


@pytest.fixture
def context(store: ObjectStore, tmp_path: Path, reports: list[Progress]) -> Context:
    return new_context(store, tmp_path / "home", reports.append)


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    """A real virtual environment without packages."""
    return Environment(tmp_path / "environment")
