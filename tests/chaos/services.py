"""Real servers over one store, each startable, killable and startable again on its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from codekiln.client import Client
from codekiln.v1 import job_pb2


class Server:
    """One service as a process. Its workers outlive it."""

    def __init__(self, service: str, home: Path) -> None:
        self.service, self.home = service, home
        self._address_file = home / f"{service}.address.json"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Returns its address."""
        self._address_file.unlink(missing_ok=True)
        environ = {key: value for key, value in os.environ.items() if not key.startswith("CODEKILN_")}
        environ |= {"CODEKILN_HOME": str(self.home), "CODEKILN_ADDRESS_FILE": str(self._address_file)}
        environ |= {"CODEKILN_MAX_FAILURES": "20", "CODEKILN_WORKERS": "2"}
        with open(self.home / f"{self.service}.server.log", "ab") as log:
            command = [sys.executable, "-m", f"codekiln.{self.service}.server"]
            self._process = subprocess.Popen(command, env=environ, stdout=log, stderr=log, start_new_session=True)
        deadline = time.monotonic() + 60
        while not self._address_file.exists():
            assert self._process.poll() is None and time.monotonic() < deadline, "the server did not start"
            time.sleep(0.05)
        return str(json.loads(self._address_file.read_text())["grpc"])

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(30)


def workers(home: Path, job: str) -> list[psutil.Process]:
    """Worker processes of a job, without their children."""
    found = []
    for process in psutil.process_iter():
        try:
            if job in process.cmdline() and process.environ().get("CODEKILN_HOME") == str(home):
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def everything(home: Path) -> list[psutil.Process]:
    """Every live process that belongs to this home."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("CODEKILN_HOME") == str(home) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except (psutil.AccessDenied, psutil.NoSuchProcess):
            continue
    return found


def wait_until_running(client: Client, id: str) -> None:
    """Returns once a worker has reported, or the job has ended."""
    deadline = time.monotonic() + 60
    while client.get(id).state in (job_pb2.JOB_STATE_QUEUED, job_pb2.JOB_STATE_STARTING):
        assert time.monotonic() < deadline, "no worker reported"
        time.sleep(0.02)


def wait_until_ended(client: Client, id: str) -> job_pb2.Job:
    """The job in its final state."""
    last = None
    for job in client.watch(id):
        last = job
    assert last is not None
    return last
