"""The worker as it runs: a process with Dask's processes below it, killed at bad moments."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Manifest, open_artifact, read_part
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.jobs.worker import EXIT_RETRY, EXIT_STOPPED, Context
from codekiln.core.settings import environment
from codekiln.core.spec import to_json
from codekiln.core.store import ObjectStore
from tests.cleaning import material
from tests.cleaning.material import FUNCTION, row, stdlib


def until(condition: Callable[[], bool], seconds: float = 90) -> None:
    """Looks again and again."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def belonging(home: Path) -> list[int]:
    """Processes that were started with this home in their environment, this one left out."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and str(home).encode() in (entry / "environ").read_bytes():
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            pass
    return [pid for pid in found if pid != os.getpid()]


class Attempts:
    """A job, and worker processes that work on it one after another."""

    def __init__(self, context: Context, spec: CleaningSpec) -> None:
        self.settings, self.store = context.settings, context.store
        self.jobs = JobRepository(self.store, "cleaning")
        self.id = self.jobs.create("cleaning", to_json(spec), "a request").id
        self.prefix = context.work_prefix(identify(spec, context))
        self.number = 0

    def start(self) -> subprocess.Popen[bytes]:
        self.number += 1
        self.jobs.update(self.id, lambda job: change(job, JobState.STARTING, attempt=self.number))
        return subprocess.Popen(
            [sys.executable, "-m", "codekiln.cleaning.worker", self.id, str(self.number)],
            env={**os.environ, **environment(self.settings), "PYTHONPATH": "services"},
            start_new_session=True,
        )

    @property
    def job(self) -> Job:
        return self.jobs.get(self.id)

    def written(self, start: str, count: int = 1) -> Callable[[], bool]:
        """Whether there are so many intermediate results whose name begins so."""
        return lambda: sum(1 for _ in self.store.list(f"{self.prefix}{start}")) >= count


def rows() -> list[list[dict[str, object]]]:
    files = [row(path.read_bytes(), path.name) for path in stdlib("*.py", 120)]
    return [files[i::8] for i in range(8)]


def parts(store: ObjectStore, manifest: Manifest) -> dict[str, bytes]:
    return {part.name: read_part(store, part) for part in manifest.parts}


def test_the_worker_imports_nothing_heavy() -> None:
    """A cache hit must not wait for them."""
    heavy = "{'dask', 'distributed', 'pyarrow', 'numpy', 'hyperscan', 'grpc'}"
    look = f"import sys, codekiln.cleaning.worker; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", look], env={**os.environ, "PYTHONPATH": "services"}).returncode == 0


@pytest.mark.slow
def test_a_worker_killed_at_bad_moments_loses_and_doubles_nothing(tmp_path: Path) -> None:
    calm, _ = material.context(tmp_path / "calm", 2)
    corpus = material.corpus(calm.store, rows())
    spec = CleaningSpec(corpus=corpus.ref)
    expected = work(spec, identify(spec, calm), calm)
    context, _ = material.context(tmp_path / "home", 2)
    material.corpus(context.store, rows())
    attempts = Attempts(context, spec)
    for moment in (attempts.written("sketch-"), attempts.written("counts-", 5), attempts.written("final-")):
        process = attempts.start()
        until(moment)
        process.kill()
        process.wait()
        until(lambda: not belonging(context.settings.home), seconds=15)
    assert attempts.start().wait() == 0
    assert attempts.job.state is JobState.SUCCEEDED
    found = open_artifact(context.store, attempts.job.artifacts[0])
    assert (found.ref, found.summary) == (expected.ref, expected.summary)
    assert parts(context.store, found) == parts(calm.store, expected)
    until(lambda: not belonging(context.settings.home), seconds=15)


@pytest.mark.slow
def test_a_worker_asked_to_stop_leaves_no_process(tmp_path: Path) -> None:
    context, _ = material.context(tmp_path / "home", 2)
    spec = CleaningSpec(corpus=material.corpus(context.store, rows()).ref)
    attempts = Attempts(context, spec)
    process = attempts.start()
    until(attempts.written("counts-"))
    process.send_signal(signal.SIGTERM)
    assert process.wait() == EXIT_STOPPED
    until(lambda: not belonging(context.settings.home), seconds=15)


@pytest.mark.slow
def test_without_a_scheduler_the_job_is_to_be_tried_again(tmp_path: Path) -> None:
    context, _ = material.context(tmp_path / "home", 1, dask_scheduler="tcp://127.0.0.1:9")
    spec = CleaningSpec(corpus=material.corpus(context.store, [[row(FUNCTION, "a.py")]]).ref)
    assert Attempts(context, spec).start().wait() == EXIT_RETRY
