"""The toy service, for the tests of jobs and of gRPC."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.core.toy.running import ToyService, toy_service


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[ToyService]:
    """Not started yet."""
    with toy_service(tmp_path / "home") as service:
        yield service
