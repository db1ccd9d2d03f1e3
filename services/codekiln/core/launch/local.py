"""Workers as processes of this machine, in sessions of their own, so that they outlive the server that started them.

A worker claims its name itself, by a file that only one can create, before it turns into the worker: whatever server
dies at whatever moment, a name runs at most once. The claim holds pid, start time and boot, which together are never
used twice.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.launch.command import worker_command, worker_environment
from codekiln.core.launch.interface import Observation, Phase, WorkerSpec
from codekiln.core.settings import Settings

# $0 is the claim. With noclobber `>` fails where the file exists. Field 22 of /proc/PID/stat is the start time.
_CLAIM = 'read -r stat < /proc/$$/stat; set -C; echo "$$ ${stat##*) }" 2>/dev/null > "$0" && exec "$@"'
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class _Claim:
    pid: int
    start: int


class LocalLauncher:
    """Keeps claims in `<home>/workers` and logs in `<home>/logs`."""

    def __init__(self, settings: Settings, python: str = sys.executable) -> None:
        self._settings, self._python = settings, python
        boot = _BOOT_ID.read_text().strip()[:8]
        self._claims = settings.home.absolute() / "workers" / boot
        self._logs = settings.home.absolute() / "logs"
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def submit(self, spec: WorkerSpec) -> None:
        if self._claim_path(spec.name).exists() or spec.name in self._children:
            return
        self._claims.mkdir(parents=True, exist_ok=True)
        self._logs.mkdir(parents=True, exist_ok=True)
        with open(self._log_path(spec.name), "ab") as log:
            self._children[spec.name] = subprocess.Popen(
                ["/bin/sh", "-c", _CLAIM, str(self._claim_path(spec.name)), *worker_command(self._python, spec)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=worker_environment(self._settings, os.environ),
                start_new_session=True,
            )

    def observe(self, name: str) -> Observation:
        child, claim = self._children.get(name), self._claim(name)
        code = child.poll() if child is not None else None
        if claim is None:
            return Observation(Phase.ABSENT if child is None else Phase.EXITED if code is not None else Phase.RUNNING)
        if _alive(claim):
            return Observation(Phase.RUNNING)
        ours = child is not None and child.pid == claim.pid and code is not None
        return Observation(Phase.EXITED, _describe(code) if ours and code is not None else "")

    def stop(self, name: str, *, force: bool) -> None:
        claim = self._claim(name)
        if claim is None or not _alive(claim):
            return
        with contextlib.suppress(ProcessLookupError):
            if force:
                os.killpg(claim.pid, signal.SIGKILL)
            else:
                os.kill(claim.pid, signal.SIGTERM)

    def forget(self, name: str) -> None:
        claim = self._claim(name)
        if claim is not None and not _alive(claim):
            _kill_session(claim.pid)
        self._children.pop(name, None)
        self._claim_path(name).unlink(missing_ok=True)

    def log_uri(self, name: str) -> str:
        return str(self._log_path(name))

    def _claim_path(self, name: str) -> Path:
        return self._claims / name

    def _log_path(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _claim(self, name: str) -> _Claim | None:
        try:
            fields = self._claim_path(name).read_text().split()
        except FileNotFoundError:
            return None
        # An empty claim is one that is being written: as good as running for the instant that takes.
        return _Claim(int(fields[0]), int(fields[20])) if len(fields) > 20 else _Claim(os.getpid(), 0)


def _alive(claim: _Claim) -> bool:
    if claim.start == 0:
        return True
    stat = _stat(claim.pid)
    return stat is not None and int(stat[19]) == claim.start and stat[0] != "Z"


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/PID/stat from the third on (proc(5)): state, ppid, pgrp, session, ..., start time at 19."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _kill_session(session: int) -> None:
    """Ends what a dead session leader left behind."""
    if _stat(session) is not None:
        return
    for entry in Path("/proc").iterdir():
        stat = _stat(int(entry.name)) if entry.name.isdigit() else None
        if stat is not None and int(stat[3]) == session:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(entry.name), signal.SIGKILL)


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    return f"killed by {signal.Signals(-code).name}"
