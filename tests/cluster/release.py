"""A release of the chart and a client outside the cluster: helm, `codekiln connect`, `codekiln`."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codekiln.client.addresses import find_addresses
from codekiln.core.settings import Credentials, Settings
from codekiln.core.store import ObjectStore, open_store
from tests.cluster import kube

ROOT = Path(__file__).resolve().parents[2]
CHART = ROOT / "charts" / "codekiln"


@dataclass(frozen=True)
class Release:
    """`home` is the client's: it finds the services where `connect` wrote them."""

    name: str
    namespace: str
    home: Path

    @property
    def full_name(self) -> str:
        """What the names of its objects begin with."""
        return self.name if "codekiln" in self.name else f"{self.name}-codekiln"

    def install(self, *options: str, timeout: int = 420) -> str:
        """What helm printed, NOTES included. Waits until all is ready."""
        return kube.helm("install", *self._target(), "--wait", f"--timeout={timeout}s", *options)

    def upgrade(self, *options: str, timeout: int = 420) -> str:
        said = kube.helm("upgrade", *self._target(), "--wait", f"--timeout={timeout}s", *options)
        self._answers()
        return said

    def revision(self) -> str:
        """The number of the revision that is deployed."""
        history = kube.helm("history", self.name, "-n", self.namespace, "--max=1", "-o", "json")
        return str(json.loads(history)[0]["revision"])

    def rollback(self, revision: str) -> None:
        kube.helm("rollback", self.name, revision, "-n", self.namespace, "--wait", "--timeout=300s")
        self._answers()

    def _answers(self) -> None:
        """Waits until a client that is connected finds all services again: a forwarded port ends with its pod."""
        if not find_addresses(Settings(home=self.home)):
            return
        kube.until(lambda: self.cli("jobs").returncode == 0, "all services answer", 60)

    def uninstall(self) -> str:
        return kube.helm("uninstall", self.name, "-n", self.namespace, "--wait")

    def pods(self, component: str) -> list[Any]:
        labels = f"app.kubernetes.io/instance={self.name},app.kubernetes.io/component={component}"
        return kube.get("pods", self.namespace, labels=labels)  # type: ignore[no-any-return]

    def object(self, kind: str, component: str) -> Any:
        return kube.get(kind, self.namespace, name=f"{self.full_name}-{component}")

    def address(self, component: str, port: str) -> str:
        """host:port of a Service, for callers that reach the cluster's addresses."""
        service = self.object("service", component)
        number = next(p["port"] for p in service["spec"]["ports"] if p["name"] == port)
        return f"{service['spec']['clusterIP']}:{number}"

    @contextlib.contextmanager
    def connected(self) -> Iterator[None]:
        """`codekiln connect` runs until the end of the block."""
        process = self.start("connect", "-n", self.namespace, "--release", self.name)
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if line.startswith("CODEKILN_SERVICES") or "CODEKILN_SERVICES=" in line:
                    break
            assert process.poll() is None, f"connect ended: {process.stderr and process.stderr.read()}"
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)

    @contextlib.contextmanager
    def store(self) -> Iterator[ObjectStore]:
        """The embedded store, as its own services see it."""
        secret = self.object("secret", "store")["data"]
        keys = {name: base64.b64decode(secret[name]).decode() for name in ("access-key", "secret-key")}
        with kube.forwarded(self.namespace, f"service/{self.full_name}-store", 9000) as port:
            url = f"s3://codekiln?endpoint=http://127.0.0.1:{port}"
            yield open_store(url, Credentials(keys["access-key"], keys["secret-key"]))

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "codekiln.cli.main", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment(),
            cwd=ROOT,
        )

    def cli(self, *arguments: str, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "codekiln.cli.main", *arguments],
            capture_output=True,
            text=True,
            env=self.environment(),
            cwd=ROOT,
            timeout=timeout,
        )

    def result(self, *arguments: str, timeout: float = 900) -> Any:
        """The JSON that the command prints."""
        done = self.cli(*arguments, "--json", timeout=timeout)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]} {done.stderr[-3000:]}"
        return json.loads(done.stdout.strip().splitlines()[-1])

    def lines(self, *arguments: str) -> list[Any]:
        """One JSON value a line."""
        done = self.cli(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
        return {**kept, "CODEKILN_HOME": str(self.home), "PYTHONPATH": str(ROOT / "services")}

    def _target(self) -> tuple[str, ...]:
        return self.name, str(CHART), "-n", self.namespace


def made(job: Any) -> str:
    """The reference of what a job made, `kind:digest`."""
    [ref] = job["artifacts"]
    return f"{ref['kind'].removeprefix('ARTIFACT_KIND_').lower()}:{ref['digest']}"
