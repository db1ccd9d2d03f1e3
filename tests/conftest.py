"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.s3 import HOW_TO_GET_ONE, S3Server, s3_server

# No test asserts a time: a machine may be busy.
settings.register_profile("codekiln", deadline=None)
settings.load_profile("codekiln")


@pytest.fixture(scope="session")
def s3() -> Iterator[S3Server]:
    """A real S3 server; skips where there is none."""
    with s3_server() as server:
        if server is None:
            pytest.skip(HOW_TO_GET_ONE)
        yield server
