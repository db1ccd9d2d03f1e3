"""A cleaning job on a scheduler that its settings name: whatever dies, the dataset is that of an undisturbed run."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from codekiln.cleaning.spec import CleaningSpec
from codekiln.cleaning.worker import identify, work
from codekiln.core.artifacts import Ref, open_artifact
from codekiln.core.jobs.record import JobState
from codekiln.core.jobs.worker import EXIT_RETRY
from codekiln.core.store import ObjectStore
from tests.cleaning import material
from tests.cleaning.dask_cluster import Process, Processes, cluster
from tests.cleaning.test_worker import Attempts, parts, rows, until

pytestmark = pytest.mark.slow


@dataclass
class Far:
    """A job whose work is done by workers elsewhere; what an undisturbed run of it publishes is known."""

    attempts: Attempts
    corpus: Ref
    expected: dict[str, bytes]
    processes: Processes
    scheduler: Process
    workers: list[Process]

    @property
    def store(self) -> ObjectStore:
        return self.attempts.store

    def assert_published(self) -> None:
        assert self.attempts.job.state is JobState.SUCCEEDED, self.attempts.job.error
        assert parts(self.store, open_artifact(self.store, self.attempts.job.artifacts[0])) == self.expected

    def forget_the_rows_of_done_shards(self) -> None:
        """Whoever wants to do one of them again fails."""
        for counts in list(self.store.list(f"{self.attempts.prefix}counts-")):
            number = counts.key.rpartition("-")[2].removesuffix(".json")
            part = open_artifact(self.store, self.corpus).part(f"shard-{number}.parquet")
            self.store.delete(part.key)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    near, _ = material.context(tmp_path_factory.mktemp("near"), 2)
    spec = CleaningSpec(corpus=material.corpus(near.store, rows()).ref)
    return parts(near.store, work(spec, identify(spec, near), near))


@pytest.fixture
def far(tmp_path: Path, expected: dict[str, bytes]) -> Iterator[Far]:
    store = (tmp_path / "home" / "store").as_uri()
    with cluster(tmp_path / "dask", store, 2) as (processes, scheduler, workers):
        context, _ = material.context(tmp_path / "home", store=store, dask_scheduler=scheduler.address)
        spec = CleaningSpec(corpus=material.corpus(context.store, rows()).ref)
        yield Far(Attempts(context, spec), spec.corpus, expected, processes, scheduler, workers)


def test_workers_elsewhere_with_settings_of_their_own_do_the_work(far: Far) -> None:
    assert far.attempts.start().wait() == 0
    far.assert_published()


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(far: Far) -> None:
    process = far.attempts.start()
    until(far.attempts.written("counts-"))
    far.workers[0].end(signal.SIGKILL)
    assert process.wait() == 0
    far.assert_published()


@pytest.mark.parametrize("moment", ["counts-", "arranged-"])  # at the last mark nothing is left to lose
def test_after_a_lost_scheduler_the_next_attempt_goes_on_from_what_is_done(far: Far, moment: str) -> None:
    process = far.attempts.start()
    until(far.attempts.written(moment))
    for gone in (far.scheduler, *far.workers):
        gone.end(signal.SIGKILL)
    assert process.wait() == EXIT_RETRY
    assert far.attempts.job.error is not None and far.attempts.job.error["reason"] == "DASK_LOST"
    far.forget_the_rows_of_done_shards()
    address = far.scheduler.address
    far.processes.scheduler(address.removeprefix("tcp://"))
    far.processes.worker(address, far.store.url)
    assert far.attempts.start().wait() == 0
    far.assert_published()
