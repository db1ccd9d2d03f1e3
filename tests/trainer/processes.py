"""Worker processes as a launcher starts them, and what they should come to."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import torch

from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.jobs.worker import Context
from codekiln.core.settings import environment
from codekiln.core.spec import to_json
from codekiln.core.store import open_store
from codekiln.trainer.gang import Gang
from codekiln.trainer.loop import Training
from codekiln.trainer.spec import TrainerSpec
from codekiln.trainer.world import World

from .material import new_context, new_plan, publish_tokens


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Looks again and again."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def mentioning(text: str) -> list[int]:
    """Processes whose command line has the text."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and text.encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError):
            pass
    return [pid for pid in found if pid != os.getpid()]


class Attempts:
    """A job, and worker processes that work on it one after another."""

    def __init__(self, context: Context, spec: TrainerSpec) -> None:
        self.settings, self.store = context.settings, context.store
        self.jobs = JobRepository(self.store, "trainer")
        self.id = self.jobs.create("trainer", to_json(spec), "a request").id
        self.number = 0

    def begin(self) -> None:
        """The record of the next attempt, as the reconciler leaves it."""
        self.number += 1
        self.jobs.update(self.id, lambda job: change(job, JobState.STARTING, attempt=self.number))

    def start(self) -> subprocess.Popen[bytes]:
        self.begin()
        return self.process(environment(self.settings))

    def process(self, environ: dict[str, str]) -> subprocess.Popen[bytes]:
        """One process of the newest attempt."""
        command = [sys.executable, "-m", "codekiln.trainer.worker", self.id, str(self.number)]
        return subprocess.Popen(command, env={**os.environ, **environ})

    @property
    def job(self) -> Job:
        return self.jobs.get(self.id)

    def reached(self, step: int) -> Callable[[], bool]:
        """Whether the newest attempt has done a step."""

        def look() -> bool:
            found = sorted(self.settings.scratch.glob("*/rows.jsonl"), key=lambda path: path.stat().st_mtime)
            rows = found[-1].read_text().splitlines() if found else []
            return len(rows) > 1 and f'"step": {step},' in "".join(rows)

        return look

    def nobody_left(self) -> None:
        until(lambda: not mentioning(str(self.settings.scratch)), seconds=10)


class Nodes(Attempts):
    """A job of two nodes."""

    def __init__(self, context: Context, spec: TrainerSpec) -> None:
        super().__init__(context, spec)
        self.processes: list[subprocess.Popen[bytes]] = []
        self.seconds = 60.0

    def begin(self) -> None:
        super().begin()
        self.port = free_port()

    def together(self, **environ: str) -> list[subprocess.Popen[bytes]]:
        """Both nodes of the next attempt; the follower comes first."""
        self.begin()
        return [self.node(rank, **environ) for rank in (1, 0)][::-1]

    def node(self, rank: int, **environ: str) -> subprocess.Popen[bytes]:
        home = self.settings.home / f"node-{rank}"
        settings = replace(self.settings, home=home, pending_seconds=self.seconds)
        said = {"PET_NNODES": "2", "PET_NODE_RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": self.port}
        process = self.process(environment(settings) | said | environ)
        self.processes.append(process)
        return process

    def did(self, step: int) -> bool:
        """Whether the newest attempt has done a step."""
        scratch = self.settings.home / "node-0" / "scratch"
        return any(f'"step": {step},' in path.read_text() for path in scratch.glob(f"*-{self.number}-*/rows.jsonl"))

    @property
    def gang(self) -> Gang:
        return Gang(self.store, self.id, self.number)


Make = Callable[[TrainerSpec], Nodes]


def free_port() -> str:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


def unbroken(spec: TrainerSpec, tmp_path: Path) -> Training:
    """The same training in this process, never cut, from a store of its own."""
    torch.set_num_threads(1)
    store = open_store((tmp_path / "another-store").as_uri())
    publish_tokens(store)
    training = Training(
        new_plan(spec, new_context(store, tmp_path / "unbroken" / "a")), World(0, 1, torch.device("cpu")), store
    )
    training.run(threading.Event())
    return training
