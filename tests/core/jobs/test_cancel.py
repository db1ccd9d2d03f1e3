"""Cancelling: whenever it comes, the job ends as cancelled or as what won, and no process is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codekiln.core.errors import NotFound
from codekiln.core.jobs.reconciler import Reconciler, request_cancel
from codekiln.core.jobs.record import Job, JobState
from codekiln.core.launch.local import LocalLauncher
from codekiln.core.settings import Settings
from tests.core.toy.folder import Folder, Plan
from tests.core.toy.running import ENVIRONMENT, ToyService, eventually, is_alive


@pytest.fixture
def reconciler(toy: ToyService, monkeypatch: pytest.MonkeyPatch) -> Iterator[Reconciler]:
    """Driven by the test, pass by pass."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = Settings(service="ingestion", home=toy.home, worker_stop_seconds=0.2)
    yield Reconciler(toy.jobs, LocalLauncher(settings), settings, "tests.core.toy.worker")


def create(toy: ToyService, folder: Folder) -> Job:
    return toy.jobs.create("benchmark", {"name": "toy", "path": str(folder.path), "sha256": ""}, "r")


def until(reconciler: Reconciler, look: Callable[[], bool]) -> None:
    def step() -> bool:
        reconciler.reconcile()
        return look()

    eventually(step)


def assert_nothing_is_left(toy: ToyService, folder: Folder) -> None:
    eventually(lambda: not toy.workers(), "the end of the workers")
    assert not any(is_alive(int(pid)) for pid in folder.traces("workers") + folder.traces("children"))
    assert not list((toy.home / "scratch").glob("*")), "scratch space is removed"
    assert not list((toy.home / "workers").glob("*/*")), "no claim is left"


def test_a_queued_job_is_cancelled_without_ever_starting(toy: ToyService, reconciler: Reconciler) -> None:
    job = create(toy, toy.folder())
    assert request_cancel(toy.jobs, job.id).state is JobState.CANCELLING
    reconciler.reconcile()
    job = toy.jobs.get(job.id)
    assert job.state is JobState.CANCELLED and job.attempt == 0 and job.ended > 0
    reconciler.reconcile()
    assert toy.jobs.get(job.id) == job


def test_a_starting_job_is_cancelled(toy: ToyService, reconciler: Reconciler) -> None:
    folder = toy.folder(hold_at=1)
    job = create(toy, folder)
    reconciler.reconcile()
    assert toy.jobs.get(job.id).state is JobState.STARTING
    request_cancel(toy.jobs, job.id)
    until(reconciler, lambda: toy.jobs.get(job.id).state is JobState.CANCELLED)
    assert_nothing_is_left(toy, folder)


@pytest.mark.parametrize("deaf", [False, True])
def test_a_running_job_is_cancelled_with_all_it_started(toy: ToyService, reconciler: Reconciler, deaf: bool) -> None:
    folder = toy.folder(Plan(children=True, deaf=deaf), hold_at=2)
    job = create(toy, folder)
    until(reconciler, lambda: len(folder.traces("reached")) == 2)
    request_cancel(toy.jobs, job.id)
    until(reconciler, lambda: toy.jobs.get(job.id).state is JobState.CANCELLED)
    eventually(lambda: not any(is_alive(int(pid)) for pid in folder.traces("children")), "the end of the children")
    if not deaf:  # who is killed cannot tidy up
        assert_nothing_is_left(toy, folder)
    assert len(folder.traces("workers")) == 1


def test_cancelling_again_and_an_ended_job_changes_nothing(toy: ToyService, reconciler: Reconciler) -> None:
    job = create(toy, toy.folder())
    first = request_cancel(toy.jobs, job.id)
    assert request_cancel(toy.jobs, job.id) == first
    reconciler.reconcile()
    cancelled = toy.jobs.get(job.id)
    assert request_cancel(toy.jobs, job.id) == cancelled
    with pytest.raises(NotFound):
        request_cancel(toy.jobs, "toy-none")


def test_a_succeeded_job_stays_succeeded(toy: ToyService, reconciler: Reconciler) -> None:
    folder = toy.folder()
    job = create(toy, folder)
    until(reconciler, lambda: toy.jobs.get(job.id).state is JobState.SUCCEEDED)
    assert request_cancel(toy.jobs, job.id).state is JobState.SUCCEEDED
    until(reconciler, lambda: not list((toy.home / "workers").glob("*/*")))
    assert_nothing_is_left(toy, folder)


def test_a_cancelled_worker_that_lives_on_can_write_nothing(toy: ToyService, reconciler: Reconciler) -> None:
    folder = toy.folder(Plan(deaf=True), hold_at=2)
    job = create(toy, folder)
    until(reconciler, lambda: len(folder.traces("reached")) == 2)
    request_cancel(toy.jobs, job.id)
    folder.release()  # it goes on, finds that it is not wanted, and ends by itself
    until(reconciler, lambda: toy.jobs.get(job.id).state.final)
    assert toy.jobs.get(job.id).state in (JobState.CANCELLED, JobState.SUCCEEDED)
    eventually(lambda: not toy.workers(), "the end of the worker")


def test_a_cancel_that_no_server_saw_is_done_by_the_next(toy: ToyService, tmp_path: Path) -> None:
    folder = toy.folder(Plan(children=True), hold_at=2)
    toy.start()
    job = create(toy, folder)
    eventually(lambda: len(folder.traces("reached")) == 2)
    toy.kill()
    request_cancel(toy.jobs, job.id)
    toy.start()
    eventually(lambda: toy.jobs.get(job.id).state is JobState.CANCELLED)
    assert_nothing_is_left(toy, folder)
