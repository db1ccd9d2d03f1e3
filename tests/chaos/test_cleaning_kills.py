"""A cleaning whose job, scheduler and workers are killed at random moments, thirty times and more: the same dataset."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import open_artifact
from codekiln.core.jobs.record import JobState
from tests.cleaning import material
from tests.cleaning.dask_cluster import Process, Processes
from tests.cleaning.test_worker import Attempts, parts, rows

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

KILLS = 30
SEED = 20261127


class World:
    """A store, a scheduler, two workers and a job; whatever was killed is started again."""

    def __init__(self, folder: Path, processes: Processes) -> None:
        self.processes = processes
        self.store_url = (folder / "store").as_uri()
        self.scheduler = processes.scheduler()
        self.address = self.scheduler.address
        context, _ = material.context(folder, store=self.store_url, dask_scheduler=self.address)
        self.spec = CleaningSpec(corpus=material.corpus(context.store, rows()).ref)
        self.attempts = Attempts(context, self.spec)
        self.workers = [self._worker() for _ in range(2)]
        self.job: subprocess.Popen[bytes] | None = None

    def kill(self, victim: str) -> None:
        if victim == "job" and self.job is not None:
            self.job.kill()
            self.job.wait()
        if victim == "worker":
            self.workers[0].end(signal.SIGKILL)
        if victim == "scheduler":
            self.scheduler.end(signal.SIGKILL)

    def mend(self) -> None:
        if self.scheduler.process.poll() is not None:
            self.scheduler = self.processes.scheduler(self.address.removeprefix("tcp://"))
            assert self.scheduler.address == self.address
        # Workers end by themselves when their scheduler is gone.
        alive = [worker for worker in self.workers if worker.process.poll() is None]
        self.workers = alive + [self._worker() for _ in range(2 - len(alive))]
        ended = self.job is None or self.job.poll() is not None
        if ended and not self.done:
            self.job = self.attempts.start()

    @property
    def done(self) -> bool:
        return self.attempts.job.state is JobState.SUCCEEDED

    def _worker(self) -> Process:
        return self.processes.worker(self.address, self.store_url)


def test_thirty_kills_at_random_moments_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    calm, _ = material.context(tmp_path / "calm", 2)
    spec = CleaningSpec(corpus=material.corpus(calm.store, rows()).ref)
    expected = parts(calm.store, work(spec, identify(spec, calm), calm))
    kills = {"job": 0, "worker": 0, "scheduler": 0}
    worlds = 0
    while sum(kills.values()) < KILLS:
        worlds += 1
        with Processes(tmp_path / f"dask-{worlds}") as processes:
            world = World(tmp_path / f"home-{worlds}", processes)
            while not world.done:
                world.mend()
                if sum(kills.values()) < KILLS + 10:
                    strike(world, chance, kills)
                elif world.job is not None:
                    world.job.wait(120)
            assert world.job is not None
            world.job.wait(120)
            found = open_artifact(world.attempts.store, world.attempts.job.artifacts[0])
            assert parts(world.attempts.store, found) == expected, f"world {worlds} after {kills}"
    assert min(kills.values()) >= 3, kills


def strike(world: World, chance: random.Random, kills: dict[str, int]) -> None:
    """Waits for a moment that may lie anywhere in an attempt, then kills, unless the job has ended before."""
    moment = time.monotonic() + chance.uniform(0.5, 6)
    while time.monotonic() < moment:
        if world.job is None or world.job.poll() is not None:
            return
        time.sleep(0.02)
    victim = chance.choice(list(kills))
    world.kill(victim)
    kills[victim] += 1
