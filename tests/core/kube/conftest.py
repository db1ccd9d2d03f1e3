"""An API server of the test's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.core.kube.server import Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as server:
        yield server
