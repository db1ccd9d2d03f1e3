"""A store, and a sandbox that tests share: starting one takes longer than most of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from codekiln.core.store import ObjectStore, open_store
from codekiln.evaluation.sandbox.pool import Sandbox
from codekiln.evaluation.sandbox.program import Limits

LIMITS = Limits(cpu_seconds=0.5, wall_factor=5.0, memory_bytes=128 << 20, output_bytes=256 << 10)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """One runner with small limits. Skips nothing: without a wall these tests fail, as evaluation does."""
    with Sandbox(tmp_path_factory.mktemp("sandbox"), LIMITS, runners=1) as opened:
        yield opened


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri(), None)
