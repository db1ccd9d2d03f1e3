"""A store in a temporary folder with tokens in it, and a worker's context."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.artifacts import Manifest
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store

from .material import new_context, publish_tokens


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
