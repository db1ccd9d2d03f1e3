"""A scheduler and workers as a cluster runs them: processes with settings of their own, on loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pyarrow as pa

from codekiln.core.store import ObjectStore


class Process:
    """One of them. `address` is where Dask finds it, `pages` where its metrics are, once it listens."""

    def __init__(self, folder: Path, module: str, **settings: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        self._record = folder / "address.json"
        values = {"home": str(folder), "address_file": str(self._record), **settings}
        variables = {name: value for name, value in os.environ.items() if not name.startswith("CODEKILN_")}
        variables |= {f"CODEKILN_{name.upper()}": value for name, value in values.items()}
        variables |= {"PYTHONPATH": os.pathsep.join(["services", "."])}
        with (folder / "log").open("wb") as log:
            command = [sys.executable, "-m", f"codekiln.cleaning.{module}"]
            self.process = subprocess.Popen(command, env=variables, stderr=log)

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    @property
    def address(self) -> str:
        return self._addresses["dask"]

    @property
    def pages(self) -> str:
        return f"http://{self._addresses['metrics']}"

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        return self.process.wait()

    @property
    def _addresses(self) -> dict[str, str]:
        while not self._record.exists():
            assert self.process.poll() is None, self.log
            time.sleep(0.02)
        return dict(json.loads(self._record.read_text()))


class Processes:
    """Starts them and ends all in the end."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Process] = []

    def scheduler(self, listen: str = "127.0.0.1:0") -> Process:
        return self._start("dask_scheduler", listen=listen)

    def worker(self, scheduler: str, store: str, **settings: str) -> Process:
        return self._start("dask_worker", dask_scheduler=scheduler, store=store, **settings)

    def _start(self, module: str, **settings: str) -> Process:
        self._started.append(Process(self._folder / f"{module}-{len(self._started)}", module, **settings))
        return self._started[-1]

    def __enter__(self) -> Processes:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        for process in self._started:
            process.process.kill()
            process.process.wait()


@contextmanager
def cluster(folder: Path, store: str, workers: int) -> Iterator[tuple[Processes, Process, list[Process]]]:
    """A scheduler and some workers that have joined it."""
    with Processes(folder) as processes:
        scheduler = processes.scheduler()
        joined = [processes.worker(scheduler.address, store) for _ in range(workers)]
        assert all(worker.address for worker in joined)
        yield processes, scheduler, joined


def meet(count: int, store: ObjectStore, report: Any) -> int:
    """A task that ends once `count` processes have begun one; returns its process."""
    store.put(f"met/{os.getpid()}", b"")
    while sum(1 for _ in store.list("met/")) < count:
        time.sleep(0.02)
    return os.getpid()


def die(number: int, store: ObjectStore, report: Any) -> None:
    """A task that its process does not survive."""
    os.kill(os.getpid(), signal.SIGKILL)


def hold(number: int, store: ObjectStore, report: Any) -> int:
    """A task that begins, and ends when it may."""
    store.put(f"held/{number}", b"")
    while not any(store.list("free/")):
        time.sleep(0.02)
    return number


def surroundings(number: int, store: ObjectStore, report: Any) -> tuple[str, dict[str, str]]:
    """A task that tells the memory pool and the environment of its process."""
    return pa.default_memory_pool().backend_name, dict(os.environ)
