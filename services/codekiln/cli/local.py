"""Services of this machine as child processes, and a client of those that run, wherever that is."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from codekiln.client import Client, find_addresses
from codekiln.client.addresses import find_connection, run_folder
from codekiln.core.errors import FailedPrecondition, Unavailable
from codekiln.core.jobs.worker import parent_death_signal
from codekiln.core.settings import PREFIX, Settings, environment

START_SECONDS = 60.0
_ORDER = ("inference", "ingestion", "cleaning", "tokenizer", "trainer", "evaluation")


class LocalServices:
    """Server processes of this machine, children of this process: they end with it, however it ends."""

    def __init__(
        self,
        settings: Settings,
        ports: Mapping[str, tuple[str, str, str]] | None = None,
        inference: str = "",
    ) -> None:
        """`inference` is the address of an inference service that runs already."""
        self._settings, self._ports, self._inference = settings, dict(ports or {}), inference
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.records: dict[str, dict[str, str]] = {}

    def start(self, services: tuple[str, ...] = _ORDER) -> None:
        """Starts them and waits until all listen. Raises FailedPrecondition with the sentence of one that cannot."""
        home = self._settings.home.absolute()
        for folder in (home / "logs", run_folder(self._settings)):
            folder.mkdir(parents=True, exist_ok=True)
        first = [name for name in services if name == "inference"]
        for name in first:
            self._spawn(name)
        self._await(first)
        rest = [name for name in services if name not in first]
        for name in rest:
            self._spawn(name)
        self._await(rest)

    def stop(self) -> None:
        """Asks all to stop and waits; what does not is killed. Their workers stop with them and can go on later."""
        for process in self._processes.values():
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self._settings.drain_seconds + self._settings.worker_stop_seconds + 10
        for name, process in self._processes.items():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            (run_folder(self._settings) / f"{name}.json").unlink(missing_ok=True)
        self._processes.clear()

    def check(self) -> bool:
        """False once somebody (`codekiln down`) has stopped a server. Raises Unavailable where one died."""
        for name, process in self._processes.items():
            if process.poll() not in (None, 0):
                raise Unavailable(
                    f"the {name} service ended with status {process.returncode}; its log: {self._log(name)}",
                    reason="SERVICE_ENDED",
                )
        return all(process.returncode is None for process in self._processes.values())

    def _spawn(self, name: str) -> None:
        address_file = run_folder(self._settings) / f"{name}.json"
        address_file.unlink(missing_ok=True)
        grpc, metrics, http = self._ports.get(name, ("127.0.0.1:0",) * 3)
        variables = {key: value for key, value in os.environ.items() if not key.startswith(PREFIX)}
        variables |= environment(self._settings)
        variables |= {
            f"{PREFIX}HOME": str(self._settings.home.absolute()),
            f"{PREFIX}LISTEN": grpc,
            f"{PREFIX}METRICS_LISTEN": metrics,
            f"{PREFIX}ADDRESS_FILE": str(address_file),
            f"{PREFIX}STOP_WORKERS_ON_EXIT": "true",
        }
        if name == "inference":
            variables[f"{PREFIX}HTTP_LISTEN"] = http
        elif inference := self._inference or self.records.get("inference", {}).get("grpc"):
            variables[f"{PREFIX}INFERENCE_ENDPOINT"] = inference
        me = os.getpid()
        with open(self._log(name), "wb") as log:
            self._processes[name] = subprocess.Popen(
                [sys.executable, "-m", f"codekiln.{name}.server"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=variables,
                start_new_session=True,
                preexec_fn=lambda: parent_death_signal(signal.SIGTERM, parent=me),
            )

    def _await(self, names: list[str]) -> None:
        deadline = time.monotonic() + START_SECONDS
        waiting = set(names)
        while waiting:
            for name in sorted(waiting):
                process = self._processes[name]
                if process.poll() is not None:
                    raise FailedPrecondition(_why(self._log(name), name), reason="SERVICE_NOT_STARTED", service=name)
                with contextlib.suppress(FileNotFoundError, ValueError):
                    self.records[name] = json.loads((run_folder(self._settings) / f"{name}.json").read_text())
                    waiting.discard(name)
            if time.monotonic() > deadline:
                raise Unavailable(
                    f"{', '.join(sorted(waiting))} did not start within {START_SECONDS:.0f} s", reason="SLOW_START"
                )
            time.sleep(0.05)

    def _log(self, name: str) -> Path:
        return self._settings.home.absolute() / "logs" / f"{name}.log"


def _why(log: Path, name: str) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    told = next((line for line in reversed(lines) if line.startswith(f"codekiln {name}: ")), "")
    return told.removeprefix("codekiln ") or f"{name} could not start; its log: {log}"


@contextlib.contextmanager
def services(settings: Settings) -> Iterator[tuple[Client, LocalServices | None]]:
    """A client of the services that run; those that do not (all, or all but what is served) are started for it.

    None are started where services are elsewhere: by CODEKILN_SERVICES, or on the cluster of `codekiln connect`.
    """
    addresses = find_addresses(settings)
    cluster = find_connection(settings)
    if cluster is not None:
        click.echo(f"{'services':<12} {cluster}, by `codekiln connect`", err=True)
    elsewhere = bool(settings.services) or cluster is not None
    missing = () if elsewhere else tuple(name for name in _ORDER if name not in addresses)
    if not missing:
        with make_client(settings, addresses) as client:
            yield client, None
        return
    with only_one(settings):
        own = LocalServices(settings, inference=addresses.get("inference", ""))
        try:
            own.start(missing)
            addresses |= {name: record["grpc"] for name, record in own.records.items()}
            with make_client(settings, addresses) as client:
                yield client, own
        finally:
            own.stop()


def make_client(settings: Settings, addresses: dict[str, str] | None = None) -> Client:
    """A client with the settings' token, authorities and certificate."""
    cluster = find_connection(settings)
    return Client(
        addresses if addresses is not None else find_addresses(settings),
        names=cluster.names if cluster else None,
        token=settings.token(),
        ca_file=settings.tls_ca_file,
        cert_file=settings.tls_cert_file,
        key_file=settings.tls_key_file,
    )


def require_client(settings: Settings) -> Client:
    """A client of the services that run, one of which serves a model. Raises Unavailable where none run."""
    addresses = find_addresses(settings)
    if not addresses:
        raise Unavailable(
            "no model is served here: `codekiln serve demo/model` serves one, `codekiln up` starts all services",
            reason="SERVICES_NOT_RUNNING",
        )
    return make_client(settings, addresses)


@contextlib.contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Two sets of services over one home would only take work from each other."""
    folder = run_folder(settings)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "services.lock", "ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FailedPrecondition(
                f"another codekiln is starting services in {settings.home}: wait a moment and run again",
                reason="ALREADY_STARTING",
            ) from None
        yield


@contextlib.contextmanager
def stopped_by_signals() -> Iterator[None]:
    """SIGTERM is as good as Ctrl-C."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
