"""A store, and sandboxes that tests share: starting one takes longer than most of them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from codekiln.core.settings import Settings
from codekiln.core.store import ObjectStore, open_store
from codekiln.evaluation.sandbox.interface import Sandbox
from codekiln.evaluation.sandbox.pool import LocalSandbox
from codekiln.evaluation.sandbox.program import Limits
from codekiln.evaluation.sandbox.remote import RemoteSandbox
from tests.evaluation.serving import serve_sandbox

LIMITS = Limits(cpu_seconds=0.5, wall_factor=5.0, memory_bytes=128 << 20, output_bytes=256 << 10)


class Place(NamedTuple):
    """A sandbox, and the process that its runners are children of; None where that is on another machine."""

    sandbox: Sandbox
    leader: int | None


@pytest.fixture(scope="session", params=["local", "remote"])
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One runner with small limits, in this process and behind a server; or behind TEST_SANDBOX_ENDPOINT.

    Skips nothing: without a wall these tests fail, as evaluation does.
    """
    endpoint = os.environ.get("TEST_SANDBOX_ENDPOINT", "")
    if request.param == "local":
        with LocalSandbox(tmp_path_factory.mktemp("sandbox"), LIMITS, runners=1) as local:
            yield Place(local, os.getpid())
    elif endpoint:
        with RemoteSandbox(endpoint, Settings(), LIMITS) as remote:
            yield Place(remote, None)
    else:
        with (
            serve_sandbox(tmp_path_factory.mktemp("served"), WORKERS=1) as server,
            RemoteSandbox(server.address, Settings(), LIMITS) as remote,
        ):
            yield Place(remote, server.pid)


@pytest.fixture
def sandbox(place: Place) -> Sandbox:
    return place.sandbox


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    return open_store((tmp_path / "store").as_uri(), None)
