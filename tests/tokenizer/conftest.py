"""A store in a temporary folder, a worker's context on it, a dataset and a trained vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.artifacts import Manifest
from codekiln.core.jobs.record import Progress
from codekiln.core.jobs.worker import Context
from codekiln.core.store import ObjectStore, open_store
from codekiln.tokenizer.training import train

from .material import Trained, new_context, publish, standard_library


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri())


@pytest.fixture
def reports() -> list[Progress]:
    return []


@pytest.fixture
def context(store: ObjectStore, tmp_path: Path, reports: list[Progress]) -> Context:
    return new_context(store, tmp_path, reports.append)


@pytest.fixture
def library(store: ObjectStore) -> Manifest:
    """1.5 MB in three shards."""
    documents = standard_library(1_500_000)
    return publish(store, [documents[number::3] for number in range(3)])


@pytest.fixture(scope="session")
def trained() -> Trained:
    """2,000 entries from 1 MB of the standard library."""
    return Trained(*train((document.text for document in standard_library(1_000_000)), 2000))
