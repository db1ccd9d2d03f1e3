"""A reconciler over a scripted launcher."""

from __future__ import annotations

from pathlib import Path

import pytest

from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.settings import Settings
from tests.core.jobs.scripted import ScriptedLauncher
from tests.core.toy.running import ToyService


@pytest.fixture
def launcher() -> ScriptedLauncher:
    return ScriptedLauncher()


@pytest.fixture
def jobs(toy: ToyService) -> JobRepository:
    return toy.jobs


@pytest.fixture
def reconciler(jobs: JobRepository, launcher: ScriptedLauncher, tmp_path: Path) -> Reconciler:
    return Reconciler(jobs, launcher, Settings(service="ingestion", home=tmp_path, worker_stop_seconds=0.0))
