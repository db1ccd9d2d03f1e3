"""`kubectl port-forward` of one Service, started again whenever it breaks: with the pod, the network or the node."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Sequence

from codekiln.cli.kubectl import Kubectl, failed
from codekiln.core.errors import Unavailable
from codekiln.core.jobs.worker import parent_death_signal

_FORWARDED = re.compile(r"Forwarding from 127\.0\.0\.1:(\d+) -> (\d+)")
_START_SECONDS = 30.0
_LONGEST_PAUSE = 5.0


class Forward:
    """Ports of one Service on free ports of this machine, which stay the same as long as it lives."""

    def __init__(self, kubectl: Kubectl, service: str, ports: Sequence[int]) -> None:
        self.service = service
        self.ports: list[int] = []
        """Local, in the order of `ports`; once `start` has returned."""
        self._kubectl, self._remote = kubectl, list(ports)
        self._process: subprocess.Popen[bytes] | None = None
        self._pause, self._due = 0.5, 0.0
        self._said = b""

    def start(self) -> None:
        """Returns once it listens. Raises FailedPrecondition with kubectl's sentence, Unavailable where it is slow."""
        process = self._spawn([f":{port}" for port in self._remote])
        found = self._read_ports(process)
        self.ports = [found[port] for port in self._remote]

    def keep(self) -> str:
        """Starts it again where it has ended; call often. Returns why it ended, or nothing."""
        if self._process is not None:
            self._drain(self._process)
            if self._process.poll() is None:
                return ""
            why, self._process = self._last_line(), None
            self._due = time.monotonic() + self._pause
            self._pause = min(_LONGEST_PAUSE, 2 * self._pause)
            return why
        if time.monotonic() >= self._due:
            pairs = zip(self.ports, self._remote, strict=True)
            self._spawn([f"{local}:{remote}" for local, remote in pairs])
        return ""

    def stop(self) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _spawn(self, pairs: list[str]) -> subprocess.Popen[bytes]:
        command = self._kubectl.command("port-forward", "--address=127.0.0.1", f"service/{self.service}", *pairs)
        me = os.getpid()
        self._said = b""
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us: we end it
            preexec_fn=lambda: parent_death_signal(signal.SIGTERM, parent=me),
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)
        return self._process

    def _read_ports(self, process: subprocess.Popen[bytes]) -> dict[int, int]:
        """Local port by remote one, from what kubectl prints when it listens."""
        assert process.stdout is not None
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            select.select([process.stdout], [], [], 0.2)
            self._drain(process)
            found = {
                int(remote): int(local) for local, remote in _FORWARDED.findall(self._said.decode("utf-8", "replace"))
            }
            if found.keys() >= set(self._remote):
                return found
            if process.poll() is not None:
                raise failed(("port-forward", self.service), self._said.decode("utf-8", "replace"))
        raise Unavailable(f"`kubectl port-forward {self.service}` does not begin", reason="FORWARD_SLOW")

    def _drain(self, process: subprocess.Popen[bytes]) -> None:
        """Reads what it has said, so that it never waits for a reader; keeps the end of it."""
        assert process.stdout is not None
        while chunk := process.stdout.read(65536):
            self._said = (self._said + chunk)[-4096:]
            if b"Handling connection" in chunk:
                self._pause = 0.5  # it works: the next break is a new one

    def _last_line(self) -> str:
        lines = [line for line in self._said.decode("utf-8", "replace").splitlines() if line.strip()]
        return lines[-1].strip().removeprefix("error: ") if lines else "kubectl ended"
