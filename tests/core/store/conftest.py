"""Every behaviour is asked of every store: the embedded one, and a real S3 server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from codekiln.core.settings import Credentials
from codekiln.core.store import ObjectStore, open_store
from tests.s3 import S3Server


@dataclass(frozen=True)
class Opened:
    """What another process needs to open the same store."""

    url: str
    credentials: Credentials | None

    def open(self) -> ObjectStore:
        return open_store(self.url, self.credentials)


@pytest.fixture(params=["file", pytest.param("s3", marks=pytest.mark.s3)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opened:
    if request.param == "file":
        return Opened((tmp_path / "store").as_uri(), None)
    server: S3Server = request.getfixturevalue("s3")
    return Opened(server.url(prefix="some/prefix"), server.credentials)


@pytest.fixture
def store(opened: Opened) -> ObjectStore:
    """Empty and probed."""
    store = opened.open()
    store.probe()
    return store


@pytest.fixture
def keys(store: ObjectStore) -> Callable[[str], list[str]]:
    """Lists keys below a prefix."""
    return lambda prefix="": [info.key for info in store.list(prefix)]
