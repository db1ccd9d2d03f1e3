"""Workers as processes of this machine, in sessions of their own, so that they outlive the server that started them.

A worker claims its name itself, by a file that only one can create, before it turns into the worker: whatever server
dies at whatever moment, a name runs at most once. The claim holds pid, start time and boot, which together are never
used twice.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from codekiln.core.launch.command import worker_command, worker_environment
from codekiln.core.launch.interface import Observation, Phase, WorkerSpec
from codekiln.core.settings import Settings

# $0 is the claim. With noclobber `>` fails where the file exists. Field 22 of /proc/PID/stat is the start time.
_CLAIM = 'read -r stat < /proc/$$/stat; set -C; echo "$$ ${stat##*) }" 2>/dev/null > "$0" && exec "$@"'
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_CLAIMING_SECONDS = 5.0
_STOPPED = (-signal.SIGTERM, 128 + signal.SIGTERM)


@dataclass(frozen=True)
class _Claim:
    """`start` is that of the process, in ticks since boot; `written` is when the claim was, by the clock.

    A claim without pid is being written, or could not be (a full disk).
    """

    pid: int
    start: int
    written: float


class LocalLauncher:
    """Keeps claims in `<home>/workers` and logs in `<home>/logs`."""

    log_seconds = 0.0

    def __init__(self, settings: Settings, python: str = sys.executable) -> None:
        self._settings, self._python = settings, python
        boot = _BOOT_ID.read_text().strip()[:8]
        self._claims = settings.home.absolute() / "workers" / boot
        self._remove_claims_of_other_boots()
        self._logs = settings.home.absolute() / "logs"
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def check(self) -> None:
        """A process can always be started."""

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
        if claim is None and child is None:
            return Observation(Phase.ABSENT)
        if claim is not None and _alive(claim):
            return Observation(Phase.RUNNING)
        ours = child is not None and (claim is None or claim.pid == child.pid)
        code = child.poll() if child is not None and ours else None
        if code is None:
            return Observation(Phase.RUNNING if claim is None else Phase.EXITED)
        return Observation(Phase.EXITED, _describe(code), stopped=code in _STOPPED)

    def stop(self, name: str, *, force: bool) -> None:
        claim, child = self._claim(name), self._children.get(name)
        if claim is None or not claim.pid:
            if child is not None:
                child.terminate()  # a shell that has not claimed its name yet
            return
        if not _alive(claim):
            return
        with contextlib.suppress(ProcessLookupError):
            if force:
                os.killpg(claim.pid, signal.SIGKILL)
            else:
                os.kill(claim.pid, signal.SIGTERM)

    def forget(self, name: str) -> None:
        claim, child = self._claim(name), self._children.pop(name, None)
        if claim is not None and claim.pid and not _alive(claim):
            _kill_session(claim)
        if child is not None:
            child.poll()  # leaves no zombie
        for scratch in self._settings.scratch.glob(f"{name}-*"):
            shutil.rmtree(scratch, ignore_errors=True)  # a killed worker could not tidy up
        self._claim_path(name).unlink(missing_ok=True)

    def log_uri(self, name: str) -> str:
        return str(self._log_path(name))

    def _claim_path(self, name: str) -> Path:
        return self._claims / name

    def _log_path(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def _claim(self, name: str) -> _Claim | None:
        try:
            with self._claim_path(name).open() as file:
                written, fields = os.fstat(file.fileno()).st_mtime, file.read().split()
        except FileNotFoundError:
            return None
        return _Claim(int(fields[0]), int(fields[20]), written) if len(fields) > 20 else _Claim(0, 0, written)

    def _remove_claims_of_other_boots(self) -> None:
        with contextlib.suppress(FileNotFoundError):
            for folder in self._claims.parent.iterdir():
                if folder != self._claims:
                    shutil.rmtree(folder, ignore_errors=True)


def _alive(claim: _Claim) -> bool:
    if not claim.pid:
        return time.time() - claim.written < _CLAIMING_SECONDS
    stat = _stat(claim.pid)
    return stat is not None and int(stat[19]) == claim.start and not _is_zombie(stat)


def _is_zombie(stat: list[str]) -> bool:
    """Ended and not waited for. One whose first thread has ended looks alike, but has other threads."""
    return stat[0] == "Z" and int(stat[17]) <= 1


def _stat(pid: int) -> list[str] | None:
    """/proc/PID/stat from the third field on (proc(5)): state, ppid, pgrp, session; threads at 17, start time at 19."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


def _kill_session(claim: _Claim) -> None:
    """Ends what a dead session leader left behind. Its number is not given to others while something of it lives."""
    leader = _stat(claim.pid)
    if leader is not None and int(leader[19]) != claim.start:
        return
    for entry in Path("/proc").iterdir():
        stat = _stat(int(entry.name)) if entry.name.isdigit() else None
        if stat is not None and int(stat[3]) == claim.pid and not _is_zombie(stat):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(entry.name), signal.SIGKILL)


def _describe(code: int) -> str:
    if code >= 0:
        return f"exit status {code}"
    return f"killed by {signal.Signals(-code).name}"
