"""A real S3 server for tests: the one that TEST_S3_ENDPOINT names, else the Versity gateway over a temporary folder."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.settings import Credentials
from codekiln.core.store import ObjectStore, open_store

GATEWAY = "versitygw"
HOW_TO_GET_ONE = (
    "no S3 server: `go install github.com/versity/versitygw/cmd/versitygw@v1.8.0` and put it on the PATH, or name one "
    "in TEST_S3_ENDPOINT, TEST_S3_ACCESS_KEY and TEST_S3_SECRET_KEY"
)
_START_SECONDS = 30.0


@dataclass(frozen=True)
class S3Server:
    """Where it answers, and the keys that it takes."""

    endpoint: str
    credentials: Credentials

    def url(self, bucket: str = "", prefix: str = "") -> str:
        """A store's URL; a bucket of its own where none is named."""
        return f"s3://{bucket or f'test-{secrets.token_hex(6)}'}/{prefix}?endpoint={self.endpoint}"

    def store(self, bucket: str = "", prefix: str = "") -> ObjectStore:
        return open_store(self.url(bucket, prefix), self.credentials)


@contextlib.contextmanager
def s3_server() -> Iterator[S3Server | None]:
    """None where there is none to be had."""
    if endpoint := os.environ.get("TEST_S3_ENDPOINT"):
        keys = Credentials(os.environ.get("TEST_S3_ACCESS_KEY", ""), os.environ.get("TEST_S3_SECRET_KEY", ""))
        yield S3Server(endpoint, keys)
        return
    binary = shutil.which(GATEWAY) or shutil.which(Path.home() / "go" / "bin" / GATEWAY)
    if binary is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="s3-") as folder, gateway(binary, Path(folder)) as server:
        yield server


@contextlib.contextmanager
def gateway(binary: str, folder: Path) -> Iterator[S3Server]:
    """The Versity gateway over a folder, until the end of the block."""
    port, keys = free_port(), Credentials("tester", secrets.token_hex(16))
    process = subprocess.Popen(
        [binary, "--quiet", "--port", f"127.0.0.1:{port}", "posix", str(folder)],
        env={**os.environ, "ROOT_ACCESS_KEY": keys.access_key, "ROOT_SECRET_KEY": keys.secret_key},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await_port(process, port)
        yield S3Server(f"http://127.0.0.1:{port}", keys)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, f"{GATEWAY} ended with status {process.returncode}"
        assert time.monotonic() < deadline, f"{GATEWAY} does not listen on port {port}"
        time.sleep(0.02)
