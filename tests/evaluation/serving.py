"""Sandbox servers for tests: started as processes, killed at will, ended at the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.core.toy.running import eventually

SERVICES = Path(__file__).parents[2] / "services"
SERVER = [sys.executable, "-m", "codekiln.evaluation.sandbox.server"]


def environment(home: Path, **settings: object) -> dict[str, str]:
    """That of a server: its own settings, and none that tests happen to run with."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
    ours = {f"CODEKILN_{key}": str(value) for key, value in settings.items()}
    # A server that is killed leaves its scratch folder behind: below the test's own, then.
    return {**inherited, "PYTHONPATH": str(SERVICES), "CODEKILN_HOME": str(home), "TMPDIR": str(home), **ours}


class SandboxServer:
    """A process that listens; `addresses` are by name: grpc, metrics, health."""

    def __init__(self, home: Path, **settings: object) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home, self._log = home, home / "server.log"
        told = home / "addresses.json"
        told.unlink(missing_ok=True)
        with self._log.open("a") as log:
            self.process = subprocess.Popen(
                SERVER,
                env=environment(home, ADDRESS_FILE=told, **settings),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.addresses: dict[str, str] = eventually(lambda: self._addresses(told), "the server's address file")

    @property
    def address(self) -> str:
        return self.addresses["grpc"]

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """At once and without a word."""
        self.process.kill()
        self.process.wait()

    def _addresses(self, told: Path) -> dict[str, str] | None:
        assert self.process.poll() is None, f"the server ended: {self.log()}"
        return json.loads(told.read_text()) if told.exists() else None


@contextmanager
def serve_sandbox(home: Path, **settings: object) -> Iterator[SandboxServer]:
    server = SandboxServer(home, **settings)
    try:
        yield server
    finally:
        server.kill()
