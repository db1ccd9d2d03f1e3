"""The reconciler: any number of them, at any moment, and still one attempt of a job at a time and one result."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from codekiln.core.errors import Unavailable
from codekiln.core.jobs.reconciler import Reconciler
from codekiln.core.jobs.record import Job, JobState, change
from codekiln.core.jobs.repository import JobRepository
from codekiln.core.launch.interface import Observation, Phase
from codekiln.core.launch.local import LocalLauncher
from codekiln.core.settings import Settings
from tests.core.jobs.scripted import ScriptedLauncher, ends, started
from tests.core.toy.folder import Folder, Plan
from tests.core.toy.running import ENVIRONMENT, ToyService, eventually


def test_jobs_wait_their_turn_oldest_first(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    created = [jobs.create("toy", {}, f"r{i}") for i in range(3)]
    reconciler.reconcile()
    reconciler.reconcile()
    assert launcher.submitted == [f"{created[0].id}-1"]
    jobs.update(created[0].id, lambda job: change(job, JobState.SUCCEEDED))
    reconciler.reconcile()
    assert launcher.submitted == [f"{created[0].id}-1", f"{created[1].id}-1"]


def test_a_start_that_its_server_did_not_survive_is_made_good(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = jobs.create("toy", {}, "r")
    jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=1))
    reconciler.reconcile()
    assert launcher.submitted == [f"{job.id}-1"]
    assert jobs.get(job.id).failures == 0


def test_a_job_that_ends_between_two_looks_is_not_tried_again(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = started(jobs, reconciler, launcher)
    before = jobs.all()
    jobs.update(job.id, lambda job: change(job, JobState.SUCCEEDED))
    ends(launcher, job)
    monkeypatch.setattr(jobs, "all", lambda: before)  # the pass began before the job ended
    reconciler.reconcile()
    assert jobs.get(job.id).state is JobState.SUCCEEDED
    assert launcher.submitted == [f"{job.id}-1"]


def test_an_outdated_look_starts_no_attempt_that_is_over(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = jobs.create("toy", {}, "r")
    reconciler.reconcile()
    before = jobs.all()
    assert before[0].state is JobState.STARTING
    jobs.update(job.id, lambda job: change(job, JobState.STARTING, attempt=2, failures=1))
    launcher.phases = {f"{job.id}-2": Observation(Phase.RUNNING)}  # another server has swept attempt 1 away
    monkeypatch.setattr(jobs, "all", lambda: before)
    reconciler.reconcile()
    assert launcher.submitted == [f"{job.id}-1"]


def test_a_job_that_was_given_back_waits_until_its_worker_has_ended(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    jobs.update(job.id, lambda job: change(job, JobState.QUEUED))
    reconciler.reconcile()
    assert launcher.submitted == [f"{job.id}-1"]
    ends(launcher, job)
    reconciler.reconcile()
    assert launcher.submitted == [f"{job.id}-1", f"{job.id}-2"]
    assert f"{job.id}-1" not in launcher.phases, "what is left of the first is swept away"


def test_being_stopped_is_no_failure_and_dying_is(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    ends(launcher, job, "killed by SIGTERM", stopped=True)
    reconciler.reconcile()
    job = jobs.get(job.id)
    assert (job.attempt, job.failures) == (2, 0)
    ends(launcher, job, "killed by SIGKILL")
    reconciler.reconcile()
    job = jobs.get(job.id)
    assert (job.attempt, job.failures) == (3, 1)


def test_a_worker_that_asked_for_later_is_given_time(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    error = Unavailable("the moon does not answer", reason="MOON_AWAY").to_json()
    job = jobs.update(job.id, lambda job: change(job, error=error))
    ends(launcher, job, "exit status 75")
    reconciler.reconcile()
    reconciler.reconcile()
    assert jobs.get(job.id).attempt == 1, "not at once"
    reconciler._retry_after[job.id] = 0.0
    reconciler.reconcile()
    assert (jobs.get(job.id).attempt, jobs.get(job.id).failures) == (2, 1)


def test_the_reason_that_workers_gave_is_the_reason_of_the_job(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    error = Unavailable("the moon does not answer", reason="MOON_AWAY").to_json()
    job = jobs.update(job.id, lambda job: change(job, failures=2, error=error))
    ends(launcher, job)
    reconciler.reconcile()
    job = jobs.get(job.id)
    assert job.state is JobState.FAILED and job.error == error and job.ended > 0


def test_trouble_with_one_job_does_not_end_the_care_for_others(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    broken = started(jobs, reconciler, launcher)
    launcher.broken.add(f"{broken.id}-1")
    cancelled = jobs.create("toy", {}, "other")
    jobs.update(cancelled.id, lambda job: change(job, JobState.CANCELLING))
    reconciler.reconcile()
    assert jobs.get(cancelled.id).state is JobState.CANCELLED
    assert jobs.get(broken.id).state is JobState.RUNNING


def test_a_worker_that_has_told_its_result_and_does_not_end_is_ended(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher
) -> None:
    job = started(jobs, reconciler, launcher)
    jobs.update(job.id, lambda job: change(job, JobState.SUCCEEDED, ended=time.time() - 60))
    reconciler.reconcile()
    assert launcher.stopped == [(f"{job.id}-1", True)]


def test_a_defect_of_one_pass_does_not_end_the_thread(
    jobs: JobRepository, reconciler: Reconciler, launcher: ScriptedLauncher, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    every: Callable[[], list[Job]] = jobs.all

    def failing() -> list[Job]:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("a defect")
        return every()

    monkeypatch.setattr(jobs, "all", failing)
    reconciler.start()
    try:
        reconciler.wake()
        eventually(lambda: len(calls) > 1)
        job = jobs.create("toy", {}, "r")
        reconciler.wake()
        eventually(lambda: bool(launcher.submitted))
        assert launcher.submitted == [f"{job.id}-1"]
    finally:
        reconciler.stop()


def test_two_reconcilers_at_once_never_run_two_attempts_at_once(
    toy: ToyService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    settings = Settings(service="ingestion", home=toy.home, max_running=4, max_failures=1000)
    launchers = [LocalLauncher(settings) for _ in range(3)]
    reconcilers = [Reconciler(toy.jobs, launcher, settings, "tests.core.toy.worker") for launcher in launchers]
    folders = [toy.folder(Plan(trouble="death", trouble_at=4), name=f"job{i}") for i in range(4)]
    jobs = [
        toy.jobs.create("benchmark", {"name": f"n{i}", "path": str(folder.path), "sha256": ""}, f"r{i}")
        for i, folder in enumerate(folders)
    ]
    stop = threading.Event()

    def loop(reconciler: Reconciler) -> None:
        while not stop.is_set():
            reconciler.reconcile()

    threads = [threading.Thread(target=loop, args=(reconciler,)) for reconciler in reconcilers]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: all(len(folder.traces("workers")) > 2 for folder in folders))
        for folder in folders:
            Folder(folder.path).prepare(Plan())  # no more deaths
        eventually(lambda: all(toy.jobs.get(job.id).state.final for job in jobs))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert all(toy.jobs.get(job.id).state is JobState.SUCCEEDED for job in jobs)
    for folder in folders:
        assert folder.traces("overlaps") == []
        assert sorted(folder.traces("steps"), key=int) == ["1", "2", "3", "4", "5"]
    for launcher in launchers:
        eventually(lambda launcher=launcher: all(c.poll() is not None for c in launcher._children.values()))
