"""Toy servers for tests: started as processes, killed at will, ended at the end."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from codekiln.client import Client
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.store import ObjectStore, open_store
from codekiln.v1 import ingestion_pb2, job_pb2
from tests.core.toy.folder import Folder, Plan
from tests.s3 import free_port

ROOT = Path(__file__).parents[3]
ENVIRONMENT = {"PYTHONPATH": f"{ROOT / 'services'}:{ROOT}"}
PATIENCE = 60.0
"""Seconds after which what a test waits for is taken never to come."""

T = TypeVar("T")


def eventually(look: Callable[[], T | None], what: str = "it") -> T:
    """Looks again and again until `look` gives something true, and returns that."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, f"{what} did not come within {PATIENCE:.0f} s"
        time.sleep(0.01)
    return found


class ToyService:
    """One home with its store; servers over it come and go, always at the same address."""

    def __init__(self, home: Path, **settings: object) -> None:
        self.home = home
        self.port = free_port()
        self.settings = {"RECONCILE_SECONDS": 0.05, "LISTEN": f"127.0.0.1:{self.port}", **settings}
        self.store: ObjectStore = open_store((home / "store").as_uri())
        self.jobs = JobRepository(self.store, "ingestion")
        self.servers: list[subprocess.Popen[str]] = []
        self.addresses: dict[str, str] = {}

    def environment(self) -> dict[str, str]:
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
        ours = {f"CODEKILN_{key}": str(value) for key, value in self.settings.items()}
        return {**inherited, **ENVIRONMENT, "CODEKILN_HOME": str(self.home), **ours}

    def start(self, **settings: object) -> subprocess.Popen[str]:
        """A server that listens."""
        address_file = self.home / f"addresses-{len(self.servers)}.json"
        extra = {f"CODEKILN_{key}": str(value) for key, value in settings.items()}
        server = self.spawn({"CODEKILN_ADDRESS_FILE": str(address_file), **extra})
        self.addresses = eventually(lambda: self._addresses(server, address_file), "the server's address file")
        return server

    def spawn(self, extra: dict[str, str]) -> subprocess.Popen[str]:
        """A server that may or may not start."""
        self.home.mkdir(parents=True, exist_ok=True)
        with (self.home / "server.log").open("a") as log:
            server = subprocess.Popen(
                [sys.executable, "-m", "tests.core.toy.server"],
                env={**self.environment(), **extra},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                text=True,
            )
        self.servers.append(server)
        return server

    def kill(self) -> None:
        """The newest server, at once and without a word."""
        self.servers[-1].send_signal(signal.SIGKILL)
        self.servers[-1].wait()

    def stop(self) -> int:
        """The newest server, as an operator does. Returns its exit status."""
        self.servers[-1].send_signal(signal.SIGTERM)
        return self.servers[-1].wait(PATIENCE)

    def log(self) -> str:
        return (self.home / "server.log").read_text()

    def client(self, **security: Any) -> Client:
        return Client({"ingestion": f"127.0.0.1:{self.port}"}, **security)

    def create(self, client: Client, folder: Folder, name: str = "toy", request_id: str = "") -> job_pb2.Job:
        spec = ingestion_pb2.BenchmarkSpec(name=name, path=str(folder.path))
        return client.create("benchmark", spec, request_id)

    def folder(self, plan: Plan | None = None, *, hold_at: int = 0, name: str = "job") -> Folder:
        folder = Folder(self.home / name)
        folder.prepare(plan or Plan(), hold_at)
        return folder

    def workers(self) -> list[int]:
        """Live worker processes of this home."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError):
                    ours = f"CODEKILN_HOME={self.home}".encode() in (entry / "environ").read_bytes().split(b"\0")
                    if ours and b"tests.core.toy.worker" in (entry / "cmdline").read_bytes():
                        found.append(int(entry.name))
        return found

    def end(self) -> None:
        for server in self.servers:
            if server.poll() is None:
                server.kill()
            server.wait()
        for pid in self.workers():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(pid, signal.SIGKILL)

    @staticmethod
    def _addresses(server: subprocess.Popen[str], path: Path) -> dict[str, str] | None:
        assert server.poll() is None, f"the server ended with status {server.returncode}"
        return json.loads(path.read_text()) if path.exists() else None


@contextlib.contextmanager
def toy_service(home: Path, **settings: object) -> Iterator[ToyService]:
    """Not started yet; nothing of it is left afterwards."""
    service = ToyService(home, **settings)
    try:
        yield service
    finally:
        service.end()


def is_alive(pid: int) -> bool:
    """Whether a process runs (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
